//! Files that hold a secret by their name, with what is needed of their bytes to believe the name.

use super::{der, hashes};
use crate::finding::Secret;
use crate::image::path;

const IDENTITIES: &[&str] = &[
    "etc/machine-id",
    "var/lib/dbus/machine-id",
    "var/lib/systemd/random-seed",
    "var/lib/urandom/random-seed",
    "var/lib/random-seed",
    "var/lib/misc/random-seed",
    "var/lib/systemd/credential.secret",
];

/// Files of password hashes, wherever they are and whatever a backup of them is called.
const ACCOUNTS: &[&str] =
    &["shadow", "gshadow", "opasswd", "master.passwd", "smbpasswd", "passwd", "htpasswd", "htdigest"];

/// Files of credentials, by the end of their path.
const CREDENTIALS: &[&str] = &[
    ".netrc",
    "_netrc",
    ".pgpass",
    "pgpass.conf",
    ".git-credentials",
    ".config/git/credentials",
    ".docker/config.json",
    ".dockercfg",
    ".dockerconfigjson",
    "containers/auth.json",
    ".pypirc",
    ".kube/config",
    ".aws/credentials",
    ".vault-token",
    ".gem/credentials",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".smbcredentials",
    ".config/gh/hosts.yml",
    ".config/gcloud/application_default_credentials.json",
    ".config/gcloud/credentials.db",
    ".config/rclone/rclone.conf",
    ".azure/accessTokens.json",
    ".azure/msal_token_cache.json",
    ".terraform.d/credentials.tfrc.json",
    ".composer/auth.json",
    ".s3cfg",
    ".boto",
    ".my.cnf",
    ".mylogin.cnf",
];

/// Directories in which every name of a list of accounts is taken at its word.
const SYSTEM: &[&[u8]] = &[b"etc", b"backups", b"security"];

pub(super) fn secret(path: &[u8], bytes: &[u8]) -> Option<Secret> {
    let path = &*path::clean(path);
    if IDENTITIES.iter().any(|known| path == known.as_bytes()) {
        return Some(Secret::HostIdentity);
    }
    let (folder, name) = split(path);
    if ACCOUNTS.iter().any(|list| is_or_backup(name, list.as_bytes())) && holds_passwords(folder, name, bytes) {
        return Some(Secret::PasswordHash);
    }
    if !bytes.is_empty() && CREDENTIALS.iter().any(|known| is_credential(path, known)) {
        return Some(Secret::NamedSecret);
    }
    is_key_file(name, bytes).then_some(Secret::PrivateKey)
}

/// How the secrets of a file are told from what is around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Not at all.
    Opaque,
    /// By their shape, and by names they are assigned to.
    Lines,
    /// As a field of each line.
    Accounts,
    /// As the last field of each line.
    PasswordFile,
    /// As the word behind certain words.
    Netrc,
}

/// Files of credentials whose every secret has a shape, or stands on one line with a name that says so.
const BY_NAME: &[&str] = &[
    ".git-credentials",
    ".config/git/credentials",
    ".docker/config.json",
    ".dockercfg",
    "containers/auth.json",
    ".aws/credentials",
    ".my.cnf",
];

pub(super) fn form(path: &[u8]) -> Form {
    let path = &*path::clean(path);
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let is = |known: &[&str]| known.iter().any(|known| is_credential(path, known));
    // opasswd keeps several hashes of an account in a field of their own.
    let is_opaque = IDENTITIES.iter().any(|known| path == known.as_bytes()) || is_or_backup(name, b"opasswd");
    if is_opaque || is_key_name(path) {
        Form::Opaque
    } else if ACCOUNTS.iter().any(|list| is_or_backup(name, list.as_bytes())) {
        Form::Accounts
    } else if !is(CREDENTIALS) || is(BY_NAME) {
        Form::Lines
    } else if is(&[".netrc", "_netrc"]) {
        Form::Netrc
    } else if is(&[".pgpass", "pgpass.conf"]) {
        Form::PasswordFile
    } else {
        Form::Opaque
    }
}

/// Whether a name is that of a file, or of a copy that an editor, a package manager, a rotation or a person made of it:
/// `shadow-`, `shadow~`, `shadow.bak`, `.shadow.swp`, `#shadow#`, `shadow.dpkg-old`, `shadow.1.gz`, `Copy of shadow`.
fn is_or_backup(name: &[u8], file: &[u8]) -> bool {
    let opens = |start: usize| start == 0 || !name[start - 1].is_ascii_alphanumeric() && name[start - 1] != b'-';
    let closes = |end: usize| name.get(end).is_none_or(|next| !next.is_ascii_alphanumeric());
    // Names are short: what a searcher takes to be made is more than it saves.
    let mut starts = name.windows(file.len()).enumerate().filter(|(_, part)| *part == file).map(|(start, _)| start);
    starts.any(|start| opens(start) && closes(start + file.len()))
}

