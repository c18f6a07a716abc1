//! Names that do not fit into a header.

use crate::causes::shape::tar_headers::{is_plain_pseudo_header, text};
use crate::causes::shape::tar_numbers::{raw_field, record_value};
use crate::image::entry::{Entry, normalise};

/// One of the two names that an entry may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::causes) enum Named {
    /// Its own.
    Entry,
    /// What it links to.
    LinkTarget,
}

/// The fields of the encoding that hold a name, and which of the two.
pub(in crate::causes) const FIELDS: &[(&str, Named)] = &[
    ("name.form", Named::Entry),
    ("header.name", Named::Entry),
    ("header.prefix", Named::Entry),
    ("pax.path", Named::Entry),
    ("gnu.longname", Named::Entry),
    ("linkName.form", Named::LinkTarget),
    ("header.linkname", Named::LinkTarget),
    ("pax.linkpath", Named::LinkTarget),
    ("gnu.longlink", Named::LinkTarget),
];

/// Which of the two names a field of the encoding belongs to.
pub(in crate::causes) fn named(field: &str) -> Option<Named> {
    FIELDS.iter().find(|(known, _)| *known == field).map(|(_, named)| *named)
}

/// Whether everything that holds a name holds that name, or as much of it as fits, and nothing else.
pub(in crate::causes) fn is_fully_named(entry: &Entry, named: Named) -> bool {
    short_and_full(entry, named).is_some_and(|(short, full, extended)| {
        short == full || (extended && beginnings(&full).iter().any(|beginning| is_cut_off(&short, beginning)))
    })
}

/// What the block's own fields say, the full name, and whether an extension says it; `None` where something else is
/// found there.
fn short_and_full(entry: &Entry, named: Named) -> Option<(Vec<u8>, Vec<u8>, bool)> {
    let (field, record, long, full) = match named {
        Named::Entry => ("header.name", "pax.path", "gnu.longname", &entry.name),
        Named::LinkTarget => ("header.linkname", "pax.linkpath", "gnu.longlink", &entry.link_name),
    };
    let mut short = text(raw_field(entry, field)?)?.to_vec();
    if let Some(prefix) = raw_field(entry, "header.prefix").filter(|_| named == Named::Entry) {
        let prefix = text(prefix)?;
        if !prefix.is_empty() {
            short = [prefix, b"/", &short].concat();
        }
    }
    let record = raw_field(entry, record).map(record_value);
    let long_text = raw_field(entry, long).map(|data| data.strip_suffix(b"\0").unwrap_or(data));
    let agrees = [record, long_text].into_iter().flatten().all(|name| name == &full[..]);
    let plain = long_text.is_none() || is_plain_pseudo_header(entry, long);
    (agrees && plain).then(|| (short, full.to_vec(), record.is_some() || long_text.is_some()))
}

/// What writers may cut off: the name, or the name without what is not ASCII (Go), or with question marks for it.
fn beginnings(full: &[u8]) -> [Vec<u8>; 3] {
    let ascii = full.iter().copied().filter(u8::is_ascii).collect();
    let questions = String::from_utf8_lossy(full)
        .chars()
        .map(|c| u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or(b'?'))
        .collect();
    [full.to_vec(), ascii, questions]
}

/// Whether `short` is all of a name, or its first hundred bytes or so (a slash at the end is dropped).
fn is_cut_off(short: &[u8], name: &[u8]) -> bool {
    let (short, name) = (normalise(short), normalise(name));
    short == name || (short.len() >= 95 && name.starts_with(short))
}

#[cfg(test)]
mod tests {
    use super::is_cut_off;

    #[test]
    fn short_names_are_beginnings() {
        let name = [b'n'; 150];
        assert!(is_cut_off(&name[..100], &name));
        assert!(is_cut_off(&name, &name));
        assert!(!is_cut_off(&name[..40], &name));
        assert!(!is_cut_off(&[b'm'; 100], &name));
    }
}
