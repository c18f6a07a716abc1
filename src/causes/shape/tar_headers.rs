//! Fields of tar headers that say nothing of the entry.

use crate::causes::shape::tar_numbers::number;
use crate::codec::tar::{RawField, raw_fields};
use crate::image::entry::{Entry, normalise};

/// Magic and version of POSIX, GNU and Seventh Edition headers.
const MAGICS: [&[u8]; 3] = [b"ustar\x0000", b"ustar  \0", &[0; 8]];

/// Fields after the device numbers, which dialects lay out in different ways.
pub(in crate::causes) const LAYOUT: [&str; 10] =
    ["prefix", "padding", "atime", "ctime", "offset", "longnames", "unused", "sparse", "isextended", "realsize"];

/// Whether these are the magic and version of a dialect.
pub(in crate::causes) fn is_magic(bytes: &[u8]) -> bool {
    MAGICS.contains(&bytes)
}

/// Whether a field of one dialect only is as it is where nothing uses it. Star's padding ends in a magic of its own.
pub(in crate::causes) fn is_unused(field: &str, bytes: &[u8]) -> bool {
    let rest = if field == "padding" { bytes.strip_suffix(b"tar\0").unwrap_or(bytes) } else { bytes };
    LAYOUT.contains(&field) && rest.iter().all(|byte| *byte == 0)
}

/// Families of pseudo headers, as fields are named by them.
const FAMILIES: [&str; 3] = ["pax", "gnu.longname", "gnu.longlink"];

/// The family of a pseudo header and the field of it.
pub(in crate::causes) fn split(field: &str) -> Option<(&str, &str)> {
    field.split_once(".header.").filter(|(family, _)| FAMILIES.contains(family))
}

/// Whether the pseudo header of this family is one header of a known form with nothing hidden in it.
pub(in crate::causes) fn is_plain_pseudo_header(entry: &Entry, family: &str) -> bool {
    raw_fields(&entry.raw).iter().all(|RawField { name, range: (start, end) }| {
        let range = usize::try_from(*start).ok().zip(usize::try_from(*end).ok());
        let Some(bytes) = range.and_then(|(start, end)| entry.raw.get(start..end)) else { return false };
        let Some(rest) = name.strip_prefix(family).and_then(|rest| rest.strip_prefix('.')) else { return true };
        match rest.strip_prefix("header.") {
            // Numbers behind the name tell of a second header.
            Some(field) => {
                matches!(field, "size" | "chksum" | "typeflag")
                    || is_plain(family, field, bytes, entry)
                    || (field == "magic" && is_magic(bytes))
                    || is_unused(field, bytes)
            }
            None if rest == "padding" => bytes.iter().all(|byte| *byte == 0),
            None => rest != "unparsed",
        }
    })
}

/// Whether a field of a pseudo header holds what writers put there for this entry, and nothing more.
pub(in crate::causes) fn is_plain(family: &str, field: &str, bytes: &[u8], entry: &Entry) -> bool {
    match field {
        "name" if family == "pax" => is_pseudo_name(bytes, &entry.name),
        "name" => text(bytes) == Some(b"././@LongLink"),
        "mode" | "uid" | "gid" | "mtime" | "devmajor" | "devminor" => number(bytes).is_some(),
        "uname" | "gname" => text(bytes).is_some_and(|name| name.iter().all(u8::is_ascii_graphic)),
        "linkname" => bytes.iter().all(|byte| *byte == 0),
        _ => false,
    }
}

/// The text of a header field that has nothing but NULs after it.
pub(in crate::causes) fn text(field: &[u8]) -> Option<&[u8]> {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    let (text, rest) = field.split_at_checked(end)?;
    rest.iter().all(|byte| *byte == 0).then_some(text)
}

fn is_pseudo_name(field: &[u8], name: &[u8]) -> bool {
    let Some(pseudo) = text(field) else { return false };
    if pseudo == b"././@PaxHeader" {
        return true;
    }
    let mut components: Vec<&[u8]> = normalise(pseudo).split(|byte| *byte == b'/').collect();
    let before = components.len();
    components.retain(|component| !is_pseudo_component(component));
    let rest = components.join(&b'/');
    let ascii: Vec<u8> = normalise(name).iter().copied().filter(u8::is_ascii).collect();
    // Longer names are cut off at the end of the field.
    before == components.len() + 1 && (rest == ascii || (field.len() - pseudo.len() < 2 && ascii.starts_with(&rest)))
}

/// `PaxHeaders.PID` (GNU tar), `PaxHeaders.0` (Go), `PaxHeaders.X` (Apache commons), `PaxHeader` (libarchive).
fn is_pseudo_component(component: &[u8]) -> bool {
    let Some(rest) = component.strip_prefix(b"PaxHeader") else { return false };
    let rest = rest.strip_prefix(b"s").unwrap_or(rest);
    let id = rest.strip_prefix(b".").unwrap_or(rest);
    id == b"X" || (id.len() <= 10 && id.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &[u8]) -> Vec<u8> {
        let mut field = name.to_vec();
        field.resize(100, 0);
        field
    }

    #[test]
    fn names_of_known_writers() {
        let name = b"usr/share/caf\xc3\xa9.txt";
        for pseudo in [
            &b"usr/share/PaxHeaders.0/caf.txt"[..],
            b"./PaxHeaders.123/usr/share/caf.txt",
            b"usr/share/PaxHeader/caf.txt",
            b"././@PaxHeader",
        ] {
            assert!(is_pseudo_name(&field(pseudo), name), "{}", pseudo.escape_ascii());
        }
    }

    #[test]
    fn anything_else_is_kept() {
        let mut hidden = field(b"PaxHeaders.0/x");
        hidden[90] = b'!';
        assert!(!is_pseudo_name(&hidden, b"x"));
        assert!(!is_pseudo_name(&field(b"PaxHeaders.0/y"), b"x"));
        assert!(!is_pseudo_name(&field(b"PaxHeaders.evil/x"), b"x"));
        assert!(!is_pseudo_name(&field(b"x"), b"x"));
        assert!(!is_pseudo_name(&field(b"PaxHeaders.0/PaxHeaders.1/x"), b"x"));
    }

    #[test]
    fn long_names_are_cut_off() {
        let name = [b'n'; 150];
        let pseudo = [&b"PaxHeaders.0/"[..], &name].concat();
        assert!(is_pseudo_name(&pseudo[..100], &name));
        assert!(!is_pseudo_name(&field(&pseudo[..60]), &name));
    }
}
