//! Every hard cap in one table. Reaching one ends in a gap with a clear sentence, never in a crash or a green verdict.
//!
//! Adding a limit is one row of [`limits!`] below: the field, its default, and the row of [`TABLE`] by which
//! `--limit NAME=VALUE` sets it and `reprove limits` lists it, are made of that. A sentence that tells of a limit that
//! was reached names it as `(see --limit NAME)`.

pub mod budget;
pub mod ledger;

use std::fmt;

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Seconds.
    Seconds,
    /// Things.
    Count,
    /// The exponent of a power of two.
    Exponent,
}

impl Unit {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Unit::Bytes => "bytes",
            Unit::Seconds => "seconds",
            Unit::Count => "count",
            Unit::Exponent => "power of two",
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy)]
pub struct Limit {
    field: &'static str,
    /// What it caps, in a sentence or two.
    pub meaning: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// The least value that makes sense.
    pub least: u64,
    /// The greatest value that makes sense.
    pub most: u64,
    get: fn(&Limits) -> u64,
    set: fn(&mut Limits, u64),
}

/// Why a limit was not set. Displayed as half a sentence that can follow what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LimitError {
    /// There is no such limit.
    Unknown,
    /// The text is no value of its unit.
    Malformed(Unit),
    /// The value is below the least one or above the greatest one.
    OutOfRange {
        /// The least.
        least: u64,
        /// The greatest.
        most: u64,
        /// Of what.
        unit: Unit,
    },
}

impl fmt::Display for LimitError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LimitError::Unknown => write!(to, "there is no such limit"),
            LimitError::Malformed(Unit::Bytes) => {
                write!(to, "write bytes, or a number and one of KiB, MiB, GiB, TiB, as in 10GiB")
            }
            LimitError::Malformed(Unit::Seconds) => write!(to, "write seconds, as in 90 or 90s"),
            LimitError::Malformed(Unit::Count | Unit::Exponent) => write!(to, "write a whole number"),
            LimitError::OutOfRange { least, most, unit } => {
                write!(to, "it can be from {} to {}", unit.shown(*least), unit.shown(*most))
            }
        }
    }
}

impl Limit {
    /// Its name on the command line.
    pub fn name(&self) -> String {
        self.field.replace('_', "-")
    }

    /// Its value in `limits`.
    pub fn get(&self, limits: &Limits) -> u64 {
        (self.get)(limits)
    }

    /// Its value in `limits` as [`Limits::set`] takes it.
    pub fn shown(&self, limits: &Limits) -> String {
        self.unit.shown(self.get(limits))
    }
}

/// The suffixes of sizes, the greatest first.
const SIZES: [(&str, u64); 4] = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

impl Unit {
    /// A value in the largest unit that divides it.
    fn shown(self, value: u64) -> String {
        let size = SIZES.iter().find(|(_, factor)| value > 0 && value.is_multiple_of(*factor));
        match (self, size) {
            (Unit::Bytes, Some((suffix, factor))) => format!("{}{suffix}", value / factor),
            _ => value.to_string(),
        }
    }

    fn parse(self, text: &str) -> Option<u64> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, suffix) = text.split_at_checked(digits)?;
        let factor = match (self, suffix) {
            (_, "") | (Unit::Bytes, "B") | (Unit::Seconds, "s") => 1,
            (Unit::Bytes, suffix) => SIZES.iter().find(|(name, _)| *name == suffix)?.1,
            _ => return None,
        };
        number.parse::<u64>().ok()?.checked_mul(factor)
    }

    /// The values that make sense where a row says nothing else: what is added to a limit must not overflow.
    const fn range(self) -> (u64, u64) {
        match self {
            Unit::Bytes => (1, 1 << 50),
            Unit::Seconds => (1, 365 * 24 * 3600),
            Unit::Count => (1, 1 << 31),
            Unit::Exponent => (10, 31),
        }
    }
}

/// The types that limits have.
trait Number: Sized {
    fn wide(&self) -> u64;
    fn narrow(value: u64) -> Self;
}

macro_rules! numbers {
    ($($type:ty)+) => {$(
        impl Number for $type {
            fn wide(&self) -> u64 {
                u64::try_from(*self).unwrap_or(u64::MAX)
            }

            fn narrow(value: u64) -> Self {
                Self::try_from(value).unwrap_or(Self::MAX)
            }
        }
    )+};
}
numbers!(u32 u64 usize);

macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ty = $default:expr, $unit:ident $($least:literal..=$most:expr)?;)+) => {
        /// The caps that bound memory and time on hostile input.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Limits {
            $($(#[doc = $doc])+ pub $name: $type,)+
        }

        impl Default for Limits {
            fn default() -> Self {
                Limits { $($name: $default,)+ }
            }
        }

        /// All limits.
        pub const TABLE: &[Limit] = &[$(Limit {
            field: stringify!($name),
            meaning: concat!($($doc),+),
            unit: Unit::$unit,
            least: limits!(@range $unit $($least $most)?).0,
            most: limits!(@range $unit $($least $most)?).1,
            get: |limits| limits.$name.wide(),
            set: |limits, value| limits.$name = Number::narrow(value),
        }),+];
    };
    (@range $unit:ident) => { Unit::$unit.range() };
    (@range $unit:ident $least:literal $most:expr) => {{
        let range: (u64, u64) = ($least, $most);
        range
    }};
}

limits! {
    /// Bytes of one JSON document (manifest, index, config).
    document_bytes: u64 = 16 << 20, Bytes 1..=1 << 32;
    /// Nesting of a JSON document.
    document_depth: usize = 128, Count 1..=512;
    /// Members and elements of one JSON document.
    document_nodes: usize = 1_000_000, Count;
    /// Findings between two JSON documents; beyond it the two are one finding as a whole.
    document_findings: usize = 100_000, Count;
    /// Descriptors in an index, over all its levels.
    index_descriptors: usize = 10_000, Count;
    /// Indexes inside indexes.
    index_depth: usize = 4, Count 0..=64;
    /// Bytes of the documents that are compared of all attestations of one side, each as often as it is needed.
    attestation_bytes: u64 = 512 << 20, Bytes;
    /// Layers of one image.
    layers: usize = 4096, Count;
    /// Uncompressed bytes of one layer.
    layer_bytes: u64 = 256 << 30, Bytes;
    /// Entries of one layer.
    layer_entries: u64 = 20_000_000, Count;
    /// Uncompressed bytes of one layer, beyond which it may have no more than `expansion-ratio` for each stored byte.
    expansion_bytes: u64 = 1 << 30, Bytes;
    /// Uncompressed bytes for each stored byte of a layer that has more than `expansion-bytes`.
    expansion_ratio: u64 = 200, Count;
    /// Bytes in the holes of all sparse files of one layer.
    hole_bytes: u64 = 1 << 30, Bytes;
    /// Bytes of the extension records (PAX, GNU long names) of one entry, and of all global headers of one layer.
    extension_bytes: u64 = 2 << 20, Bytes 512..=1 << 30;
    /// Compressed members or frames of one layer that are recorded one by one.
    compression_members: usize = 100_000, Count;
    /// Window of a zstd frame, as a power of two (RFC 8878 recommends 8 MiB, `--long` goes to 27 and beyond).
    zstd_window_log: u32 = 27, Exponent;
    /// Content of one file that is kept in memory; what is longer goes to an anonymous temporary file.
    memory_content_bytes: usize = 1 << 20, Bytes 0..=1 << 32;
    /// Equal bytes at the start of two contents that are kept in case the rest differs.
    prefix_bytes: usize = 32 << 20, Bytes 0..=1 << 32;
    /// Findings of one platform that are kept in memory at each stage; what is more goes to anonymous temporary files.
    findings_memory_bytes: usize = 8 << 20, Bytes 0..=1 << 32;
    /// Content of one file that is held to look into it. Of a longer one only members that an archive's directory leads to are looked into, and a directory of as many bytes.
    decoded_content_bytes: u64 = 64 << 20, Bytes 0..=1 << 32;
    /// Archives inside archives.
    nesting: usize = 4, Count 0..=32;
    /// Cost of looking into one file, or into so much of it as `decoded-content-bytes`, all that is nested in it included: decompressed bytes, 1 KiB for each part, and 256 bytes for one of an archive.
    nested_bytes: u64 = 256 << 20, Bytes;
    /// Cost of looking into one file, beyond which it may cost no more than `file-expansion-ratio` for each of its bytes.
    file_expansion_bytes: u64 = 16 << 20, Bytes;
    /// Cost for each byte of a file that costs more than `file-expansion-bytes` to look into.
    file_expansion_ratio: u64 = 200, Count;
    /// Cost of looking into files, over all layers of both images; each pair of layers has a share by its stored size.
    decoded_bytes: u64 = 16 << 30, Bytes;
    /// Findings of entries, over all layers of both images; each pair of layers has a share by its stored size.
    findings: u64 = 20_000_000, Count;
    /// Members of an outer archive (docker or OCI archive).
    archive_members: usize = 1_000_000, Count;
    /// Bytes of the names of all members of an outer archive.
    archive_name_bytes: usize = 256 << 20, Bytes 1..=1 << 36;
    /// Uncompressed bytes of an outer archive that is compressed as a whole.
    archive_bytes: u64 = 1 << 40, Bytes;
    /// Seconds to wait for a connection to a registry or an engine.
    connect_seconds: u64 = 15, Seconds;
    /// Seconds without a byte after which a transfer counts as broken.
    idle_seconds: u64 = 60, Seconds;
    /// Seconds that the transfer of one blob may take in all.
    transfer_seconds: u64 = 6 * 3600, Seconds;
    /// Seconds that an answer of a registry may take as a whole, if it is no blob: a manifest, a token, an error.
    answer_seconds: u64 = 120, Seconds;
    /// Bytes a second that a blob comes in with at least, on average over `transfer-rate-seconds` of waiting; 0 for none.
    transfer_rate_bytes: u64 = 1 << 10, Bytes 0..=1 << 30;
    /// Seconds of waiting for a blob after which the average is taken.
    transfer_rate_seconds: u64 = 60, Seconds;
    /// Challenges of one answer 401 that are looked at; the first that can be met is.
    challenges: usize = 8, Count;
    /// Tries of one request before it counts as failed; progress starts the count again.
    transfer_tries: u32 = 5, Count 1..=1000;
    /// Times that the transfer of one blob goes on after it broke.
    transfer_resumes: u32 = 100, Count 0..=1_000_000;
    /// The longest wait, in seconds, that a server may ask for.
    retry_after_seconds: u64 = 120, Seconds 0..=24 * 3600;
    /// Bytes of one request of an upload; what is longer goes in several, each within the time of one answer.
    upload_piece_bytes: usize = 4 << 20, Bytes 1..=1 << 30;
    /// Things beside an image in a registry that are looked into for evidence.
    evidence_count: usize = 1000, Count 1..=100_000;
    /// Bytes of all that is read beside an image in a registry for evidence.
    evidence_bytes: u64 = 64 << 20, Bytes;
    /// Seconds that looking for evidence in a registry may take in all.
    evidence_seconds: u64 = 300, Seconds;
    /// Entries that wait for their counterpart when the order differs.
    pending_entries: usize = 4_000_000, Count;
    /// Paths, with the directories above them, that are looked up in the merged trees.
    tree_paths: usize = 4_000_000, Count;
    /// Lines of context and changed lines shown of one unexplained difference.
    diff_lines: usize = 120, Count 0..=1_000_000;
    /// Bytes of either side of an unexplained text that is diffed line by line.
    diff_bytes: u64 = 4 << 20, Bytes 0..=1 << 30;
}

