//! The order of the members of a zip archive, as far as nobody could notice it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use crate::causes::Canonical;
use crate::content::{Node, Part};
use crate::spill::Content;

/// What the record of a wheel goes by, and signatures of it (binary distribution format, "The .dist-info directory").
const RECORD: &[&str] = &[".dist-info/record"];
const SIGNATURES: &[&str] = &[".dist-info/record.jws", ".dist-info/record.p7s"];

/// One form for all orders of the wheel of this name; `None` where it is none, or where somebody could tell them apart.
pub(in crate::causes) fn form(archive: &[u8], node: &Node, file: &Content) -> Option<Canonical> {
    if node.format != "zip" || node.parts.iter().any(|part| matches!(&*part.name, "gap" | "prefix")) {
        return None;
    }
    let names: Vec<&[u8]> = node.members.iter().map(|member| &member.name[..]).collect();
    let has = |endings| names.iter().any(|name| ends_with(name, endings));
    if names.iter().any(|name| may_land_elsewhere(name)) {
        return None;
    }
    if !ends_with(archive, &[".whl"]) || !has(RECORD) || has(SIGNATURES) || !are_apart(&names) {
        return None;
    }
    let mut said = Said(Sha256::new());
    for (name, fields) in &fields(node, file)? {
        said.item(name);
        fields.iter().for_each(|field| said.item(field.as_bytes()));
    }
    Some(said.0.finalize().to_vec())
}

/// Items, each behind its length.
struct Said(Sha256);

impl Said {
    fn item(&mut self, item: &[u8]) {
        self.0.update((item.len() as u64).to_be_bytes());
        self.0.update(item);
    }
}

/// The fields of each member in their order, which is to be the same; `None` where one is a symbolic link or a device.
fn fields<'n>(node: &'n Node, file: &Content) -> Option<BTreeMap<&'n [u8], Vec<String>>> {
    let mut fields: BTreeMap<&[u8], Vec<String>> = BTreeMap::new();
    for part in &node.parts {
        let Some(member) = part.member.and_then(|member| node.members.get(member)) else { continue };
        let own = fields.entry(&member.name).or_default();
        for field in node.fields(part, file) {
            if field.name == "central.external" && !is_plain(&field, file) {
                return None;
            }
            own.push(field.name.into_owned());
        }
    }
    Some(fields)
}

/// Whether the type that Unix sees in external attributes is none, a directory or a regular file.
fn is_plain(field: &Part, file: &Content) -> bool {
    field.of(file).as_ref().and_then(|bytes| bytes.last()).is_some_and(|high| matches!(high >> 4, 0 | 4 | 8))
}

/// Whether a member is one that installers put where another member may go, too (`NAME-VERSION.data/purelib/x.py` and
/// `x.py`): of two the later wins.
fn may_land_elsewhere(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let mut parts = name.split(|byte| *byte == b'/');
    let is_of_data = parts.next().is_some_and(|first| first.ends_with(b".data"));
    is_of_data && parts.next().is_some_and(|scheme| !matches!(scheme, b"" | b"scripts" | b"headers"))
}

/// Whether no two names could be one file, and no file is below another.
fn are_apart(names: &[&[u8]]) -> bool {
    let mut folded = BTreeSet::new();
    for name in names {
        let path = name.strip_suffix(b"/").unwrap_or(name);
        let is_clean = path.split(|byte| *byte == b'/').all(|part| !matches!(part, b"" | b"." | b".."));
        let is_ascii = path.is_ascii() && !path.iter().any(|byte| matches!(byte, b'\\' | b':' | 0..b' '));
        if !is_clean || !is_ascii || !folded.insert(path.to_ascii_lowercase()) {
            return false;
        }
    }
    let is_file = |name: &&&[u8]| !name.ends_with(b"/");
    names.iter().filter(is_file).all(|name| {
        let below = [&name.to_ascii_lowercase()[..], b"/"].concat();
        folded.range(below.clone()..).next().is_none_or(|next| !next.starts_with(&below))
    })
}

fn ends_with(name: &[u8], endings: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    endings.iter().any(|ending| name.ends_with(ending.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::are_apart;

    #[test]
    fn names_that_could_be_one_file_are_not_apart() {
        let apart = |names: &[&str]| are_apart(&names.iter().map(|name| name.as_bytes()).collect::<Vec<_>>());
        assert!(apart(&["a/", "a/b", "a/c", "ab", "a.b"]));
        for names in [
            &["a", "A"][..],
            &["a", "a/"],
            &["a", "a/b"],
            &["A", "a/b"],
            &["./a"],
            &["/a"],
            &["a//b"],
            &["a\\b"],
            &["é"],
            &["a/../b"],
        ] {
            assert!(!apart(names), "{names:?}");
        }
    }
}
