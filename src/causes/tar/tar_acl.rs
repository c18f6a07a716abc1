//! # What differs
//!
//! A POSIX access control list on one side that says the same as the mode bits: owner, group and others, nobody else.
//!
//! # Why it happens
//!
//! A default list on the build host's directories gives every new file a list of its own.
//!
//! # How to fix the build
//!
//! Build where there are no default lists.
//!
//! # When it is not harmless
//!
//! A list that names further users or groups, has a mask, or is a directory's default list grants something, and is
//! never claimed.

use crate::causes::fixes::archives;
use crate::causes::scope::{Field, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// Access control lists that say what the mode says.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-acl",
    title: "Access control lists equal to the mode",
    source: include_str!("tar_acl.rs"),
    severity: Severity::Security,
    scope: &[Place {
        aspects: &[Aspect::Xattr],
        field: Field::Like(&["xattr.system.posix_acl_access", "xattr.SCHILY.acl.access"]),
        ..Place::ENTRY
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&archives::ACLS],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if view.is_absent() {
        return Some(Canonical::new());
    }
    let list = view.bytes()?;
    let permissions = text_form(list).or_else(|| binary_form(list))?;
    (permissions == view.entry?.mode & 0o777).then(Canonical::new)
}

/// `user::rw-,group::r--,other::r--`, separated by commas or newlines.
fn text_form(list: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(list).ok()?;
    let mut found = [None; 3];
    for line in text.split([',', '\n']).filter(|line| !line.is_empty()) {
        let (who, permissions) = line.split_once("::")?;
        let position = ["user", "group", "other"].iter().position(|name| *name == who)?;
        let slot = found.get_mut(position).filter(|slot| slot.is_none())?;
        *slot = Some(rwx(permissions)?);
    }
    match found {
        [Some(user), Some(group), Some(other)] => Some(user << 6 | group << 3 | other),
        _ => None,
    }
}

fn rwx(text: &str) -> Option<u32> {
    let [read, write, execute] = *text.as_bytes() else { return None };
    let bit = |byte: u8, letter: u8, value: u32| match byte {
        b'-' => Some(0),
        byte if byte == letter => Some(value),
        _ => None,
    };
    Some(bit(read, b'r', 4)? | bit(write, b'w', 2)? | bit(execute, b'x', 1)?)
}

/// The kernel's form (linux/posix_acl_xattr.h): version 2, then tag, permissions and ID of each entry, little-endian.
fn binary_form(list: &[u8]) -> Option<u32> {
    let entries = list.strip_prefix(&[2, 0, 0, 0])?;
    let [user, group, other] = [(0, 1_u8), (8, 4), (16, 32)].map(|(start, tag)| {
        let [found, 0, permissions @ 0..=7, 0, ..] = *entries.get(start..start + 8)? else { return None };
        (found == tag).then_some(u32::from(permissions))
    });
    (entries.len() == 24).then_some(user? << 6 | group? << 3 | other?)
}

#[cfg(test)]
mod tests {
    use super::{binary_form, text_form};

    #[test]
    fn both_forms_give_the_mode() {
        assert_eq!(text_form(b"user::rw-,group::r--,other::---"), Some(0o640));
        assert_eq!(text_form(b"user::rwx\ngroup::r-x\nother::r-x\n"), Some(0o755));
        let none = [0xff; 4];
        let list = [&[2, 0, 0, 0][..], &[1, 0, 6, 0], &none, &[4, 0, 4, 0], &none, &[32, 0, 0, 0], &none].concat();
        assert_eq!(binary_form(&list), Some(0o640));
        assert_eq!(binary_form(&list[..20]), None);
    }

    #[test]
    fn whoever_else_is_granted_something_is_seen() {
        assert_eq!(text_form(b"user::rw-,user:1000:rwx,group::r--,mask::rwx,other::---"), None);
        assert_eq!(text_form(b"user::rw-,user::rwx,group::r--,other::---"), None);
        assert_eq!(text_form(b"user::rw-,group::r--"), None);
    }
}
