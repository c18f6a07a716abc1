//! The cache of the build inside of the image.

use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::stages::pairs;
use super::super::step::Step;

/// What asks for it.
const VARIABLE: &str = "BUILDKIT_INLINE_CACHE";

pub(super) fn check(step: &Step<'_>, _: &Scope<'_>, finds: &mut Finds) {
    inline(step, finds);
}

pub(in super::super) fn inline(step: &Step<'_>, finds: &mut Finds) {
    for pair in pairs(step.instruction) {
        let off =
            pair.value.as_deref().is_some_and(|value| matches!(value.trim_matches(['"', '\'']), "0" | "false" | ""));
        if pair.name == VARIABLE && !off {
            finds.part(&cases::INLINE_CACHE, step, &pair.range);
        }
    }
}
