//! The order of the members of a zip archive, as far as anybody could notice it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use crate::causes::Canonical;
use crate::content::{Node, Part};

/// Archives that a class path is made of.
const JAVA: &[&str] = &[".jar", ".war", ".ear", ".rar", ".sar", ".aar", ".jmod"];
/// Others that are installed one after another.
const ARCHIVES: &[&str] = &[".zip", ".whl", ".egg"];
/// Signatures of what the archive holds, or of the archive as it is.
const SIGNATURES: &[&str] = &[".sf", ".rsa", ".dsa", ".ec", ".p7s"];
/// Members that readers look for in one place.
const FIXED: &[&[u8]] = &[b"META-INF/", b"META-INF/MANIFEST.MF", b"mimetype", b"AndroidManifest.xml", b"classes.dex"];
/// Where this is a member, what kind of document it is shows in which ones come first.
const OFFICE: &[u8] = b"[Content_Types].xml";

/// One form for all orders of the archive of this name that nobody tells apart; `None` where somebody could.
pub(in crate::causes) fn form(archive: &[u8], node: &Node, file: &[u8]) -> Option<Canonical> {
    if node.format != "zip" || node.parts.iter().any(|part| matches!(&*part.name, "gap" | "prefix")) {
        return None;
    }
    let names: Vec<&[u8]> = node.members.iter().map(|member| &member.name[..]).collect();
    let is_signed = |name: &&[u8]| ends_with(name, SIGNATURES);
    if !are_apart(&names) || names.iter().any(is_signed) {
        return None;
    }
    let mut said = Said(Sha256::new());
    for (name, fields) in &fields(node, file)? {
        said.item(name);
        fields.iter().for_each(|field| said.item(field.as_bytes()));
    }
    let stored: Vec<&[u8]> = stored(node).into_iter().filter_map(|member| names.get(member).copied()).collect();
    said.item(stored.first().filter(|name| name.starts_with(b"META-INF/")).unwrap_or(&&b""[..]));
    if names.contains(&OFFICE) {
        stored.iter().for_each(|name| said.item(name));
    }
    for order in [&names, &stored] {
        said.item(b"");
        for (place, name) in order.iter().enumerate() {
            if FIXED.contains(name) {
                said.item(&(place as u64).to_be_bytes());
                said.item(name);
            }
        }
        said.item(b"");
        let nested = order.iter().filter(|name| ends_with(name, JAVA) || ends_with(name, ARCHIVES));
        nested.for_each(|name| said.item(name));
    }
    if ends_with(archive, JAVA) || names.iter().any(|name| is_of_java(name)) {
        names.iter().for_each(|name| said.item(name));
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

/// The members in the order in which they are stored, by their position in the directory.
fn stored(node: &Node) -> Vec<usize> {
    node.parts.iter().filter(|part| part.name == "data").filter_map(|part| part.member).collect()
}

/// The fields of each member in their order, which is to be the same; `None` where one is a symbolic link or a device.
fn fields<'n>(node: &'n Node, file: &[u8]) -> Option<BTreeMap<&'n [u8], Vec<String>>> {
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
fn is_plain(field: &Part, file: &[u8]) -> bool {
    field.bytes(file).last().is_some_and(|high| matches!(high >> 4, 0 | 4 | 8))
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

/// Whether archives with a member of this name are on class paths.
fn is_of_java(name: &[u8]) -> bool {
    name.starts_with(b"META-INF/") || ends_with(name, &[".class"])
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
