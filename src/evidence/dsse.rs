//! The envelope that signatures come in: DSSE 1.0.2.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::key::{PrivateKey, PublicKey};
use crate::error::Unproven;

/// The only type of payload that clients of the in-toto framework accept.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// A payload with signatures over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Envelope {
    /// Base64.
    pub payload: String,
    /// What the payload is.
    pub payload_type: String,
    /// Over [`pre_authentication`].
    pub signatures: Vec<Signature>,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Always empty where we write it: some clients want the member, others refuse anything in it.
    #[serde(default)]
    pub keyid: String,
    /// Base64.
    pub sig: String,
}

/// What is signed: type and payload with their lengths, so that neither can be taken for a part of the other.
pub fn pre_authentication(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

impl Envelope {
    /// Signs a statement.
    pub fn sign(payload: &[u8], key: &PrivateKey) -> Self {
        Envelope::of(payload, &key.sign(&pre_authentication(PAYLOAD_TYPE, payload)))
    }

    /// A statement with a signature that was made elsewhere.
    pub fn of(payload: &[u8], signature: &[u8]) -> Self {
        Envelope {
            payload: STANDARD.encode(payload),
            payload_type: PAYLOAD_TYPE.to_owned(),
            signatures: vec![Signature { keyid: String::new(), sig: STANDARD.encode(signature) }],
        }
    }

    /// The payload and the keys that signed it. Every signature has to be by one of the keys, no two by the same.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn open<'a>(&self, keys: &'a [PublicKey]) -> Result<(Vec<u8>, Vec<&'a PublicKey>), Unproven> {
        if self.payload_type != PAYLOAD_TYPE {
            return Err(Unproven::PayloadType(self.payload_type.clone(), PAYLOAD_TYPE));
        }
        let payload = STANDARD.decode(&self.payload).map_err(|_| Unproven::Payload)?;
        let signed = pre_authentication(&self.payload_type, &payload);
        let mut signers = Vec::new();
        for (number, signature) in self.signatures.iter().enumerate() {
            let number = number + 1;
            let bytes = STANDARD.decode(&signature.sig).map_err(|_| Unproven::SignatureMalformed(number))?;
            let by = keys.iter().find(|key| key.verifies(&signed, &bytes));
            let by = by.ok_or(Unproven::Signature(number))?;
            if signers.contains(&by) {
                return Err(Unproven::SignedTwice);
            }
            signers.push(by);
        }
        if signers.is_empty() { Err(Unproven::Unsigned) } else { Ok((payload, signers)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_what_the_specification_says() {
        let signed = pre_authentication("http://example.com/HelloWorld", b"hello world");
        assert_eq!(signed, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
        assert_eq!(pre_authentication("é", b""), "DSSEv1 2 é 0 ".as_bytes());
    }
}
