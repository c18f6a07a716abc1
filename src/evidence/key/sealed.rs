//! Private keys as cosign encrypts them: scrypt and NaCl's secretbox, in JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_secretbox::aead::{Aead as _, KeyInit as _};
use crypto_secretbox::{Nonce, XSalsa20Poly1305};
use serde::{Deserialize, Serialize};

use crate::error::Keyless;

/// Costs that cosign accepts, as powers of two: another one would let a file take any time and memory.
const COSTS: [u8; 3] = [15, 16, 17];
/// What cosign writes.
const COST: u8 = 16;
const BLOCK: u32 = 8;
const PARALLEL: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Sealed {
    kdf: Derivation,
    cipher: Cipher,
    ciphertext: String,
}

#[derive(Serialize, Deserialize)]
struct Derivation {
    name: String,
    params: Cost,
    salt: String,
}

#[derive(Serialize, Deserialize)]
struct Cost {
    #[serde(rename = "N")]
    n: u64,
    r: u32,
    p: u32,
}

#[derive(Serialize, Deserialize)]
struct Cipher {
    name: String,
    nonce: String,
}

fn cipher(password: &[u8], salt: &[u8], cost: u8) -> Result<XSalsa20Poly1305, Keyless> {
    let parameters = scrypt::Params::new(cost, BLOCK, PARALLEL).map_err(|_| Keyless::Parameters)?;
    let mut key = [0; 32];
    scrypt::scrypt(password, salt, &parameters, &mut key).map_err(|_| Keyless::Parameters)?;
    Ok(XSalsa20Poly1305::new(&key.into()))
}

/// What is in an encrypted key.
pub(super) fn open(json: &[u8], password: &[u8]) -> Result<Vec<u8>, Keyless> {
    let sealed: Sealed = serde_json::from_slice(json).map_err(|_| Keyless::Sealed)?;
    if sealed.kdf.name != "scrypt" || sealed.cipher.name != "nacl/secretbox" {
        return Err(Keyless::Sealed);
    }
    let Cost { n, r, p } = sealed.kdf.params;
    let cost = COSTS.into_iter().find(|cost| n == 1 << cost && (r, p) == (BLOCK, PARALLEL));
    let cost = cost.ok_or(Keyless::Parameters)?;
    let decoded = |text: &str| STANDARD.decode(text).map_err(|_| Keyless::Sealed);
    let salt = decoded(&sealed.kdf.salt)?;
    let nonce = <[u8; 24]>::try_from(decoded(&sealed.cipher.nonce)?).map_err(|_| Keyless::Sealed)?;
    cipher(password, &salt, cost)?
        .decrypt(&Nonce::from(nonce), decoded(&sealed.ciphertext)?.as_slice())
        .map_err(|_| Keyless::Password)
}

/// Encrypts a key.
pub(super) fn seal(key: &[u8], password: &[u8], salt: &[u8], nonce: &[u8]) -> Result<Vec<u8>, Keyless> {
    let nonce = <[u8; 24]>::try_from(nonce).map_err(|_| Keyless::Unsealed)?;
    let ciphertext = cipher(password, salt, COST)?.encrypt(&Nonce::from(nonce), key).map_err(|_| Keyless::Unsealed)?;
    let sealed = Sealed {
        kdf: Derivation {
            name: "scrypt".to_owned(),
            params: Cost { n: 1 << COST, r: BLOCK, p: PARALLEL },
            salt: STANDARD.encode(salt),
        },
        cipher: Cipher { name: "nacl/secretbox".to_owned(), nonce: STANDARD.encode(nonce) },
        ciphertext: STANDARD.encode(ciphertext),
    };
    serde_json::to_vec(&sealed).map_err(|_| Keyless::Unsealed)
}
