//! What the decoders of compressed single files have in common: bounded decompression and the name of the member.

use std::io::Read;

use crate::limits::Limits;
use crate::spill::{Content, Spill};

/// Collects what a decompressor gives, up to the limit for nested members; `None` beyond it or on any error.
pub(crate) fn collect(reader: impl Read, limits: &Limits) -> Option<Content> {
    let mut spill = Spill::new(limits.memory_content_bytes);
    append(reader, limits, &mut spill)?;
    Some(spill.finish())
}

/// Like [`collect`], behind what was collected before.
pub(crate) fn append(mut reader: impl Read, limits: &Limits, spill: &mut Spill) -> Option<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = reader.read(&mut buffer).ok()?;
        if count == 0 {
            return Some(());
        }
        if spill.size() + count as u64 > limits.nested_bytes {
            return None;
        }
        spill.push(buffer.get(..count)?).ok()?;
    }
}

/// The name of a compressed file without the ending that says so; unchanged where no ending of the table matches.
pub(crate) fn member_name(name: &[u8], endings: &[(&str, &str)]) -> Vec<u8> {
    for (ending, replacement) in endings {
        if let Some(stem) = name.strip_suffix(ending.as_bytes())
            && !stem.is_empty()
        {
            return [stem, replacement.as_bytes()].concat();
        }
    }
    name.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_named_after_their_file() {
        let endings = [(".gz", ""), (".tgz", ".tar")];
        assert_eq!(member_name(b"a.1.gz", &endings), b"a.1");
        assert_eq!(member_name(b"a.tgz", &endings), b"a.tar");
        assert_eq!(member_name(b".gz", &endings), b".gz");
        assert_eq!(member_name(b"initrd", &endings), b"initrd");
    }

    #[test]
    fn decompression_stops_at_the_limit() {
        let limits = Limits { nested_bytes: 10, ..Limits::default() };
        assert_eq!(collect(&[0; 10][..], &limits).map(|content| content.size()), Some(10));
        assert!(collect(&[0; 11][..], &limits).is_none());
    }
}
