//! Archives of `ar` without loss: static libraries and Debian packages (System V and GNU, and BSD names), and thin archives,
//! which hold no files but their names.
//!
//! A name is read in the one way that all readers share, or the archive is refused: a table of long names that comes twice
//! or too late, a place that is not in it, a number that is none.

use std::ops::Range;

use super::fault::Fault;
use crate::finding::BadAr;

/// What an archive begins with.
pub const MAGIC: &[u8] = b"!<arch>\n";
/// What a thin one begins with: its files are elsewhere.
pub const THIN: &[u8] = b"!<thin>\n";

const HEADER: usize = 60;
const NAME: Range<usize> = 0..16;
const SIZE: Range<usize> = 48..58;
const END: Range<usize> = 58..60;

/// The fields of a member's header by the bytes that they have, in order; all are text.
const FIELDS: [(&str, usize); 7] =
    [("name", 16), ("mtime", 12), ("uid", 6), ("gid", 6), ("mode", 8), ("size", 10), ("end", 2)];

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name, resolved.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// Its header, and the name behind it where there is one (BSD).
    pub header: Range<usize>,
    /// Its bytes.
    pub data: Range<usize>,
    /// The byte that makes the length even; empty where there is none.
    pub padding: Range<usize>,
}

/// What a member is to the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// The table of symbols, which names the places of members.
    Symbols,
    /// The table of long names (GNU).
    Names,
}

/// Takes an archive apart into its members, in order.
///
/// # Errors
/// [`Fault`] `malformed` for what is no archive, or one that readers disagree about; `limit` above `most` members.
pub fn members(bytes: &[u8], most: usize) -> Result<Vec<Member>, Fault> {
    let is_thin = bytes.starts_with(THIN);
    if !is_thin && !bytes.starts_with(MAGIC) {
        return Err(Fault::malformed(BadAr::Magic));
    }
    let mut members: Vec<Member> = Vec::new();
    let mut names = None;
    let mut at = MAGIC.len();
    while at < bytes.len() {
        if members.len() >= most {
            return Err(Fault::limit(BadAr::Members(most)));
        }
        let member = member(bytes, at, names.clone(), is_thin)?;
        if member.kind == Kind::Names && names.replace(member.data.clone()).is_some() {
            return Err(Fault::malformed(BadAr::TwoTables));
        }
        at = member.padding.end;
        members.push(member);
    }
    Ok(members)
}

/// The fields of a member's header, in order, and the name behind it where there is one: `name`, `mtime`, `uid`, `gid`,
/// `mode`, `size`, `end`, `long_name`.
pub fn fields(header: &Range<usize>) -> impl Iterator<Item = (&'static str, Range<usize>)> {
    let mut at = header.start;
    let fixed = FIELDS.iter().map(move |(name, size)| {
        at += size;
        (*name, at - size..at)
    });
    let behind = header.start + HEADER..header.end;
    fixed.chain(Some(("long_name", behind)).filter(|(_, range)| !range.is_empty()))
}

fn member(bytes: &[u8], at: usize, names: Option<Range<usize>>, is_thin: bool) -> Result<Member, Fault> {
    let end = at.saturating_add(HEADER);
    let header = bytes.get(at..end).ok_or_else(|| Fault::malformed(BadAr::HeaderCut))?;
    if &header[END] != b"`\n" {
        return Err(Fault::malformed(BadAr::NoHeader));
    }
    let size = number(&header[SIZE]).ok_or_else(|| Fault::malformed(BadAr::Size))?;
    let field = header[NAME].trim_ascii_end();
    let is_elsewhere = is_thin && !matches!(field, b"/" | b"/SYM64/" | b"//");
    let next = end.checked_add(if is_elsewhere { 0 } else { size }).filter(|next| *next <= bytes.len());
    let next = next.ok_or_else(|| Fault::malformed(BadAr::MemberCut))?;
    let (name, kind, data) = match field {
        b"/" | b"/SYM64/" => (field.to_vec(), Kind::Symbols, end),
        b"//" => (field.to_vec(), Kind::Names, end),
        [b'/', place @ ..] => {
            let table = names.and_then(|names| bytes.get(names));
            (long_name(table, place)?, Kind::File, end)
        }
        [b'#', b'1', b'/', length @ ..] if !is_thin => {
            let data = number(length).and_then(|length| end.checked_add(length)).filter(|data| *data <= next);
            let data = data.ok_or_else(|| Fault::malformed(BadAr::NameLength))?;
            (bytes.get(end..data).map(until_nul).unwrap_or_default().to_vec(), Kind::File, data)
        }
        _ => (field.strip_suffix(b"/").unwrap_or(field).to_vec(), Kind::File, end),
    };
    let is_table = matches!(&name[..], b"__.SYMDEF" | b"__.SYMDEF SORTED" | b"__.SYMDEF_64" | b"__.SYMDEF_64 SORTED");
    if name.is_empty() || name.contains(&0) {
        return Err(Fault::malformed(BadAr::Name));
    }
    // The last one may go without.
    let padding = next..next + usize::from(next % 2 == 1 && next < bytes.len());
    let kind = if is_table { Kind::Symbols } else { kind };
    Ok(Member { name, kind, header: at..data, data: data..next, padding })
}

