//! One file for each kind of rule: what an instruction does, seen from one side.

mod apk;
mod apt;
mod archive;
mod base;
mod cache;
mod compiler;
mod context;
mod download;
mod epoch;
mod key;
mod language;
mod node;
mod packager;
mod python;
mod rpm;
mod secret;
mod stamp;

use super::found::{Finds, Scope};
use super::step::Step;

pub(super) use cache::inline as inline_cache;
pub(super) use epoch::check as epoch;
pub(super) use secret::assigned as assigned_secrets;

/// Looks at one instruction.
type Check = fn(&Step<'_>, &Scope<'_>, &mut Finds);

/// All that look at one instruction at a time.
pub(super) const CHECKS: &[Check] = &[
    base::check,
    apt::check,
    apk::check,
    rpm::check,
    python::check,
    node::check,
    language::check,
    download::check,
    stamp::check,
    archive::check,
    context::check,
    key::check,
    compiler::check,
    secret::check,
    cache::check,
];
