//! # What differs
//!
//! Name, owner, mode or time of the pseudo entry that holds PAX records, such as `./PaxHeaders.14472/file`. They belong
//! to no file: readers take the records and drop the rest.
//!
//! # Why it happens
//!
//! GNU tar puts its process ID into the name, the .NET SDK did so until 2026, and GNU tar gives the pseudo entry the
//! times of the file.
//!
//! # How to fix the build
//!
//! Set the name to a constant.
//!
//! # When it is not harmless
//!
//! Only for readers that know no PAX headers and unpack the pseudo entry as a file. The name must be made of the
//! entry's own name and one such component, else there is no claim: nothing can be hidden in it.

use super::tar_dialect::{is_magic, is_unused};
use super::tar_numeric_field_style::number;
use crate::causes::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::codec::tar::{RawField, raw_fields};
use crate::finding::{Aspect, Finding};
use crate::image::entry::{Entry, normalise};

/// The pseudo name of an extension header.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-pax-header-name",
    title: "Pseudo entries of PAX records",
    source: include_str!("tar_pax_header_name.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: REMEDIES,
};

const REMEDIES: &[Remedy] = &[Remedy {
    builder: "any",
    text: "tar --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime, which needs GNU \
           tar; .NET SDK: a release with dotnet/sdk#55689 (August 2026).",
}];

/// Families of pseudo headers, as fields are named by them.
const FAMILIES: [&str; 3] = ["pax", "gnu.longname", "gnu.longlink"];

fn scope(finding: &Finding) -> bool {
    finding.aspect == Aspect::Encoding && split(finding.location.field_name()).is_some()
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let (family, field) = split(view.location.field_name())?;
    is_plain(family, field, view.bytes()?, view.entry?).then(Canonical::new)
}

fn split(field: &str) -> Option<(&str, &str)> {
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
fn is_plain(family: &str, field: &str, bytes: &[u8], entry: &Entry) -> bool {
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
