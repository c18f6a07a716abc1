//! The report: versioned data, and what it looks like to people and machines.
//!
//! [`Report`] is everything the program knows about a comparison. Every renderer is a pure function of it; SARIF's
//! alone takes the Dockerfile beside it, which it has edits of.

mod advice;
pub mod brief;
pub mod browse;
mod build;
mod causes;
mod draft;
pub mod escape;
pub mod expected;
mod fixes;
pub mod html;
mod id;
mod inputs;
pub mod json;
mod layers;
mod ledger;
pub mod markdown;
mod model;
mod numbers;
mod redact;
pub mod results;
pub mod schema;
pub mod text;
pub mod values;
mod words;

pub use advice::{Advice, ByHand, Edited};
pub use draft::draft;
pub(crate) use fixes::text as fix_text;
pub use id::FindingId;
pub use model::{
    Attestation, CauseSummary, Covers, Diff, DifferingLayer, DockerfileLine, Edit, Finding, Findings, Fix, FixKind,
    Gap, Head, Image, ImageBuilder, Index, Input, Ledger, Location, Maybe, NeededFix, Pair, Place, Plan, Platform,
    PlatformImage, PlatformName, PolicyRule, PolicyUsed, Remedy, Report, SCHEMA_VERSION, Step, Summary, Tool, Warning,
};
pub(crate) use redact::text as redacted;
pub(crate) use text::headline::verdict_name;

#[cfg(test)]
mod tests;
