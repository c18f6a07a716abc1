//! What others state of images and packages: recognized, so that it can be shown, and never taken for ours. Nothing is
//! decided by it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::dsse::{Envelope, PAYLOAD_TYPE};
use super::key::PublicKey;
use super::predicate::IMAGE_COMPARISON;
use super::statement::{names, subjects_of};
use super::strict;
use super::vsa::VERIFICATION_SUMMARY;
use crate::digest::Digest;

/// Lines of a file of statements that are looked at.
const LINES: usize = 64;
/// Types of statements: as they are written, and as they were.
const TYPES: [&str; 2] = [super::statement::TYPE, "https://in-toto.io/Statement/v0.1"];
/// What buildx and `docker build` write, in SLSA's version 1 and 0.2.
const BUILDKIT: [&str; 2] = [
    "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",
    "https://mobyproject.org/buildkit@v1",
];
const OSS_REBUILD: &str = "https://docs.oss-rebuild.dev/builds/";
const PROVENANCE: &str = "https://slsa.dev/provenance/";
const IN_TOTO: &str = "https://in-toto.io/attestation/";

/// A statement of somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// What it says, as far as it is understood.
    pub what: What,
    /// Who signed it.
    pub seal: Seal,
    /// Whether it names the image that evidence is wanted of.
    pub is_about: bool,
}

/// What somebody else states. All texts are as they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// How something was built, by BuildKit.
    BuildKit {
        /// The builder's id; often empty.
        builder: String,
    },
    /// How something was built, by another builder.
    Provenance {
        /// Its id.
        builder: String,
    },
    /// What OSS Rebuild built.
    Rebuild {
        /// Of what.
        artifact: String,
    },
    /// What OSS Rebuild found equal once both are in its normal form.
    Equivalence {
        /// What was published.
        target: String,
    },
    /// What rebuilderd built with the same bits.
    Rebuilderd {
        /// What it calls it.
        name: String,
    },
    /// A verification summary of SLSA.
    Summary {
        /// Who verified.
        verifier: String,
        /// `PASSED` or `FAILED`.
        result: String,
        /// What is said to hold.
        levels: Vec<String>,
    },
    /// Another predicate of the in-toto attestation framework.
    InToto {
        /// Its type.
        predicate_type: String,
    },
}

/// Who signed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seal {
    /// One of the keys that are trusted.
    Trusted(PublicKey),
    /// None of them.
    Unknown,
    /// A certificate, or a form of signature that is not verified here.
    Unchecked,
    /// Nobody.
    None,
}

/// The statements of others in a file, whatever it is: a bundle, an envelope, a bare statement, a link of in-toto, or lines
/// of these. Empty where nothing is recognized, or all of it is ours.
pub fn recognize(bytes: &[u8], keys: &[PublicKey], image: &Digest) -> Vec<Other> {
    if let Ok(value) = strict::read::<Value>(bytes) {
        return recognized(value, keys, image).into_iter().collect();
    }
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).take(LINES);
    lines.filter_map(|line| recognized(strict::read(line).ok()?, keys, image)).collect()
}

fn recognized(value: Value, keys: &[PublicKey], image: &Digest) -> Option<Other> {
    if value.get("signed").is_some() {
        return link(&value["signed"], image);
    }
    if let Some(envelope) = value.get("dsseEnvelope") {
        let by_key = value["verificationMaterial"].get("publicKey").is_some();
        let (statement, seal) = opened(envelope, keys)?;
        return stated(&statement, if by_key { seal } else { Seal::Unchecked }, image);
    }
    if value.get("payload").is_some() {
        let (statement, seal) = opened(&value, keys)?;
        return stated(&statement, seal, image);
    }
    stated(&value, Seal::None, image)
}

fn opened(envelope: &Value, keys: &[PublicKey]) -> Option<(Value, Seal)> {
    if envelope["payloadType"] != PAYLOAD_TYPE {
        return None;
    }
    let statement = strict::read(&STANDARD.decode(envelope["payload"].as_str()?).ok()?).ok()?;
    let read: Option<Envelope> = serde_json::from_value(envelope.clone()).ok();
    let signer = read.and_then(|envelope| envelope.open(keys).ok()?.1.first().copied().cloned());
    Some((statement, signer.map_or(Seal::Unknown, Seal::Trusted)))
}

fn stated(statement: &Value, seal: Seal, image: &Digest) -> Option<Other> {
    let kind = statement["_type"].as_str().filter(|kind| TYPES.contains(kind));
    let predicate_type = statement["predicateType"].as_str().filter(|_| kind.is_some())?;
    let what = what(predicate_type, &statement["predicate"])?;
    let is_about = subjects_of(statement).any(|digests| names(digests, image));
    Some(Other { what, seal, is_about })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("").to_owned()
}

fn what(predicate_type: &str, predicate: &Value) -> Option<What> {
    if predicate_type.starts_with(PROVENANCE) {
        return Some(provenance(predicate));
    }
    if predicate_type == VERIFICATION_SUMMARY {
        let levels = predicate["verifiedLevels"].as_array().into_iter().flatten().map(text).collect();
        let (verifier, result) = (text(&predicate["verifier"]["id"]), text(&predicate["verificationResult"]));
        return Some(What::Summary { verifier, result, levels });
    }
    let is_known = predicate_type.starts_with(IN_TOTO) && predicate_type != IMAGE_COMPARISON;
    is_known.then(|| What::InToto { predicate_type: predicate_type.to_owned() })
}

/// Version 1 has the builder and the kind of build in other places than 0.2.
fn provenance(predicate: &Value) -> What {
    let definition = &predicate["buildDefinition"];
    let parameters = &definition["externalParameters"];
    let kind = definition["buildType"].as_str().or_else(|| predicate["buildType"].as_str()).unwrap_or("");
    let old = &predicate["builder"]["id"];
    let builder = predicate["runDetails"]["builder"].get("id").map_or_else(|| text(old), text);
    match kind.strip_prefix(OSS_REBUILD).map(|kind| kind.split('@').next().unwrap_or(kind)) {
        Some("Rebuild") => return What::Rebuild { artifact: text(&parameters["artifact"]) },
        Some("ArtifactEquivalence") => return What::Equivalence { target: text(&parameters["target"]) },
        _ => {}
    }
    if BUILDKIT.contains(&kind) { What::BuildKit { builder } } else { What::Provenance { builder } }
}

/// What rebuilderd signs: a link of in-toto as it was before there were envelopes, signed over another form of JSON.
fn link(signed: &Value, image: &Digest) -> Option<Other> {
    if signed["_type"] != "link" {
        return None;
    }
    // "rebuild FILE" is how rebuilderd calls it; other programs write links too.
    let name = signed["name"].as_str()?.strip_prefix("rebuild ")?.to_owned();
    let is_about = signed["products"].as_object()?.values().any(|digests| names(digests, image));
    Some(Other { what: What::Rebuilderd { name }, seal: Seal::Unchecked, is_about })
}
