//! Key files: PEM, and what is in it.

use p256::SecretKey;
use p256::ecdsa::SigningKey;
use p256::pkcs8::der::pem;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};
use ring::signature::Ed25519KeyPair;

use super::{Private, PrivateKey, sealed};
use crate::error::Keyless;

/// No key file is larger.
const MOST: usize = 64 << 10;

/// What cosign calls its encrypted keys, and what it called them before.
const SEALED: [&str; 2] = ["ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY"];

/// A new pair of files.
pub struct Generated {
    /// The private key: encrypted as cosign does it where there is a password, else PKCS#8.
    pub private: String,
    /// The public key.
    pub public: String,
}

/// Makes an ECDSA P-256 key of random bytes: 32 for the key, 32 and 24 for what encrypts it. `None` where the first are no
/// key, which is as likely as guessing one.
///
/// # Errors
/// Where a key cannot be written or encrypted.
pub fn generate(random: &[u8; 88], password: Option<&[u8]>) -> Result<Option<Generated>, Keyless> {
    let (key, rest) = random.split_at(32);
    let (salt, nonce) = rest.split_at(32);
    let Ok(key) = SecretKey::from_slice(key) else { return Ok(None) };
    let der = key.to_pkcs8_der().map_err(|_| Keyless::Unwritten)?;
    let private = match password {
        Some(password) => written(SEALED[0], &sealed::seal(der.as_bytes(), password, salt, nonce)?)?,
        None => written("PRIVATE KEY", der.as_bytes())?,
    };
    let public = PrivateKey(Private::P256(Box::new(SigningKey::from(key)))).public()?.pem()?;
    Ok(Some(Generated { private, public }))
}

pub(super) fn private(pem: &[u8], password: Option<&[u8]>) -> Result<Private, Keyless> {
    let (label, bytes) = block(pem)?;
    match label.as_str() {
        "PRIVATE KEY" => pkcs8(&bytes),
        "EC PRIVATE KEY" => {
            let key = SecretKey::from_sec1_der(&bytes).map_err(|_| Keyless::PrivateP256)?;
            Ok(Private::P256(Box::new(SigningKey::from(key))))
        }
        label if SEALED.contains(&label) => {
            let password = password.ok_or(Keyless::PasswordMissing)?;
            pkcs8(&sealed::open(&bytes, password)?)
        }
        "ENCRYPTED PRIVATE KEY" => Err(Keyless::EncryptedPkcs8),
        label => Err(Keyless::NotPrivate(label.to_owned())),
    }
}

fn pkcs8(der: &[u8]) -> Result<Private, Keyless> {
    if let Ok(key) = SigningKey::from_pkcs8_der(der) {
        return Ok(Private::P256(Box::new(key)));
    }
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der);
    let pair = pair.map_err(|_| Keyless::PrivateKind)?;
    Ok(Private::Ed25519(Box::new(pair)))
}

/// The label and the bytes of the first block that is no parameters of a curve, which OpenSSL writes before the key.
pub(super) fn block(pem: &[u8]) -> Result<(String, Vec<u8>), Keyless> {
    const PARAMETERS: &str = "-----END EC PARAMETERS-----";
    if pem.len() > MOST {
        return Err(Keyless::Size);
    }
    let text = std::str::from_utf8(pem).map_err(|_| Keyless::Pem)?;
    let text = text.split_once(PARAMETERS).map_or(text, |(_, rest)| rest).trim();
    let (label, bytes) = pem::decode_vec(text.as_bytes()).map_err(|_| Keyless::Pem)?;
    Ok((label.to_owned(), bytes))
}

pub(super) fn written(label: &str, bytes: &[u8]) -> Result<String, Keyless> {
    pem::encode_string(label, LineEnding::LF, bytes).map_err(|_| Keyless::Unwritten)
}
