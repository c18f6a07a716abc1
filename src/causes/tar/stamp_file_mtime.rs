//! # What differs
//!
//! The modification time of a file that a program reads for its time alone: when a timer of systemd ran last, up to when
//! `/etc` and `/var` were made from `/usr`, before which time no clock is set, when apt's daily job did its work, of when a
//! list of packages is.
//!
//! # Why it happens
//!
//! A build step booted systemd, ran apt's daily job, kept lists of packages, or copied such a file from a machine that was
//! running.
//!
//! # How to fix the build
//!
//! Remove the file in the step that makes it: the programs write it again. Where it is meant to be there, give it a time.
//!
//! # When it is not harmless
//!
//! The time is what the file says. A late one keeps jobs from being made up for, updates from being looked for and the
//! units with `ConditionNeedsUpdate=` from running; an early one lets the clock be set back to before a certificate was
//! revoked. By the time of a list of packages the server is asked for a newer one, or its age is told: where it is too late,
//! the old list stays, and other versions are installed from it.

use serde_json::Value as Json;

use crate::causes::fixes::times;
use crate::causes::scope::Place;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Aspect, Finding, Value};
use crate::image::entry::EntryType;
use crate::image::path;

/// The time of a file that is read for it.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "stamp-file-mtime",
    title: "Times of files that programs read for their time",
    source: include_str!("stamp_file_mtime.rs"),
    severity: Severity::Behavioural,
    scope: &[Place { aspects: &[Aspect::Mtime], when: Some(matters), ..Place::ENTRY }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[
        &times::REMOVE_STAMP_FILE,
        &times::BUILDKIT_REWRITE,
        &times::BUILDAH_EPOCH,
        &times::BUILDAH_TIMESTAMP,
        &times::KANIKO_REPRODUCIBLE,
    ],
};

/// Seconds by which the times of a list of packages may differ: Debian's archive changes four times a day. Where the server
/// does not say of when a list is, its time is that of the build.
const BETWEEN_LISTS: u64 = 6 * 3600;

/// Whether the times are as far apart as it takes to matter.
fn matters(finding: &Finding) -> bool {
    let path = path::clean(finding.location.path_bytes());
    let times = finding.values.as_ref().map(|value| match value {
        Value::Json(Json::String(text)) => text.split('.').next()?.parse().ok(),
        Value::Json(number) => number.as_i64(),
        _ => None,
    });
    let is_list = is_package_list(path::parent(&path), path::file_name(&path));
    !is_list || times.both().is_none_or(|times| times.original.abs_diff(times.rebuild) > BETWEEN_LISTS)
}

/// Files whose time systemd acts on.
const SYSTEMD: &[&[u8]] = &[
    // systemd.unit(5), `ConditionNeedsUpdate=`: it holds where `/usr` is newer.
    b"etc/.updated",
    b"var/.updated",
    // systemd(1) and systemd-timesyncd.service(8): the clock is set to no earlier time.
    b"usr/lib/clock-epoch",
    b"lib/clock-epoch",
    b"var/lib/systemd/clock",
    b"var/lib/systemd/timesync/clock",
    b"var/lib/private/systemd/timesync/clock",
];

/// Files whose time other programs set the clock by: chronyd(8), `-s`, and OpenRC's `swclock`.
const CLOCKS: &[&[u8]] =
    &[b"var/lib/chrony/drift", b"var/lib/chrony/chrony.drift", b"var/lib/misc/openrc-shutdowntime"];

/// The header of a hard link sets the time of the file.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let entry = view.entry.filter(|_| !view.is_absent())?;
    let target = (entry.entry_type == EntryType::Hardlink).then_some(&entry.link_name[..]);
    let names = [Some(view.location.path_bytes()), target];
    names.into_iter().flatten().any(|name| is_stamp(&path::clean(name))).then(Canonical::new)
}

fn is_stamp(path: &[u8]) -> bool {
    let (directory, name) = (path::parent(path), path::file_name(path));
    // systemd.timer(5), `Persistent=`: the system's, and those of a user below `$XDG_DATA_HOME`.
    let timers = directory == b"var/lib/systemd/timers" || directory.ends_with(b".local/share/systemd/timers");
    // The script `apt.systemd.daily` of apt: `update-stamp`, `upgrade-stamp` and others; `update-success-stamp` is Ubuntu's.
    let apt = directory == b"var/lib/apt/periodic" && name.ends_with(b"-stamp");
    let clock = SYSTEMD.contains(&path) || CLOCKS.contains(&path) || path.ends_with(b"/openrc/shutdowntime");
    clock || apt || (timers && name.starts_with(b"stamp-")) || is_package_list(directory, name)
}

/// Lists of packages by whose time it is told whether there is a newer one. apt sends it as `If-Modified-Since` (seen with apt
/// 2.6.1), as apk and pacman do; dnf, yum and apk tell the age by it (libdnf, `Repo::Impl::getAge`; `cachecookie`; apk-tools,
/// `--cache-max-age`). These were not tried.
fn is_package_list(directory: &[u8], name: &[u8]) -> bool {
    let is_below = |above: &[u8]| path::is_below(directory, above);
    match directory {
        b"var/lib/apt/lists" => name.ends_with(b"Release"),
        b"var/lib/pacman/sync" => name.ends_with(b".db"),
        b"var/cache/apk" | b"etc/apk/cache" => name.starts_with(b"APKINDEX."),
        _ if is_below(b"var/cache/yum") => name == b"cachecookie",
        _ => directory.ends_with(b"/repodata") && (is_below(b"var/cache/dnf") || is_below(b"var/cache/libdnf5")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_read_for_its_time_is_a_stamp() {
        for path in [
            "var/lib/systemd/timers/stamp-apt-daily.timer",
            "root/.local/share/systemd/timers/stamp-backup.timer",
            "usr/lib/clock-epoch",
            "var/lib/systemd/timesync/clock",
            "etc/.updated",
            "var/lib/apt/periodic/update-success-stamp",
            "var/lib/chrony/drift",
            "var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_InRelease",
            "var/cache/dnf/fedora-0123456789abcdef/repodata/repomd.xml",
            "var/cache/yum/x86_64/7/base/cachecookie",
            "var/cache/apk/APKINDEX.066df28d.tar.gz",
            "var/lib/pacman/sync/core.db",
        ] {
            assert!(is_stamp(path.as_bytes()), "{path}");
        }
        for path in [
            "var/lib/systemd/timers",
            "var/lib/systemd/timers/other",
            "srv/lib/clock-epoch",
            "app/etc/.updated",
            "var/lib/apt/periodic",
            "var/lib/apt/lists",
            "var/lib/apt/lists/lock",
            "srv/repo/repodata/repomd.xml",
            "usr",
        ] {
            assert!(!is_stamp(path.as_bytes()), "{path}");
        }
    }
}