/// Whether a file that is called like a list of accounts holds passwords. Where the system keeps its own, shadow files
/// are believed to.
fn holds_passwords(folder: &[u8], name: &[u8], bytes: &[u8]) -> bool {
    let parent = folder.rsplit(|byte| *byte == b'/').next().unwrap_or(b"");
    let shadow = ["shadow", "opasswd"].iter().any(|list| memchr::memmem::find(name, list.as_bytes()).is_some());
    if shadow && SYSTEM.contains(&parent) {
        return true;
    }
    // The swap file of vim keeps lines in an order of its own, between zeros.
    if bytes.starts_with(b"b0VIM ") {
        return true;
    }
    let text = String::from_utf8_lossy(bytes);
    text.lines().any(|line| hashes::password_field(line).is_some() || holds_password(line))
}

/// Whether a line is an account with a password in any form: hashed, or in the clear as some servers take it.
fn holds_password(line: &str) -> bool {
    let fields: Vec<&str> = line.trim_end().splitn(11, ':').collect();
    let is_name = |name: &str| !name.is_empty() && !name.starts_with('#') && !name.contains([' ', '\t', '<', '{', '.']);
    match fields.as_slice() {
        [name, hash] => is_name(name) && hash.len() >= 8 && !hash.contains([' ', '\t']),
        [name, _, hash] => is_name(name) && hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()),
        [name, hash, _, _] => is_name(name) && hashes::is_password(hash.as_bytes()),
        [name, hash, ids @ .., _, _, _] if fields.len() == 7 => {
            let numbers = ids.iter().all(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
            is_name(name) && numbers && hashes::is_password(hash.as_bytes())
        }
        [name, hash, ..] if fields.len() == 9 => is_name(name) && hashes::is_password(hash.as_bytes()),
        _ => false,
    }
}

/// Whether a path ends in that of a file of credentials, or of a backup beside it.
fn is_credential(path: &[u8], known: &str) -> bool {
    let (known_folder, known_name) = split(known.as_bytes());
    let (folder, name) = split(path);
    let Some(suffix) = name.strip_prefix(known_name) else { return false };
    let before = folder.len().checked_sub(known_folder.len() + 1).and_then(|at| folder.get(at));
    matches!(suffix.first(), None | Some(b'-' | b'~' | b'.' | b'#' | b'_'))
        && folder.ends_with(known_folder)
        && (known_folder.is_empty() || before.is_none_or(|before| *before == b'/'))
}

/// The directory and the name of a path.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memrchr(b'/', path) {
        Some(at) => (path.get(..at).unwrap_or_default(), path.get(at + 1..).unwrap_or_default()),
        None => (b"", path),
    }
}

/// Files that hold a private key: a host's by its name, others where a key opens them or might.
fn is_key_file(name: &[u8], bytes: &[u8]) -> bool {
    let ends = |ending: &str| name.len() > ending.len() && name.ends_with(ending.as_bytes());
    if name.starts_with(b"ssh_host_") && ends("_key") {
        return true;
    }
    // A SEQUENCE whose length takes one or two more bytes, as a key's does, in whatever form the rest is.
    let sequence = matches!(bytes, [0x30, 0x80..=0x83, ..] | [0x30, 0x20..=0x7f, ..]);
    let endings = [".key", ".p8", ".pk8", ".p12", ".pfx", "_key", "_rsa", "_ecdsa", "_ed25519"];
    sequence && endings.iter().any(|ending| ends(ending)) || der::is_private_key(bytes)
}

/// Whether the name alone says that a file holds a private key, whatever its bytes look like.
pub(crate) fn is_key_name(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let host_key = name.starts_with(b"ssh_host_") && name.ends_with(b"_key");
    let user_key = [&b"id_rsa"[..], b"id_dsa", b"id_ecdsa", b"id_ed25519"].contains(&name);
    let store = [&b".key"[..], b".p12", b".pfx", b".jks", b".keystore", b".ppk"].iter().any(|end| name.ends_with(end));
    host_key || user_key || store
}

#[cfg(test)]
mod tests {
    use super::*;

    const DES: &[u8] = b"root:Ab3dEfGhIjKlM:19000:0:99999:7:::\n";

