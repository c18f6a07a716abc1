//! The floor: what no complete comparison can do without. Reads the layers in which two images differ, decompresses them
//! and hashes them, compressed and uncompressed bytes, one thread a side, with the libraries that reprove uses.
//!
//! `cargo bench --bench floor -- ORIGINAL REBUILD` prints `SECONDS COMPRESSED UNCOMPRESSED`, bytes of both sides; the
//! arguments are OCI layout directories.

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use anyhow::{Context, bail};
use reprove::digest::Sha256Sum;
use serde_json::Value;

/// As much as reprove reads and hands on at once.
const PIECE: usize = 256 * 1024;

fn main() -> anyhow::Result<()> {
    // Cargo adds --bench.
    let folders: Vec<PathBuf> =
        env::args_os().skip(1).filter(|argument| argument != "--bench").map(Into::into).collect();
    let [original, rebuild] = &folders[..] else {
        // Among all benchmarks there is nothing to measure without images.
        writeln!(io::stderr(), "floor: give it two OCI layout directories, as scripts/bench does")?;
        return Ok(());
    };
    let layers = (layers_of(original)?, layers_of(rebuild)?);
    let start = Instant::now();
    let (original, rebuild) = thread::scope(|scope| {
        let other = scope.spawn(|| read_all(rebuild, layers.1.difference(&layers.0)));
        (read_all(original, layers.0.difference(&layers.1)), other.join())
    });
    let Ok(rebuild) = rebuild else { bail!("the other thread died") };
    let (original, rebuild) = (original?, rebuild?);
    let seconds = start.elapsed().as_secs_f64();
    writeln!(io::stdout(), "{seconds:.4} {} {}", original.0 + rebuild.0, original.1 + rebuild.1)?;
    Ok(())
}

/// The digests of all layers that an OCI layout names.
fn layers_of(folder: &Path) -> anyhow::Result<BTreeSet<String>> {
    let mut layers = BTreeSet::new();
    let mut documents = vec![folder.join("index.json")];
    while let Some(path) = documents.pop() {
        let text = fs::read(&path).with_context(|| path.display().to_string())?;
        let document: Value = serde_json::from_slice(&text).with_context(|| path.display().to_string())?;
        let digests = |list: &str| {
            let descriptors = document.get(list).and_then(Value::as_array).into_iter().flatten();
            let layers = descriptors.filter(|one| list == "manifests" || is_layer(one));
            layers.filter_map(|one| one.get("digest")?.as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        documents.extend(digests("manifests").iter().map(|digest| blob(folder, digest)));
        layers.extend(digests("layers"));
    }
    Ok(layers)
}

/// Attestations are not.
fn is_layer(descriptor: &Value) -> bool {
    descriptor.get("mediaType").and_then(Value::as_str).is_some_and(|media_type| media_type.contains(".tar"))
}

fn blob(folder: &Path, digest: &str) -> PathBuf {
    folder.join("blobs").join(digest.replacen(':', "/", 1))
}

/// Bytes read and bytes that came out of them.
fn read_all<'a>(folder: &Path, layers: impl Iterator<Item = &'a String>) -> anyhow::Result<(u64, u64)> {
    let mut totals = (0, 0);
    for digest in layers {
        let (stored, plain) = read_layer(&blob(folder, digest), digest)?;
        totals = (totals.0 + stored, totals.1 + plain);
    }
    Ok(totals)
}

fn read_layer(path: &Path, digest: &str) -> anyhow::Result<(u64, u64)> {
    let file = Hashing { inner: File::open(path)?, sum: Sha256Sum::default() };
    let mut stored = BufReader::with_capacity(PIECE, file);
    let magic = stored.fill_buf()?.get(..4).unwrap_or(&[]).to_owned();
    let (plain, stored) = match &magic[..] {
        [0x1f, 0x8b, ..] => {
            let mut decoder = flate2::bufread::MultiGzDecoder::new(stored);
            (consume(&mut decoder)?, decoder.into_inner())
        }
        [0x28, 0xb5, 0x2f, 0xfd] => {
            let mut decoder = zstd::Decoder::with_buffer(stored)?;
            (consume(&mut decoder)?, decoder.finish())
        }
        _ => (consume(&mut stored)?, stored),
    };
    let (sha256, size) = stored.into_inner().sum.finish();
    if digest != format!("sha256:{}", hex::encode(sha256)) {
        bail!("{}: its bytes are not those of its name", path.display());
    }
    Ok((size, plain))
}

/// Hashes what a reader holds and counts it.
fn consume(reader: &mut impl Read) -> io::Result<u64> {
    let mut reader = Hashing { inner: reader, sum: Sha256Sum::default() };
    let mut buffer = vec![0; PIECE];
    while reader.read(&mut buffer)? > 0 {}
    let (sha256, size) = reader.sum.finish();
    std::hint::black_box(sha256);
    Ok(size)
}

struct Hashing<R> {
    inner: R,
    sum: Sha256Sum,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.sum.update(&buffer[..count]);
        Ok(count)
    }
}
