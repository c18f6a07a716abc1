//! What two references resolved to, above the platforms: indexes, single manifests, attestation manifests.

mod attestation;
mod matching;
mod platforms;
mod statement;
#[cfg(test)]
mod tests;

pub use attestation::{Attestations, ReadBlob, compare_attestations};
pub use platforms::{AttestationPair, Pairing, PlatformPair, Root, pair_platforms};
