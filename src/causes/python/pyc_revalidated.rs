//! # What differs
//!
//! Times: of a `.py` file, or of the record that a `.pyc` file has of it. On one side the two agree, on the other they do
//! not.
//!
//! # Why it happens
//!
//! Python runs a compiled module whose header has the time and size of its source, and ignores any other (PEP 552). Builders
//! that set the times of a layer's entries on one side only leave every module there stale.
//!
//! # How to fix the build
//!
//! Have modules hold a hash of their source in place of its time, or install none.
//!
//! # When it is not harmless
//!
//! Never, until the module is known to be what the source compiles to: other code runs, although no code differs. A source
//! that gets the time which an old module records makes Python run that module.

use crate::causes::{Cause, Hazard, Proof, Severity, fixes};

/// A compiled module that is run on one side only.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "pyc-revalidated",
    title: "Compiled Python modules that one side runs and the other ignores",
    source: include_str!("pyc_revalidated.rs"),
    severity: Severity::Behavioural,
    scope: &[],
    proof: Proof::Warning(Hazard::OneSidedRecord),
    witness: None,
    hazard: None,
    remedies: fixes::PYTHON,
};
