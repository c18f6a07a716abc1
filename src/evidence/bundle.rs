//! Sigstore bundles, version 0.3, with a key and no log entry.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::dsse::Envelope;
use super::key::PublicKey;
use crate::error::Unproven;

/// The media type.
pub const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// An envelope with what verifies it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bundle {
    /// [`MEDIA_TYPE`].
    pub media_type: String,
    /// Which key.
    pub verification_material: Material,
    /// With exactly one signature.
    pub dsse_envelope: Envelope,
}

/// What verifies a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Material {
    /// A key that whoever verifies has; absent where it is a certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<KeyHint>,
    /// A certificate, which this program does not verify.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Value>,
    /// Entries of a transparency log. None are written, and none are relied on.
    #[serde(default)]
    pub tlog_entries: Vec<Value>,
    /// Timestamps of an authority, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_verification_data: Option<Value>,
}

/// What a key is found by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyHint {
    /// SHA-256 of the public key in DER, in base64.
    #[serde(default)]
    pub hint: String,
}

impl Bundle {
    /// Of an envelope that this key signed.
    pub fn new(envelope: Envelope, key: &PublicKey) -> Self {
        let material = Material {
            public_key: Some(KeyHint { hint: key.hint() }),
            certificate: None,
            tlog_entries: Vec::new(),
            timestamp_verification_data: None,
        };
        Bundle { media_type: MEDIA_TYPE.to_owned(), verification_material: material, dsse_envelope: envelope }
    }

    /// The envelope, where it is one that a key verifies.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn envelope(self) -> Result<Envelope, Unproven> {
        self.dsse()?;
        if self.verification_material.certificate.is_some() || self.verification_material.public_key.is_none() {
            return Err(Unproven::Certificate);
        }
        Ok(self.dsse_envelope)
    }

    /// The envelope, whatever verifies it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn dsse(&self) -> Result<&Envelope, Unproven> {
        if self.media_type != MEDIA_TYPE {
            return Err(Unproven::BundleType(self.media_type.clone(), MEDIA_TYPE));
        }
        match self.dsse_envelope.signatures.len() {
            1 => Ok(&self.dsse_envelope),
            number => Err(Unproven::BundleSignatures(number)),
        }
    }
}
