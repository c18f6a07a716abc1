//! Keys: ECDSA P-256 with SHA-256, which all clients verify, and pure Ed25519. Signatures are deterministic.

mod file;
mod sealed;

use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use crate::digest::Digest;
use crate::error::Keyless;

pub use file::{Generated, generate};

/// What a public key of Ed25519 begins with in DER (RFC 8410).
const ED25519_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A key that signs.
pub struct PrivateKey(Private);

enum Private {
    P256(Box<SigningKey>),
    Ed25519(Box<Ed25519KeyPair>),
}

/// A key that verifies.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    kind: Public,
    der: Vec<u8>,
}

#[derive(Clone, PartialEq, Eq)]
enum Public {
    P256(VerifyingKey),
    Ed25519([u8; 32]),
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey")
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.id())
    }
}

impl PrivateKey {
    /// Reads a key file: PKCS#8 or SEC1 in PEM, or one that cosign encrypted.
    ///
    /// # Errors
    /// What is wrong with it; nothing of what is in it.
    pub fn read(pem: &[u8], password: Option<&[u8]>) -> Result<Self, Keyless> {
        file::private(pem, password).map(PrivateKey)
    }

    /// The signature: DER for ECDSA.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.0 {
            Private::P256(key) => {
                let signature: Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
            Private::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// The key that verifies what this one signs.
    ///
    /// # Errors
    /// Where it cannot be written as DER.
    pub fn public(&self) -> Result<PublicKey, Keyless> {
        match &self.0 {
            Private::P256(key) => PublicKey::p256(*key.verifying_key()),
            Private::Ed25519(pair) => {
                let bytes = <[u8; 32]>::try_from(pair.public_key().as_ref()).map_err(|_| Keyless::PublicKind)?;
                Ok(PublicKey::ed25519(bytes))
            }
        }
    }
}

impl PublicKey {
    /// Reads a public key file, SPKI in PEM.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(pem: &[u8]) -> Result<Self, Keyless> {
        let (label, der) = file::block(pem)?;
        if label != "PUBLIC KEY" {
            return Err(Keyless::NotPublic(label));
        }
        if let Some(raw) = der.strip_prefix(&ED25519_PREFIX).and_then(|raw| <[u8; 32]>::try_from(raw).ok()) {
            return Ok(PublicKey::ed25519(raw));
        }
        let key = VerifyingKey::from_public_key_der(&der);
        PublicKey::p256(key.map_err(|_| Keyless::PublicKind)?)
    }

    fn p256(key: VerifyingKey) -> Result<Self, Keyless> {
        let der = key.to_public_key_der().map_err(|_| Keyless::Unwritten)?;
        Ok(PublicKey { kind: Public::P256(key), der: der.as_bytes().to_vec() })
    }

    fn ed25519(raw: [u8; 32]) -> Self {
        PublicKey { kind: Public::Ed25519(raw), der: [&ED25519_PREFIX[..], &raw].concat() }
    }

    /// Whether the signature is by this key over the message.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.kind {
            Public::P256(key) => {
                Signature::from_der(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
            Public::Ed25519(raw) => UnparsedPublicKey::new(&ED25519, raw).verify(message, signature).is_ok(),
        }
    }

    /// A signature of another program, in the form that clients expect, where it is by this key: ECDSA as DER, though it
    /// came as two numbers side by side.
    pub fn accepted(&self, message: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
        let converted = match &self.kind {
            Public::P256(_) if signature.len() == 64 => {
                Signature::from_slice(signature).ok().map(|signature| signature.to_der().as_bytes().to_vec())
            }
            _ => None,
        };
        let candidates = [Some(signature.to_vec()), converted];
        candidates.into_iter().flatten().find(|signature| self.verifies(message, signature))
    }

    /// What bundles name it by: SHA-256 of its DER, in base64.
    pub fn hint(&self) -> String {
        use base64::Engine as _;
        let digest = ring::digest::digest(&ring::digest::SHA256, &self.der);
        base64::engine::general_purpose::STANDARD.encode(digest)
    }

    /// What people name it by: SHA-256 of its DER.
    pub fn id(&self) -> String {
        Digest::of(&self.der).to_string()
    }

    /// As a file.
    ///
    /// # Errors
    /// Where it cannot be written as PEM.
    pub fn pem(&self) -> Result<String, Keyless> {
        file::written("PUBLIC KEY", &self.der)
    }
}

#[cfg(test)]
mod tests;
