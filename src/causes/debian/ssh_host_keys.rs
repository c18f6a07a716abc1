//! # What differs
//!
//! `/etc/ssh/ssh_host_*_key` and `.pub`: other keys of the same type and size, and the name of the build host in the comment.
//!
//! # Why it happens
//!
//! The package script of openssh-server makes keys when it is installed.
//!
//! # How to fix the build
//!
//! Remove the keys in the RUN that installs, and make them at the first start.
//!
//! # When it is not harmless
//!
//! Everybody who has the image has the private key of every container made from it. That is a mistake in either image, not a
//! difference between them. Keys of another type, encrypted ones and anything behind a key are not claimed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::causes::fixes::installs;
use crate::causes::scope::{Path, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};

/// Random keys of a host.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "ssh-host-keys",
    title: "SSH host keys",
    source: include_str!("ssh_host_keys.rs"),
    severity: Severity::Security,
    scope: &[Place {
        path: Path::Like(&["etc/ssh/ssh_host_**_key", "etc/ssh/ssh_host_**_key.pub"]),
        ..Place::WHOLE_FILE
    }],
    proof: Proof::Random(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&installs::SSH_KEYS],
};

/// The type of the key and the lengths of its parts.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let text = std::str::from_utf8(view.file?).ok()?;
    if view.location.path_bytes().ends_with(b".pub") { public_line(text) } else { private_block(text) }
}

/// `TYPE BASE64 COMMENT`, one line.
fn public_line(text: &str) -> Option<Canonical> {
    let line = text.strip_suffix('\n')?;
    let mut words = line.splitn(3, ' ');
    let (name, key, comment) = (words.next()?, words.next()?, words.next().unwrap_or(""));
    let plain = comment.len() <= 300 && !comment.contains(|char: char| char.is_control());
    let shape = public_shape(&STANDARD.decode(key).ok()?)?;
    (plain && shape.starts_with(name.as_bytes()) && shape.get(name.len()) == Some(&b' ')).then_some(shape)
}

const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----\n";

const END: &str = "-----END OPENSSH PRIVATE KEY-----\n";

/// An unencrypted key block (OpenSSH, PROTOCOL.key), and nothing around it.
fn private_block(text: &str) -> Option<Canonical> {
    let base64 = text.strip_prefix(BEGIN)?.strip_suffix(END)?.replace('\n', "");
    let bytes = STANDARD.decode(base64).ok()?;
    let mut reader = Reader(bytes.strip_prefix(b"openssh-key-v1\0")?);
    let plain = reader.string()? == b"none" && reader.string()? == b"none" && reader.string()? == b"";
    if !plain || reader.number()? != 1 {
        return None;
    }
    let shape = public_shape(reader.string()?)?;
    let mut private = Reader(reader.string()?);
    if !reader.0.is_empty() || private.number()? != private.number()? {
        return None;
    }
    let name = private.string()?;
    for _ in 0..parts(name)? {
        private.string()?;
    }
    let _comment = private.string()?;
    // Padding counts up from 1 to the cipher's block of 8 bytes.
    let padding = private.0.len() < 8 && private.0.iter().zip(1..).all(|(byte, number)| *byte == number);
    (padding && shape.starts_with(&[name, b" "].concat())).then_some(shape)
}

/// How many strings make a private key of a type.
fn parts(name: &[u8]) -> Option<usize> {
    match name {
        b"ssh-rsa" => Some(6),
        b"ecdsa-sha2-nistp256" | b"ecdsa-sha2-nistp384" | b"ecdsa-sha2-nistp521" => Some(3),
        b"ssh-ed25519" => Some(2),
        _ => None,
    }
}

/// The type of a public key and the lengths of its parts (RFC 4253, section 6.6).
fn public_shape(key: &[u8]) -> Option<Canonical> {
    let mut reader = Reader(key);
    let name = reader.string()?;
    parts(name)?;
    let mut shape = [name, b" "].concat();
    while !reader.0.is_empty() {
        let part = reader.string()?;
        // The exponent of RSA and the name of a curve are no secret and not random.
        let fixed: &[u8] = if part.len() <= 8 { part } else { b"" };
        shape.extend_from_slice(&(part.len() as u64).to_be_bytes());
        shape.extend_from_slice(fixed);
    }
    Some(shape)
}

/// What is left of a sequence of lengths and strings (RFC 4251, section 5).
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }
}
