//! # What differs
//!
//! The time of a compiled file or cache, or of its source, so that a program takes the one in place of the other on one side
//! and not on the other.
//!
//! # Why it happens
//!
//! zsh (`.zwc`), Guile (`.go`), Emacs (`.elc`, `.eln`), Racket (`.zo`), ASDF (`.fasl`), SWI-Prolog (`.qlf`), Clojure
//! (`__init.class`), lib2to3 (`Grammar*.pickle`), Tomcat (`_jsp.class`, unpacked `.war`) and Jenkins (unpacked plugins) hold
//! the times of both files against each other.
//! Jython, Qt (`.qmlc`), Java (`.jsa`), Julia (`.ji`), PHP's OPcache and apt (`pkgcache.bin`) hold that of the source against
//! one in the cache. zsh and Guile were seen to; how the others decide is known and was not tried. Builders that set the times of
//! some entries, and of others not, turn the test around.
//!
//! # How to fix the build
//!
//! Give all entries one time, or compile after the last change of a source and keep the times of both.
//!
//! # When it is not harmless
//!
//! Never, until the compiled file is known to be what the source compiles to: other code runs, although no code differs. A
//! record that is not read here is taken to fit on one side only wherever the source's time differs.

use crate::causes::{Cause, Hazard, Proof, Severity, fixes};

/// A compiled file that is taken on one side only.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "cache-revalidated",
    title: "Compiled files that one side takes in place of their sources and the other does not",
    source: include_str!("cache_revalidated.rs"),
    severity: Severity::Behavioural,
    scope: &[],
    proof: Proof::Warning(Hazard::RetakenCache),
    witness: None,
    hazard: None,
    remedies: fixes::ENTRY_TIMES,
};
