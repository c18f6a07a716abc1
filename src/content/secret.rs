//! Which files hold a secret: no report shows such bytes, nor a digest by which they could be guessed.
//!
//! Recognizing too much costs a look at a difference, recognizing too little a key. A marker alone is not enough all the
//! same: every TLS library holds `-----BEGIN PRIVATE KEY-----` as a constant.

use memchr::memmem;

use crate::finding::Secret;
use crate::image::path;

/// The kind of secret in the file at `path`, by its path or by what is in its bytes.
pub fn of(path: &[u8], bytes: &[u8]) -> Option<Secret> {
    by_path(path, bytes).or_else(|| in_bytes(bytes))
}

/// The kind of secret in bytes, wherever they are from.
pub fn in_bytes(bytes: &[u8]) -> Option<Secret> {
    if holds_private_key(bytes) {
        return Some(Secret::PrivateKey);
    }
    holds_password_hash(bytes).then_some(Secret::PasswordHash)
}

/// Whether a password field of shadow(5) or gshadow(5) holds a hash, be it locked; `*`, `!` and the like hold none.
pub(crate) fn is_password(field: &[u8]) -> bool {
    field != b"x" && field.iter().any(|byte| !b"!*".contains(byte))
}

const IDENTITIES: &[&str] = &[
    "etc/machine-id",
    "var/lib/dbus/machine-id",
    "var/lib/systemd/random-seed",
    "var/lib/urandom/random-seed",
    "var/lib/random-seed",
    "var/lib/misc/random-seed",
    "var/lib/systemd/credential.secret",
];

const PASSWORDS: &[&str] = &["etc/shadow", "etc/shadow-", "etc/gshadow", "etc/gshadow-", "etc/security/opasswd"];

fn by_path(name: &[u8], bytes: &[u8]) -> Option<Secret> {
    let path = &*path::clean(name);
    let is_at = |known: &&str| path == known.as_bytes();
    if IDENTITIES.iter().any(is_at) {
        return Some(Secret::HostIdentity);
    }
    if PASSWORDS.iter().any(is_at) {
        return Some(Secret::PasswordHash);
    }
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let ends = |ending: &str| name.len() > ending.len() && name.ends_with(ending.as_bytes());
    let host_key = name.starts_with(b"ssh_host_") && ends("_key");
    // DER (X.690): a SEQUENCE whose length takes one or two more bytes, as a key's does.
    let der = matches!(bytes, [0x30, 0x80..=0x83, ..] | [0x30, 0x20..=0x7f, ..]);
    let key_file =
        der && [".key", ".p8", ".pk8", ".p12", ".pfx", "_key", "_rsa", "_ecdsa", "_ed25519"].iter().any(|e| ends(e));
    (host_key || key_file).then_some(Secret::PrivateKey)
}

const BEGIN: &[u8] = b"-----BEGIN ";
/// The longest label before the dashes that is looked at: `ENCRYPTED PRIVATE KEY`, `PGP PRIVATE KEY BLOCK`.
const LABEL: usize = 64;

/// PEM (RFC 7468), OpenSSH and OpenPGP armor, PuTTY key files.
fn holds_private_key(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"PuTTY-User-Key-File-") {
        return true;
    }
    memmem::find_iter(bytes, BEGIN).any(|at| {
        let rest = bytes.get(at + BEGIN.len()..).unwrap_or(&[]);
        let label = rest.get(..rest.len().min(LABEL)).unwrap_or(&[]);
        let Some(end) = memmem::find(label, b"-----") else { return false };
        let is_private = label.get(..end).is_some_and(|label| memmem::find(label, b"PRIVATE KEY").is_some());
        is_private && opens_with_body(rest.get(end + 5..).unwrap_or(&[]))
    })
}

/// Lines of headers (`Proc-Type: 4,ENCRYPTED`, `Version: …`) between the marker and the key that are passed over.
const HEADERS: usize = 8;
/// Characters of base64 in a row that make a key's line.
const BODY: usize = 16;

/// Whether base64 follows, in lines, or with the line feeds written as `\n` or `\r\n` in a string of JSON or a script.
fn opens_with_body(mut bytes: &[u8]) -> bool {
    for _ in 0..HEADERS {
        bytes = skip_breaks(bytes);
        let base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        if bytes.iter().take_while(base64).count() >= BODY {
            return true;
        }
        let line = bytes.get(..bytes.len().min(200)).unwrap_or(&[]);
        let Some(end) = memchr::memchr2(b'\n', b'\\', line) else { return false };
        if !line.get(..end).is_some_and(|line| line.contains(&b':')) {
            return false;
        }
        bytes = bytes.get(end..).unwrap_or(&[]);
    }
    false
}

fn skip_breaks(mut bytes: &[u8]) -> &[u8] {
    loop {
        bytes = match bytes {
            [b'\\', b'n' | b'r', rest @ ..] => rest,
            [b'\r' | b'\n' | b' ' | b'\t' | b'"' | b'\'' | b',', rest @ ..] => rest,
            _ => return bytes,
        };
    }
}