/// The name at a place of the table of names, which ends in `/` and a newline.
fn long_name(table: Option<&[u8]>, place: &[u8]) -> Result<Vec<u8>, Fault> {
    let nowhere = || Fault::malformed(BadAr::LongName);
    let place = number(place).ok_or_else(nowhere)?;
    let rest = table.and_then(|table| table.get(place..)).ok_or_else(nowhere)?;
    let end = memchr::memchr(b'\n', rest).ok_or_else(nowhere)?;
    rest.get(..end).and_then(|name| name.strip_suffix(b"/")).map(<[u8]>::to_vec).ok_or_else(nowhere)
}

/// Decimal digits, and spaces behind them.
fn number(field: &[u8]) -> Option<usize> {
    let digits = field.trim_ascii_end();
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(digits).ok().filter(|_| is_number)?.parse().ok()
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    bytes.get(..end).unwrap_or(bytes)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A member as `ar` writes it.
    pub(crate) fn written(name: &str, mtime: u64, data: &[u8]) -> Vec<u8> {
        let header = format!("{name:<16}{mtime:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 100644, data.len());
        let padding: &[u8] = if data.len() % 2 == 1 { b"\n" } else { b"" };
        [header.as_bytes(), data, padding].concat()
    }

    fn archive(members: &[Vec<u8>]) -> Vec<u8> {
        [MAGIC, &members.concat()].concat()
    }

    fn read(bytes: &[u8]) -> Result<Vec<Member>, Fault> {
        let members = members(bytes, 100)?;
        let mut end = MAGIC.len();
        for member in &members {
            let fields = fields(&member.header).map(|(_, range)| range);
            for range in fields.chain([member.data.clone(), member.padding.clone()]) {
                assert_eq!(range.start, end, "{member:?}");
                end = range.end;
            }
            assert_eq!(member.header.end, member.data.start);
        }
        assert_eq!(end, bytes.len());
        Ok(members)
    }

    #[test]
    fn names_in_all_forms() {
        let table = b"a_long_name_of_an_object.o/\nanother/with/slashes.o/\n";
        let bytes = archive(&[
            written("/", 1, b"symbols"),
            written("//", 0, table),
            written("short.o/", 1, b"123"),
            written("/0", 1, b""),
            written("/28", 1, b"x"),
            written("debian-binary", 1, b"2.0\n"),
            written("#1/8", 1, b"bsd.o\0\0\0data"),
            written("#1/20", 1, b"__.SYMDEF SORTED\0\0\0\0"),
        ]);
        let members = read(&bytes).unwrap();
        let names: Vec<_> = members.iter().map(|member| String::from_utf8_lossy(&member.name).into_owned()).collect();
        let expected = "/ // short.o a_long_name_of_an_object.o another/with/slashes.o debian-binary bsd.o";
        assert_eq!(names[..7], expected.split(' ').collect::<Vec<_>>());
        assert_eq!(names[7], "__.SYMDEF SORTED");
        let kinds = [members[0].kind, members[1].kind, members[2].kind, members[7].kind];
        assert_eq!(kinds, [Kind::Symbols, Kind::Names, Kind::File, Kind::Symbols]);
        assert_eq!(&bytes[members[6].data.clone()], b"data");
    }

    #[test]
    fn thin_archives_hold_names_alone() {
        let header = |name: &str| {
            let file = written(name, 1, &[0; 1001]);
            file[..HEADER].to_vec()
        };
        let bytes = [THIN, &written("/", 1, b"odd"), &written("//", 0, b"dir/a.o/\n"), &header("/0"), &header("b.o/")];
        let members = read(&bytes.concat()).unwrap();
        let names: Vec<&[u8]> = members.iter().map(|member| &member.name[..]).collect();
        assert_eq!(names, [&b"/"[..], b"//", b"dir/a.o", b"b.o"]);
        assert!(members[2..].iter().all(|member| member.data.is_empty() && member.padding.is_empty()));
        assert!(read(&[THIN, &header("/0:8")].concat()).is_err(), "a member of an archive in the archive");
    }

    #[test]
    fn what_readers_disagree_about_is_refused() {
        for bad in [
            vec![written("/3", 1, b"")],
            vec![written("//", 0, b"a.o/\n"), written("/9", 1, b"")],
            vec![written("//", 0, b"a.o\n"), written("/0", 1, b"")],
            vec![written("//", 0, b"a.o/\n"), written("//", 0, b"b.o/\n")],
            vec![written("#1/9", 1, b"bsd.o")],
            vec![written("", 1, b"")],
            vec![written("a", 1, b"1")[..59].to_vec()],
        ] {
            assert!(read(&archive(&bad)).is_err(), "{bad:?}");
        }
        assert!(members(&archive(&[written("a", 1, b"")]), 0).is_err());
    }

    proptest! {
        #[test]
        fn every_byte_in_one_part(
            data in prop::collection::vec(any::<Vec<u8>>(), 0..4),
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = archive(&data.iter().map(|data| written("a.o/", 7, data)).collect::<Vec<_>>());
            prop_assert!(read(&bytes).is_ok());
            for (at, value) in damage {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            let _ = read(&bytes);
            let _ = read(&bytes[..cut.index(bytes.len())]);
        }
    }
}
