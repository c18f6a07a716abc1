//! The commands that concern the cache.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, Subcommand};

use super::Listing;

/// `reprove cache`.
#[derive(Debug, Subcommand)]
pub(crate) enum Cache {
    /// List the blobs, the one that was not used for the longest time first.
    List {
        #[command(flatten)]
        place: Place,
        /// What to print.
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: Listing,
    },
    /// Remove blobs; say which by at least one of --older-than, --keep, --all.
    Prune(Prune),
}

/// Which cache.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The cache in this directory instead of the user's own.
    #[arg(long, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
}

/// `reprove cache prune`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("which").args(["older_than", "keep", "all"]).required(true).multiple(true)))]
pub(crate) struct Prune {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Remove blobs that were not used for this long: 12h, 30d, 8w.
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub(crate) older_than: Option<Duration>,
    /// Keep this much of what was used last: 500MiB, 10GiB.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) keep: Option<u64>,
    /// Remove every blob.
    #[arg(long, conflicts_with_all = ["older_than", "keep"])]
    pub(crate) all: bool,
}

const AGES: [(&str, u64); 5] = [("s", 1), ("m", 60), ("h", 60 * 60), ("d", 24 * 60 * 60), ("w", 7 * 24 * 60 * 60)];
const SIZES: [(&str, u64); 9] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
];

fn age(text: &str) -> Result<Duration, String> {
    let seconds = quantity(text, &AGES).ok_or("write a number and one of s, m, h, d, w, as in 30d")?;
    Ok(Duration::from_secs(seconds))
}

fn size(text: &str) -> Result<u64, String> {
    quantity(text, &SIZES).ok_or_else(|| "write a number and one of B, KiB, MiB, GiB, TiB, as in 10GiB".to_owned())
}

/// A whole number and one of these units.
fn quantity(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_sizes_have_a_unit() {
        assert_eq!(age("30d"), Ok(Duration::from_secs(30 * 86_400)));
        assert_eq!(age("0s"), Ok(Duration::ZERO));
        assert_eq!(size("10GiB"), Ok(10 << 30));
        assert_eq!(size("2GB"), Ok(2_000_000_000));
        assert_eq!(size("7B"), Ok(7));
        for wrong in ["", "30", "d", "-1d", "1.5d", "30 d", "30D", "99999999999999999999d", "18446744073709551615w"] {
            assert!(age(wrong).unwrap_err().contains("as in 30d"), "{wrong}");
        }
        for wrong in ["10", "GiB", "10G", "10gib", "18446744073709551615KiB"] {
            assert!(size(wrong).unwrap_err().contains("as in 10GiB"), "{wrong}");
        }
    }
}
