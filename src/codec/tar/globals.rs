//! PAX global headers of an archive, by record and by name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::block::BLOCK;
use super::pax;
use crate::codec::fault::Fault;
use crate::finding::BadTar;

/// A PAX global header (typeflag `g`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlobalHeader {
    /// Its position among the global headers of the archive, from 0.
    pub ordinal: u64,
    /// Where it begins in the archive.
    pub offset: u64,
    /// Header block, records and padding.
    pub raw: Arc<[u8]>,
    /// The records as key and value, in order.
    pub records: Vec<(Vec<u8>, Vec<u8>)>,
}

/// The global headers of an archive so far.
#[derive(Default)]
pub(super) struct Globals {
    count: u64,
    /// Their bytes.
    bytes: u64,
    /// Their records, of those of one key the last.
    records: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Their names.
    names: BTreeSet<Vec<u8>>,
    /// The names of entries that global headers may have, too.
    entries: BTreeSet<Vec<u8>>,
}

/// Entries with such names that are remembered; of more, any may have that of a header.
const MOST: usize = 1000;

impl Globals {
    pub(super) const fn records(&self) -> &BTreeMap<Vec<u8>, Vec<u8>> {
        &self.records
    }

    /// Takes notice of the name of a header.
    ///
    /// # Errors
    /// Where runtimes remove what has that name, as far as the archive or common sense tells.
    pub(super) fn begin(&mut self, name: &[u8]) -> Result<(), Fault> {
        if !is_of_global_header(name) {
            return Err(removes(name));
        }
        self.names.insert(path(name));
        if self.entries.len() > MOST || self.entries.contains(&path(name)) { Err(removes(name)) } else { Ok(()) }
    }

    /// Takes notice of the name of an entry.
    ///
    /// # Errors
    /// Where a header has it, too: runtimes have one or the other, by which comes last.
    pub(super) fn meet(&mut self, name: &[u8]) -> Result<(), Fault> {
        if !is_of_global_header(name) {
            return Ok(());
        }
        if self.entries.len() <= MOST {
            self.entries.insert(path(name));
        }
        if self.names.contains(&path(name)) { Err(removes(name)) } else { Ok(()) }
    }

    /// Takes in a header with its data.
    ///
    /// # Errors
    /// Malformed records, those that no header can mean for all entries after it, and the limit.
    pub(super) fn take(&mut self, offset: u64, raw: Vec<u8>, data: &[u8], limit: u64) -> Result<GlobalHeader, Fault> {
        let mut records = Vec::new();
        for record in pax::records(data) {
            let record = record?;
            if record.key == b"size" || record.key.starts_with(b"GNU.sparse.") {
                return Err(Fault::malformed(BadTar::GlobalKey(record.key.to_vec())));
            }
            self.records.insert(record.key.to_vec(), record.value.to_vec());
            records.push((record.key.to_vec(), record.value.to_vec()));
        }
        // All of them are kept, also those whose records a later one replaces.
        self.bytes = self.bytes.saturating_add(raw.len() as u64);
        if self.bytes > limit.saturating_add(BLOCK as u64) {
            return Err(Fault::limit(BadTar::GlobalBytes(limit)));
        }
        let ordinal = self.count;
        self.count += 1;
        Ok(GlobalHeader { ordinal, offset, raw: raw.into(), records })
    }
}

fn removes(name: &[u8]) -> Fault {
    Fault::malformed(BadTar::GlobalName(name.to_vec()))
}

/// A name without what says nothing.
fn path(name: &[u8]) -> Vec<u8> {
    let says = |component: &&[u8]| !matches!(*component, b"" | b".");
    name.split(|byte| *byte == b'/').filter(says).collect::<Vec<_>>().join(&b'/')
}

/// Whether a name is one that writers give to a global header: git's and bsdtar's, Go's and GNU tar's, CPython's.
///
/// containerd and buildah handle a global header as an entry up to the point where there is nothing to write: they make
/// its directories and remove whatever has its name (seen with buildah 1.28.2: a header named `etc/passwd` deletes that
/// file of the layer below).
pub(super) fn is_of_global_header(name: &[u8]) -> bool {
    let last = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
    matches!(last, b"pax_global_header" | b"@PaxHeader") || last.starts_with(b"GlobalHead.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_entry_has_the_name_of_a_header() {
        let mut globals = Globals::default();
        globals.meet(b"x").unwrap();
        globals.meet(b"a/pax_global_header").unwrap();
        globals.begin(b"pax_global_header").unwrap();
        globals.begin(b"././@PaxHeader").unwrap();
        assert!(globals.meet(b"/./pax_global_header").is_err() && globals.meet(b"@PaxHeader").is_err());
        assert!(globals.begin(b"a//pax_global_header").is_err(), "in the place of an earlier entry");
        assert!(globals.begin(b"etc/passwd").is_err(), "nobody means that");
    }

    #[test]
    fn of_too_many_entries_any_may_have_the_name() {
        let mut globals = Globals::default();
        for number in 0..2 * MOST {
            globals.meet(format!("{number}/pax_global_header").as_bytes()).unwrap();
        }
        assert_eq!(globals.entries.len(), MOST + 1);
        assert!(globals.begin(b"pax_global_header").is_err());
    }
}
