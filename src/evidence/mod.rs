//! Evidence: what a comparison found, as signed statements that others can check. Bytes in, bytes out.
//!
//! A report becomes [`Statement`]s of the in-toto attestation framework ([`compose`]), which are signed as a DSSE
//! [`Envelope`] by a [`PrivateKey`] and wrapped as a Sigstore [`bundle`]. [`verify`] goes the other way: bytes that anybody
//! can have written, a key and what is required of them become a decision.
//!
//! A statement is positive only where the built-in policy `default` passes the comparison, whatever policy the report was
//! made under; and it names only the images for which that holds.

mod also;
mod attachable;
pub mod bundle;
mod compose;
mod consistent;
mod dsse;
mod earlier;
mod key;
mod others;
mod outcome;
mod predicate;
mod recompute;
mod requirements;
mod schema;
mod statement;
mod strict;
mod verify;
mod vsa;
mod words;

pub use also::{Also, Restated};
pub use attachable::{Attachable, attachable, html_artifact, report_artifact};
pub use compose::{Composed, Terms, compose, unplaced};
pub use dsse::{Envelope, PAYLOAD_TYPE, Signature, pre_authentication};
pub use earlier::Earlier;
pub use key::{Generated, PrivateKey, PublicKey, generate};
pub use others::{Other, Seal, What, recognize};
pub use predicate::{Comparison, IMAGE_COMPARISON, Reason, Scope, TimeSource};
pub use recompute::recomputed;
pub use requirements::Requirements;
pub use schema::schema;
pub use statement::{DigestSet, Statement, Subject};
pub use verify::{Form, Refusal, Verified, decide, verify};
pub use vsa::{VERIFICATION_SUMMARY, VerificationSummary};
pub use words::{line, line_of_other};

use crate::error::{Error, Unusable};

/// Why nothing can be stated.
fn refused(name: &str, problem: impl Into<Unusable>) -> Error {
    Error::Report { name: name.to_owned(), problem: problem.into() }
}