    #[test]
    fn lists_of_accounts_under_any_backup_name() {
        for name in [
            "shadow",
            "shadow-",
            "shadow~",
            "shadow.bak",
            ".shadow.swp",
            ".shadow.swo",
            "#shadow#",
            "shadow.dpkg-old",
            "shadow.1",
            "shadow.rpmsave",
            "shadow.2026-01-31",
            "shadow_old",
            "Copy of shadow",
            "gshadow-",
            "opasswd",
            "shadow.1.gz",
        ] {
            for folder in ["etc/", "", "root/backup/", "srv/chroot/etc/"] {
                assert_eq!(
                    secret(format!("{folder}{name}").as_bytes(), DES),
                    Some(Secret::PasswordHash),
                    "{folder}{name}"
                );
            }
            assert_eq!(secret(format!("etc/{name}").as_bytes(), b""), Some(Secret::PasswordHash), "{name}");
        }
        for (name, line) in [
            ("passwd-", "root:Ab3dEfGhIjKlM:0:0:root:/root:/bin/sh"),
            ("passwd", "root:plain:0:0:root:/root:/bin/sh"),
            (".htpasswd", "me:{SHA}fEqNCco3Yq9h5ZUglD3CZJT4lBs="),
            ("htpasswd.old", "me:Ab3dEfGhIjKlM"),
            ("users.htpasswd", "me:hunter22"),
            ("smbpasswd.bak", "me:1000:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:8846F7EAEE8FB117AD06BDD830B7586C:[U ]:LCT-1:"),
            (".htdigest", "me:realm:0123456789abcdef0123456789abcdef"),
        ] {
            assert_eq!(secret(format!("srv/{name}").as_bytes(), line.as_bytes()), Some(Secret::PasswordHash), "{name}");
        }
        for (name, text) in [
            ("etc/passwd", "root:x:0:0:root:/root:/bin/sh\ndaemon:*:1:1:daemon:/:/bin/false\n"),
            ("usr/share/css/shadow.css", ".box { box-shadow: 0 0 4px rgba(0,0,0,.5); }\n"),
            ("usr/lib/python3/shadow.py", "class Shadow:\n    pass\n"),
            ("usr/share/doc/passwd/README.passwd", "see: passwd(5)\n"),
            ("etc/pam.d/passwd", "@include common-password\n"),
            ("usr/share/bash-completion/completions/htpasswd", "_htpasswd() {\n"),
            ("etc/overshadowed", ""),
        ] {
            assert_eq!(secret(name.as_bytes(), text.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn files_of_credentials() {
        for path in [
            "root/.netrc",
            "home/me/_netrc",
            ".pgpass",
            "root/.git-credentials",
            "root/.docker/config.json",
            "run/containers/0/containers/auth.json",
            "root/.pypirc",
            "root/.kube/config",
            "root/.aws/credentials",
            "root/.netrc.bak",
            "root/.netrc~",
            "root/.aws/credentials.1",
        ] {
            assert_eq!(secret(path.as_bytes(), b"x"), Some(Secret::NamedSecret), "{path}");
            assert_eq!(secret(path.as_bytes(), b""), None, "{path}");
        }
        for path in [
            "root/x.netrc",
            "usr/lib/docker/config.json",
            "aws/credentials",
            "root/.netrcx",
            "root/.config/kube/config",
        ] {
            assert_eq!(secret(path.as_bytes(), b"x"), None, "{path}");
        }
    }

    #[test]
    fn keys_and_identities() {
        assert_eq!(secret(b"etc/machine-id", b"\n"), Some(Secret::HostIdentity));
        assert_eq!(secret(b"usr/../etc//./machine-id", b"\n"), Some(Secret::HostIdentity));
        assert_eq!(secret(b"etc/./shadow", b"\n"), Some(Secret::PasswordHash));
        assert_eq!(secret(b"var/lib/systemd/random-seed", b"\0"), Some(Secret::HostIdentity));
        assert_eq!(secret(b"etc/ssh/ssh_host_rsa_key", b"?"), Some(Secret::PrivateKey));
        assert_eq!(secret(b"etc/ssh/ssh_host_rsa_key.pub", b"?"), None);
        assert_eq!(secret(b"a/tls.key", &[0x30, 0x82, 4, 0xbd]), Some(Secret::PrivateKey));
        assert_eq!(secret(b"a/gpg.key", &[0x99, 0x01]), None);
        assert_eq!(secret(b"a/tls.crt", &[0x30, 0x82, 4, 0xbd]), None);
    }
}
