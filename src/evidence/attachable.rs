//! What a registry is to keep beside an image: evidence about it, as cosign keeps it, and the report that it names.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use serde_json::Value;

use super::bundle::{Bundle, MEDIA_TYPE};
use super::dsse::PAYLOAD_TYPE;
use super::predicate::REPORT;
use super::statement::{names, subjects_of};
use super::strict;
use crate::digest::Digest;
use crate::error::Unproven;
use crate::source::Artifact;

/// Types that statements have: ours, and what cosign writes.
const TYPES: [&str; 2] = [super::statement::TYPE, "https://in-toto.io/Statement/v0.1"];
const TITLE: &str = "org.opencontainers.image.title";
const CREATED: &str = "org.opencontainers.image.created";

/// A bundle that may be kept beside an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachable {
    /// As cosign 3 keeps it.
    pub artifact: Artifact,
    /// What is for cosign 2: the envelope, and what is to be said of it. Absent where a certificate has to go along.
    pub envelope: Option<(Vec<u8>, BTreeMap<String, String>)>,
    /// What it states.
    pub predicate_type: String,
    /// The digest of the report that it names.
    pub report: Option<String>,
}

/// Takes a bundle as it is, where it has a statement about this image. Who signed it is not asked: whoever verifies has the
/// key.
///
/// # Errors
/// What is wrong with it.
pub fn attachable(bytes: Vec<u8>, image: &Digest) -> Result<Attachable, Unproven> {
    let bundle: Bundle = strict::read(&bytes)?;
    let envelope = bundle.dsse()?;
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err(Unproven::PayloadType(envelope.payload_type.clone(), PAYLOAD_TYPE));
    }
    let payload = STANDARD.decode(&envelope.payload).map_err(|_| Unproven::Payload)?;
    let statement: Value = strict::read(&payload)?;
    let kind = statement["_type"].as_str().filter(|kind| TYPES.contains(kind));
    let predicate_type = statement["predicateType"].as_str().filter(|_| kind.is_some()).filter(|text| is_uri(text));
    let predicate_type = predicate_type.ok_or(Unproven::NoStatement)?.to_owned();
    if !subjects_of(&statement).any(|digests| names(digests, image)) {
        return Err(Unproven::AnotherImage(Some(image.to_string())));
    }
    let predicate = &statement["predicate"];
    let report = predicate["report"]["digest"]["sha256"].as_str().map(|hex| format!("sha256:{hex}"));
    // A time of the statement's own: the same bundle is the same artifact each time that it is pushed.
    let created = ["comparedOn", "timeVerified"].into_iter().find_map(|name| predicate[name].as_str());
    let created = created.filter(|text| DateTime::parse_from_rfc3339(text).is_ok());
    let mut annotations = BTreeMap::from([
        ("dev.sigstore.bundle.content".to_owned(), "dsse-envelope".to_owned()),
        ("dev.sigstore.bundle.predicateType".to_owned(), predicate_type.clone()),
    ]);
    annotations.extend(created.map(|created| (CREATED.to_owned(), created.to_owned())));
    let of_cosign = BTreeMap::from([
        ("dev.cosignproject.cosign/signature".to_owned(), String::new()),
        ("predicateType".to_owned(), predicate_type.clone()),
    ]);
    let by_key = bundle.verification_material.certificate.is_none();
    let envelope = by_key.then(|| serde_json::to_vec(envelope)).transpose();
    let envelope = envelope.map_err(|error| Unproven::Malformed(error.to_string()))?;
    Ok(Attachable {
        envelope: envelope.map(|envelope| (envelope, of_cosign)),
        artifact: artifact(MEDIA_TYPE, MEDIA_TYPE, bytes, annotations, None),
        predicate_type,
        report,
    })
}

/// What can be written into an annotation, and is a name of something.
fn is_uri(text: &str) -> bool {
    text.len() <= 1024 && text.contains(':') && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn artifact(
    artifact_type: &str,
    media_type: &str,
    bytes: Vec<u8>,
    annotations: BTreeMap<String, String>,
    title: Option<&str>,
) -> Artifact {
    let title = title.map(|title| (TITLE.to_owned(), title.to_owned()));
    Artifact {
        artifact_type: artifact_type.to_owned(),
        media_type: media_type.to_owned(),
        bytes,
        annotations,
        layer_annotations: title.into_iter().collect(),
    }
}

/// The annotation with the digest of a report before it was compressed: what statements name it by.
const REPORT_DIGEST: &str = "example.reprove.report.digest";

/// A report of this digest, compressed with gzip.
pub fn report_artifact(gzip: Vec<u8>, report: &Digest) -> Artifact {
    let annotations = BTreeMap::from([(REPORT_DIGEST.to_owned(), report.to_string())]);
    artifact(REPORT, &format!("{REPORT}+gzip"), gzip, annotations, Some("report.json.gz"))
}

/// A report of this digest as a page.
pub fn html_artifact(html: Vec<u8>, report: &Digest) -> Artifact {
    let annotations = BTreeMap::from([(REPORT_DIGEST.to_owned(), report.to_string())]);
    artifact("application/vnd.reprove.report.v1+html", "text/html", html, annotations, Some("report.html"))
}
