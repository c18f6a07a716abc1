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
//! any name of a set-id file or one with capabilities that is not known to have that number everywhere. Numbers below 100,
//! which distributions hand out themselves, pass with the names alone that Debian, Fedora or Alpine has for them.

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
    let possible = match number {
        0 => false,
        NOBODY => name == b"nobody" || name == b"nogroup",
        1..FIRST_GIVEN => names(view.aspect, number).any(|own| own.as_bytes() == name),
        FIRST_USER.. => name != b"root" && !is_of_system(name),
        _ => name != b"root",
    } && !gives_rights(entry);
    (plain && (known || possible)).then(Canonical::new)
}

/// The first number that packages are given as they are installed, the first of what is not the system's (Debian policy,
/// section 9.2.2), and that of `nobody` and `nogroup`.
const FIRST_GIVEN: u64 = 100;
const FIRST_USER: u64 = 1000;
const NOBODY: u64 = 65534;

/// Users by their numbers, as `base-passwd` of Debian, `setup` of Fedora (`uidgid`) and `alpine-baselayout` have them, and
/// packages of the latter two that always have the same.
const USERS: &[(u64, &str)] = &[
    (1, "bin daemon"),
    (2, "bin daemon"),
    (3, "adm sys"),
    (4, "lp sync"),
    (5, "games sync"),
    (6, "man shutdown"),
    (7, "halt lp"),
    (8, "mail"),
    (9, "news"),
    (10, "uucp"),
    (11, "operator"),
    (12, "games"),
    (13, "proxy"),
    (14, "ftp"),
    (21, "ftp"),
    (22, "sshd"),
    (23, "squid"),
    (25, "named"),
    (26, "postgres"),
    (27, "mysql"),
    (29, "rpcuser"),
    (32, "rpc"),
    (33, "www-data"),
    (34, "backup"),
    (35, "games"),
    (38, "list ntp"),
    (39, "irc"),
    (42, "_apt"),
    (48, "apache"),
    (55, "ldap"),
    (59, "tss"),
    (70, "avahi postgres"),
    (72, "tcpdump"),
    (74, "sshd"),
    (81, "dbus"),
    (82, "www-data"),
    (89, "postfix"),
    (99, "nobody"),
];

/// Groups, likewise.
const GROUPS: &[(u64, &str)] = &[
    (1, "bin daemon"),
    (2, "bin daemon"),
    (3, "sys"),
    (4, "adm"),
    (5, "tty"),
    (6, "disk"),
    (7, "lp"),
    (8, "mail mem"),
    (9, "kmem news"),
    (10, "uucp wheel"),
    (11, "floppy"),
    (12, "mail man"),
    (13, "news proxy"),
    (14, "uucp"),
    (15, "kmem man"),
    (16, "cron"),
    (18, "audio dialout"),
    (19, "cdrom floppy"),
    (20, "dialout games"),
    (21, "fax ftp"),
    (22, "sshd utmp voice"),
    (23, "input squid"),
    (24, "cdrom"),
    (25, "floppy named"),
    (26, "postgres tape"),
    (27, "mysql sudo video"),
    (28, "netdev"),
    (29, "audio rpcuser"),
    (30, "dip"),
    (32, "rpc"),
    (33, "tape www-data"),
    (34, "backup kvm"),
    (35, "games utempter"),
    (36, "kvm"),
    (37, "operator"),
    (38, "list ntp"),
    (39, "irc video"),
    (40, "dip src"),
    (42, "shadow"),
    (43, "utmp"),
    (44, "video"),
    (45, "sasl"),
    (46, "plugdev"),
    (48, "apache"),
    (50, "ftp staff"),
    (54, "lock"),
    (55, "ldap"),
    (59, "tss"),
    (60, "games"),
    (63, "audio"),
    (70, "avahi postgres"),
    (72, "tcpdump"),
    (74, "sshd"),
    (76, "saslauth"),
    (81, "dbus"),
    (82, "www-data"),
    (89, "postfix"),
    (90, "postdrop"),
    (99, "nobody"),
];

/// The names that distributions have for a number.
fn names(aspect: Aspect, number: u64) -> impl Iterator<Item = &'static str> {
    let table = if aspect == Aspect::Uname { USERS } else { GROUPS };
    table.iter().filter(move |(own, _)| *own == number).flat_map(|(_, names)| names.split(' '))
}

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