impl Limits {
    /// Sets the limit of this name to a number with or without a suffix of its unit: `KiB` to `TiB`, `s`.
    ///
    /// # Errors
    /// [`LimitError`]; nothing is set then.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), LimitError> {
        let limit = TABLE.iter().find(|limit| limit.name() == name).ok_or(LimitError::Unknown)?;
        let &Limit { unit, least, most, .. } = limit;
        let value = unit.parse(value).ok_or(LimitError::Malformed(unit))?;
        if !(least..=most).contains(&value) {
            return Err(LimitError::OutOfRange { least, most, unit });
        }
        (limit.set)(self, value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_can_be_set_to_its_ends_and_its_default() {
        for limit in TABLE {
            let mut limits = Limits::default();
            for value in [limit.least, limit.most, limit.get(&Limits::default())] {
                limits.set(&limit.name(), &limit.unit.shown(value)).unwrap();
                assert_eq!(limit.get(&limits), value, "{}", limit.name());
            }
            assert_eq!(limits, Limits::default(), "{} sets more than itself", limit.name());
            assert!(limit.meaning.trim().ends_with('.'), "{}: {}", limit.name(), limit.meaning);
        }
    }

    #[test]
    fn values_have_the_unit_of_their_limit() {
        let mut limits = Limits::default();
        for (value, bytes) in [("7", 7), ("7B", 7), ("3KiB", 3 << 10), ("3MiB", 3 << 20), ("2GiB", 2 << 30)] {
            limits.set("layer-bytes", value).unwrap();
            assert_eq!(limits.layer_bytes, bytes);
        }
        limits.set("idle-seconds", "90s").unwrap();
        assert_eq!(limits.idle_seconds, 90);
        for (name, value) in [
            ("layer-bytes", ""),
            ("layer-bytes", "GiB"),
            ("layer-bytes", "1.5GiB"),
            ("layer-bytes", "-1"),
            ("layer-bytes", "99999999999TiB"),
            ("idle-seconds", "1KiB"),
            ("layers", "1s"),
        ] {
            assert!(matches!(limits.set(name, value), Err(LimitError::Malformed(_))), "{name}={value}");
        }
        let narrow = limits.set("zstd-window-log", "32").unwrap_err();
        assert_eq!(narrow.to_string(), "it can be from 10 to 31");
        assert_eq!(limits.set("layer-bytes", "0").unwrap_err().to_string(), "it can be from 1 to 1024TiB");
        assert_eq!(limits.set("layer_bytes", "1"), Err(LimitError::Unknown));
    }
}
