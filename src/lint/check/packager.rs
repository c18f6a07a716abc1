//! Programs that install packages, as far as they are called alike: options, what to do, packages.

use super::super::call::{Argument, Call};
use super::super::step::Step;

/// One of them, in all of its forms.
pub(super) struct Packager {
    /// What it is called.
    pub(super) programs: &'static [&'static str],
    /// Options with a value.
    pub(super) valued: &'static [&'static str],
}

impl Packager {
    /// The calls of it.
    pub(super) fn calls<'s>(&self, step: &'s Step<'_>) -> impl Iterator<Item = &'s Call> + use<'s> {
        step.calls_of(self.programs).map(|(_, call)| call)
    }

    /// What a call is to do.
    pub(super) fn subcommand<'c>(&self, call: &'c Call) -> Option<&'c str> {
        call.operands(self.valued).first().map(|operand| operand.text.as_str())
    }

    /// The packages that a call names.
    pub(super) fn packages<'c>(&self, call: &'c Call) -> impl Iterator<Item = &'c Argument> + use<'c> {
        call.operands(self.valued).into_iter().skip(1)
    }
}
