//! # What differs
//!
//! `InRelease` files under `/var/lib/apt/lists`: which archive was asked, and of what day it was, in the archive's own
//! signed words.
//!
//! # Why it happens
//!
//! `apt-get update` downloads the lists of the day, and the archive moves on.
//!
//! # How to fix the build
//!
//! Remove the lists in the RUN that updates them; pin the archive to a snapshot for the packages themselves.
//!
//! # When it is not harmless
//!
//! apt trusts the lists on disk: `apt-get install` in a container takes names and hashes of files from them and asks for no
//! signature again. So drift is named where both sides are signed in form, of the same origin and suite and of different
//! dates, and never excused. The signature itself is not verified. Lists without a signature of their own (`Packages`,
//! `Sources`, `Translation`, `Release`) are not claimed: what is in them stays unexplained.

use crate::causes::fixes::installs;
use crate::causes::scope::{Path, Place};
use crate::causes::{Cause, InputKind, Proof, Record, Severity, Told, View};

/// Lists of another day.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "apt-lists",
    title: "Package lists of another day",
    source: include_str!("apt_lists.rs"),
    severity: Severity::Behavioural,
    scope: &[Place { path: Path::Like(&["var/lib/apt/lists/**_InRelease"]), ..Place::WHOLE_FILE }],
    proof: Proof::Drift(InputKind::Package, record),
    witness: None,
    hazard: None,
    remedies: &[&installs::APT, &installs::CACHE_MOUNT, &installs::SNAPSHOT],
};

/// Origin and suite, and the date of the archive.
fn record(view: &View<'_>) -> Option<Record> {
    let text = signed(std::str::from_utf8(view.file?).ok()?)?;
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let date = field("Date:")?;
    chrono::DateTime::parse_from_rfc2822(&date.replace("UTC", "+0000")).ok()?;
    field("SHA256:")?;
    let names = ["Origin:", "Label:", "Suite:", "Codename:"].map(|name| field(name).unwrap_or(""));
    let told = Told::Value(format!("the archive {} {}", names[0], names[3]), date.to_owned());
    Some(Record { common: names.join("\n").into_bytes(), input: date.as_bytes().to_vec(), told })
}

/// The text of a message with a cleartext signature and nothing around it (RFC 9580, 7).
fn signed(text: &str) -> Option<&str> {
    let message = text.strip_prefix("-----BEGIN PGP SIGNED MESSAGE-----\n")?;
    let (hash, message) = message.split_once("\n\n")?;
    let (message, signature) = message.split_once("\n-----BEGIN PGP SIGNATURE-----\n")?;
    let signature = signature.trim_end().strip_suffix("-----END PGP SIGNATURE-----")?;
    let armored = |line: &str| line.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/= :.()-".contains(&byte));
    let holds = hash.starts_with("Hash: ") && !hash.contains('\n') && signature.lines().all(armored);
    (holds && !message.contains("-----BEGIN PGP")).then_some(message)
}
