//! apk of Alpine: versions, and the index.

use super::super::call::{Argument, Call};
use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::step::Step;

/// Options with a value.
const VALUED: &[&str] = &[
    "-t",
    "--virtual",
    "-X",
    "--repository",
    "-p",
    "--root",
    "--keys-dir",
    "--repositories-file",
    "--arch",
    "--wait",
    "--cache-dir",
    "--cache-max-age",
    "--timeout",
    "--progress-fd",
];

pub(super) fn check(step: &Step<'_>, scope: &Scope<'_>, finds: &mut Finds) {
    let mut left = None;
    for (_, call) in step.calls_of(&["apk"]) {
        match subcommand(call) {
            Some("add") => {
                if packages(call).any(is_unpinned) {
                    finds.call(&cases::APK_UNPINNED, step, call);
                }
            }
            Some("upgrade") => finds.call(&cases::APK_UPGRADE, step, call),
            Some("update") => {}
            _ => continue,
        }
        if !call.has(&["--no-cache", "--no-network"]) {
            left = left.or(Some(call));
        }
    }
    let index = "/var/cache/apk/APKINDEX.tar.gz";
    let cleaned = step.removes(index) || step.is_mounted(index) || step.is_mounted("/etc/apk/cache");
    if let Some(call) = left.filter(|_| scope.stage.ships && !cleaned) {
        finds.call(&cases::APK_INDEX_LEFT, step, call);
    }
}

pub(super) fn subcommand(call: &Call) -> Option<&str> {
    call.operands(VALUED).first().map(|operand| operand.text.as_str())
}

/// The packages that a call names.
pub(super) fn packages(call: &Call) -> impl Iterator<Item = &Argument> {
    call.operands(VALUED).into_iter().skip(1)
}

fn is_unpinned(package: &Argument) -> bool {
    let text = package.text.as_str();
    !(package.open || text.contains(['=', '<', '>', '~', '@', '/']) || text.starts_with(['!', '.']))
}
