//! # What differs
//!
//! The name of the owner or group in the tar header: there on one side and empty on the other. The numbers are the
//! same, or findings of their own.
//!
//! # Why it happens
//!
//! GNU tar and bsdtar look names up on the build host; containerd, BuildKit and Docker never do.
//!
//! # How to fix the build
//!
//! Leave names out where the tar file is made.
//!
//! # When it is not harmless
//!
//! Container runtimes unpack by number, GNU tar run by root and bsdtar by name: there the file belongs to whoever has the
//! name. So two different names are not claimed, nor is `root` for anybody else's number or another name for root's, nor
//! any name of a set-id file or one with capabilities that is not known to have that number everywhere.

use crate::causes::fixes::{archives, builders};
use crate::causes::scope::Place;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Aspect, Finding, Value};
use crate::image::capability;
use crate::image::entry::{Entry, EntryType};

/// Owner names on one side.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-uname-gname",
    title: "Owner and group names in tar headers",
    source: include_str!("tar_uname_gname.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        // That one side has no name at all is in the values.
        Place { aspects: &[Aspect::Uname, Aspect::Gname], when: Some(is_absent_on_one_side), ..Place::ENTRY },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&builders::ONE_BUILDER, &archives::TAR_OWNERS],
};

fn is_absent_on_one_side(finding: &Finding) -> bool {
    let empty = |value: &Value| value.as_str() == Some("");
    empty(&finding.values.original) || empty(&finding.values.rebuild)
}

/// No name, or one that a user or group of this number may have.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let (name, entry) = (view.bytes()?, view.entry?);
    let number = if view.aspect == Aspect::Uname { entry.uid } else { entry.gid };
    let plain = name.len() <= 32 && name.iter().all(u8::is_ascii_graphic);
    let known = name.is_empty()
        || (name == b"root" && number == 0)
        || (view.aspect == Aspect::Gname && name == TTY && number == 5);
    let possible = (name == b"root") == (number == 0)
        && !(number >= FIRST_USER && number != NOBODY && is_of_system(name))
        && !gives_rights(entry);
    (plain && (known || possible)).then(Canonical::new)
}

/// The first number of what is not the system's (Debian policy, section 9.2.2), and that of `nobody` and `nogroup`.
const FIRST_USER: u64 = 1000;
const NOBODY: u64 = 65534;
/// Users and groups that systems have from the start: who unpacks by name gives the file to them.
const OF_SYSTEM: &[&[u8]] = &[
    b"adm",
    b"audio",
    b"backup",
    b"bin",
    b"cdrom",
    b"daemon",
    b"dialout",
    b"disk",
    b"ftp",
    b"games",
    b"halt",
    b"input",
    b"irc",
    b"kmem",
    b"list",
    b"lp",
    b"mail",
    b"man",
    b"messagebus",
    b"news",
    b"nobody",
    b"nogroup",
    b"ntp",
    b"operator",
    b"postgres",
    b"proxy",
    b"sasl",
    b"shadow",
    b"shutdown",
    b"src",
    b"sshd",
    b"staff",
    b"sudo",
    b"sync",
    b"sys",
    b"syslog",
    b"tape",
    b"tty",
    b"users",
    b"utmp",
    b"uucp",
    b"video",
    b"wheel",
    b"www-data",
    b"_apt",
];

fn is_of_system(name: &[u8]) -> bool {
    OF_SYSTEM.contains(&name)
}

/// The one group other than root's that has the same number on every Linux (5).
const TTY: &[u8] = b"tty";

/// Whether who runs the file gets rights that come with it. What a set-id directory gives is only its group's name.
fn gives_rights(entry: &Entry) -> bool {
    let set_id = entry.mode & 0o6000 != 0 && entry.entry_type != EntryType::Directory;
    set_id || entry.xattrs.contains_key(capability::XATTR)
}
