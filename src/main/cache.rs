//! `reprove cache`: what is kept of registries.

use std::io::{self, Write};

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, Utc};
use reprove::report::escape::escape;
use reprove::report::json::document;
use reprove::source::{Cache, CacheChoice, Environment, Kept};
use serde_json::{Value, json};

use super::cli::{self, Listing, Place, Prune};
use super::out::Out;

pub(crate) fn run(command: &cli::Cache, out: &mut Out) -> anyhow::Result<()> {
    match command {
        cli::Cache::List { place, format } => list(place, *format, out),
        cli::Cache::Prune(arguments) => prune(arguments, out),
    }
}

/// The cache, if there is one already.
fn cache(place: &Place) -> anyhow::Result<Option<Cache>> {
    let choice = place.cache_dir.clone().map_or(CacheChoice::User, CacheChoice::At);
    Ok(Cache::existing(&choice, &Environment::default()).map_err(reprove::Error::Cache)?)
}

fn list(place: &Place, format: Listing, out: &mut Out) -> anyhow::Result<()> {
    let cache = cache(place)?;
    let kept = match &cache {
        Some(cache) => cache.list().with_context(|| format!("{}: cannot be read", cache.folder().display()))?,
        None => Vec::new(),
    };
    let bytes = kept.iter().map(|blob| blob.size).sum();
    match format {
        Listing::Json => {
            let folder = cache.as_ref().map(|cache| cache.folder().display().to_string());
            let blobs: Vec<Value> = kept.iter().map(described).collect();
            out.write(|to| document(&json!({ "directory": folder, "size": bytes, "blobs": blobs }), to))?;
        }
        Listing::Text => out.write(|to| table(&kept, bytes, cache.as_ref(), to))?,
    }
    Ok(())
}

fn described(blob: &Kept) -> Value {
    let last_used = DateTime::<Utc>::from(blob.last_used).to_rfc3339_opts(SecondsFormat::Secs, true);
    json!({ "digest": blob.digest.to_string(), "size": blob.size, "lastUsed": last_used })
}

fn table(kept: &[Kept], bytes: u64, cache: Option<&Cache>, to: &mut dyn Write) -> io::Result<()> {
    for blob in kept {
        let last_used = DateTime::<Utc>::from(blob.last_used).format("%Y-%m-%d %H:%M UTC");
        writeln!(to, "{:>10}  {last_used}  {}", size(blob.size), blob.digest)?;
    }
    match cache {
        Some(cache) => writeln!(
            to,
            "{}, {} in {}",
            blobs(kept.len() as u64),
            size(bytes),
            escape(&cache.folder().display().to_string())
        ),
        None => writeln!(to, "there is no cache yet"),
    }
}

fn prune(arguments: &Prune, out: &mut Out) -> anyhow::Result<()> {
    let Some(cache) = cache(&arguments.place)? else {
        return out.print(b"there is no cache yet\n");
    };
    let pruned = cache.prune(arguments.older_than, arguments.keep, arguments.all);
    let pruned = pruned.with_context(|| format!("{}: cannot be pruned", cache.folder().display()))?;
    out.print(format!("removed {}, {}\n", blobs(pruned.blobs), size(pruned.bytes)).as_bytes())
}

fn blobs(number: u64) -> String {
    if number == 1 { "1 blob".to_owned() } else { format!("{number} blobs") }
}

/// A size in the units that `--keep` takes.
fn size(bytes: u64) -> String {
    let mut size = (bytes, 0);
    let mut unit = "B";
    for larger in ["KiB", "MiB", "GiB", "TiB"] {
        if size.0 < 1024 {
            break;
        }
        size = (size.0 / 1024, size.0 % 1024);
        unit = larger;
    }
    // One decimal place, cut off rather than rounded: it never says more than there is.
    if unit == "B" { format!("{bytes} B") } else { format!("{}.{} {unit}", size.0, size.1 * 10 / 1024) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let sizes = [0, 1023, 1024, 1536, 1 << 20, (10 << 30) - 1, u64::MAX].map(size);
        assert_eq!(
            sizes,
            ["0 B", "1023 B", "1.0 KiB", "1.5 KiB", "1.0 MiB", "9.9 GiB", "16777215.9 TiB"].map(str::to_owned)
        );
        assert_eq!([0, 1, 2].map(blobs), ["0 blobs", "1 blob", "2 blobs"].map(str::to_owned));
    }
}