/// crypt(5) method ids and the fewest characters that follow the last `$` of a hash.
const METHODS: &[(&str, usize)] = &[
    ("y", 43),
    ("gy", 43),
    ("7", 43),
    ("6", 86),
    ("5", 43),
    ("2a", 53),
    ("2b", 53),
    ("2x", 53),
    ("2y", 53),
    ("1", 22),
    ("apr1", 22),
    ("md5", 22),
    ("sha1", 28),
    ("argon2i", 16),
    ("argon2d", 16),
    ("argon2id", 16),
    ("scrypt", 16),
    ("pbkdf2-sha256", 16),
    ("pbkdf2-sha512", 16),
];

/// `$method$…$hash` anywhere.
fn holds_password_hash(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'$', bytes).any(|at| {
        let rest = bytes.get(at + 1..).unwrap_or(&[]);
        METHODS.iter().any(|(method, length)| {
            let rest = rest.strip_prefix(method.as_bytes()).and_then(|rest| rest.strip_prefix(b"$"));
            rest.is_some_and(|rest| longest_part(rest) >= *length)
        })
    })
}

/// The length of the longest part between `$` in the characters of a hash that `rest` opens with.
fn longest_part(rest: &[u8]) -> usize {
    let is_hash = |byte: &&u8| byte.is_ascii_alphanumeric() || b"./+=,$*-".contains(byte);
    let length = rest.iter().take(400).take_while(is_hash).count();
    let parts = rest.get(..length).unwrap_or(&[]).split(|byte| *byte == b'$');
    parts.map(<[u8]>::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "MC4CAQAwBQYDK2VwBCIEIGZha2UgZmFrZSBmYWtlIGZha2UgZmFrZSE=";

    fn pem(label: &str) -> String {
        format!("text\n-----BEGIN {label}-----\n{KEY}\n-----END {label}-----\n")
    }

    #[test]
    fn private_keys_in_text_forms() {
        for label in
            ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"]
        {
            assert_eq!(of(b"x", pem(label).as_bytes()), Some(Secret::PrivateKey), "{label}");
        }
        let json = format!(r#"{{"key":"-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END"}}"#);
        assert_eq!(of(b"x.json", json.as_bytes()), Some(Secret::PrivateKey));
        let old =
            format!("-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: AES\r\n\r\n{KEY}\r\n");
        assert_eq!(of(b"x", old.as_bytes()), Some(Secret::PrivateKey));
        let pgp = format!("-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n{KEY}\n");
        assert_eq!(of(b"x", pgp.as_bytes()), Some(Secret::PrivateKey));
    }

    #[test]
    fn what_only_speaks_of_keys_is_no_secret() {
        for label in ["CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC KEY", "PGP PUBLIC KEY BLOCK"] {
            assert_eq!(of(b"x.pem", pem(label).as_bytes()), None, "{label}");
        }
        let library = b"\0-----BEGIN RSA PRIVATE KEY-----\0-----END RSA PRIVATE KEY-----\0";
        assert_eq!(of(b"libssl.so", library), None);
        assert_eq!(of(b"x.md", b"put -----BEGIN PRIVATE KEY----- at the top\nof the file"), None);
        assert_eq!(of(b"x.sh", b"echo $6$ $1 $y$ $5"), None);
        assert_eq!(of(b"", b""), None);
    }

    #[test]
    fn paths() {
        assert_eq!(of(b"etc/machine-id", b"\n"), Some(Secret::HostIdentity));
        assert_eq!(of(b"usr/../etc//./machine-id", b"\n"), Some(Secret::HostIdentity));
        assert_eq!(of(b"etc/./shadow", b"\n"), Some(Secret::PasswordHash));
        assert_eq!(of(b"var/lib/systemd/random-seed", b"\0"), Some(Secret::HostIdentity));
        assert_eq!(of(b"etc/shadow", b"root:*:1::::::\n"), Some(Secret::PasswordHash));
        assert_eq!(of(b"etc/ssh/ssh_host_rsa_key", b"?"), Some(Secret::PrivateKey));
        assert_eq!(of(b"etc/ssh/ssh_host_rsa_key.pub", b"?"), None);
        assert_eq!(of(b"a/tls.key", &[0x30, 0x82, 4, 0xbd]), Some(Secret::PrivateKey));
        assert_eq!(of(b"a/gpg.key", &[0x99, 0x01]), None);
        assert_eq!(of(b"a/tls.crt", &[0x30, 0x82, 4, 0xbd]), None);
    }

    #[test]
    fn password_hashes() {
        let long = "a".repeat(86);
        for hash in [
            format!("$6$salt${long}"),
            format!("$6$rounds=5000$salt${long}"),
            "$y$j9T$salt$".to_owned() + &long[..43],
            format!("$2b$12${}", &long[..53]),
            format!("$1$salt${}", &long[..22]),
            format!("$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHQ${}", &long[..43]),
        ] {
            assert_eq!(in_bytes(format!("root:{hash}:1:").as_bytes()), Some(Secret::PasswordHash), "{hash}");
        }
    }

    #[test]
    fn passwords_of_shadow_files() {
        for locked in ["", "*", "!", "!!", "!*", "x"] {
            assert!(!is_password(locked.as_bytes()), "{locked}");
        }
        for password in ["$6$a$b", "!$6$a$b", "ab1Q9e8a3Cdef", "plain"] {
            assert!(is_password(password.as_bytes()), "{password}");
        }
    }
}
