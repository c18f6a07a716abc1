//! What the decoders of compressed single files have in common: bounded decompression and the name of the member.

use std::io::Read;

use crate::limits::ledger::Room;

/// Hands out what a decompressor gives, as long as there is room; `None` beyond it, on any error, or where `out` fails.
pub(super) fn each(mut reader: impl Read, room: &Room, out: &mut dyn FnMut(&[u8]) -> Option<()>) -> Option<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = reader.read(&mut buffer).ok()?;
        if count == 0 {
            return Some(());
        }
        room.take(count as u64)?;
        out(buffer.get(..count)?)?;
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
    fn decompression_stops_where_the_room_ends() {
        let room = Room::new(10);
        let count = |bytes: &[u8]| {
            let mut count = 0;
            each(bytes, &room, &mut |chunk| {
                count += chunk.len();
                Some(())
            })
            .map(|()| count)
        };
        assert_eq!(count(&[0; 7]), Some(7));
        assert_eq!(count(&[0; 4]), None);
        assert!(room.is_overrun());
    }
}
