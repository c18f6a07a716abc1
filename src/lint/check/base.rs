//! Images that a build begins with or copies from, named by a tag that moves.

use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::stages::{instruction_sources, stage_of};
use super::super::step::Step;
use crate::dockerfile::{Arguments, Keyword};

/// The base that is none.
const EMPTY: &str = "scratch";

pub(super) fn check(step: &Step<'_>, scope: &Scope<'_>, finds: &mut Finds) {
    if step.command.keyword == Keyword::From {
        let base = scope.stage.base.as_deref().unwrap_or(EMPTY);
        let moves = scope.stage.parent.is_none() && base != EMPTY && !base.contains('@');
        if let (true, Arguments::Words(words)) = (moves, &step.command.arguments)
            && let Some(word) = words.first()
        {
            finds.part(&cases::BASE_TAG, step, &word.range);
        }
        return;
    }
    for source in instruction_sources(step.instruction) {
        // A bare name may be a context that the build is given, and a variable anything.
        let image = source.contains([':', '/']) && !source.contains(['@', '$']);
        if image && stage_of(step.file, &source, step.stage).is_none() {
            let flag = step
                .command
                .flags
                .iter()
                .find(|flag| flag.value.as_deref().is_some_and(|value| value.contains(&source)));
            if let Some(flag) = flag {
                finds.part(&cases::SOURCE_TAG, step, &flag.range);
            }
        }
    }
}
