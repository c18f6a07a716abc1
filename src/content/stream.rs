//! What the decoders of compressed single files have in common: bounded decompression and the name of the member.

use std::io::Read;

use super::File;
use crate::spill::{Content, Spill};

/// Collects what a decompressor gives, as long as there is room; `None` beyond it or on any error.
pub(crate) fn collect(reader: impl Read, file: &File<'_>) -> Option<Content> {
    let mut spill = Spill::new(file.limits.memory_content_bytes);
    append(reader, file, &mut spill)?;
    Some(spill.finish())
}

/// Like [`collect`], behind what was collected before.
pub(crate) fn append(mut reader: impl Read, file: &File<'_>, spill: &mut Spill) -> Option<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = reader.read(&mut buffer).ok()?;
        if count == 0 {
            return Some(());
        }
        file.room.take(count as u64)?;
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
    use crate::limits::Limits;
    use crate::limits::ledger::Room;

    #[test]
    fn members_are_named_after_their_file() {
        let endings = [(".gz", ""), (".tgz", ".tar")];
        assert_eq!(member_name(b"a.1.gz", &endings), b"a.1");
        assert_eq!(member_name(b"a.tgz", &endings), b"a.tar");
        assert_eq!(member_name(b".gz", &endings), b".gz");
        assert_eq!(member_name(b"initrd", &endings), b"initrd");
    }

    #[test]
    fn decompression_stops_where_the_room_ends() {
        let room = Room::new(10);
        let collect = |bytes: &[u8]| {
            let file = File { path: b"", bytes: b"", limits: &Limits::default(), room: &room };
            collect(bytes, &file).map(|content| content.size())
        };
        assert_eq!(collect(&[0; 7]), Some(7));
        assert_eq!(collect(&[0; 4]), None);
        assert!(room.is_overrun());
    }
}
