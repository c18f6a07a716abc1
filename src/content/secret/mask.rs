//! Files without their secrets: what is left can be shown, and where it is the same the files differ in nothing else.

use super::paths::{Form, form};
use super::{Extent, armored_line, hashes, in_bytes, spans};
use crate::content::text::is_text;

/// Stands for a secret.
const MARK: &str = "[redacted]";

/// The text of a file without its secrets; `None` where it cannot be told for sure where they end.
pub(crate) fn masked(path: &[u8], bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| is_text(text.as_bytes()))?;
    let masked = match form(path) {
        Form::Opaque => return None,
        Form::Lines => by_spans(text)?,
        Form::Accounts => by_line(text, account)?,
        Form::PasswordFile => by_line(text, password_file)?,
        Form::Netrc => netrc(text)?,
    };
    let is_clean =
        in_bytes(masked.as_bytes()).is_none() && spans_are_masked(&masked) && !masked.lines().any(armored_line);
    is_clean.then_some(masked)
}

fn spans_are_masked(text: &str) -> bool {
    spans(text, Extent::Line).iter().all(|span| text.get(span.from..span.to).is_some_and(|text| text.starts_with(MARK)))
}

fn by_spans(text: &str) -> Option<String> {
    let spans = spans(text, Extent::Line);
    if spans.iter().any(|span| (span.from, span.to) == (0, text.len())) {
        return None;
    }
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        masked.push_str(text.get(at..span.from)?);
        masked.push_str(MARK);
        // A key that took whole lines takes one.
        masked.push_str(if text.get(span.from..span.to)?.ends_with('\n') { "\n" } else { "" });
        at = span.to;
    }
    masked.push_str(text.get(at..)?);
    Some(masked)
}

fn by_line(text: &str, mask: impl Fn(&str) -> Option<String>) -> Option<String> {
    let comment = |line: &str| line.trim().is_empty() || line.starts_with('#');
    text.lines()
        .map(|line| if comment(line) { Some(line.to_owned() + "\n") } else { Some(mask(line)? + "\n") })
        .collect()
}

/// An account: its password, or for Samba both hashes.
fn account(line: &str) -> Option<String> {
    let mut fields: Vec<&str> = line.split(':').collect();
    match fields.as_mut_slice() {
        [_, hash] => *hash = MARK,
        // htdigest: the realm, then the hash.
        [_, _, hash] => *hash = MARK,
        [_, _, lanman, nt, flags, ..] if flags.starts_with('[') => (*lanman, *nt) = (MARK, MARK),
        [_, hash, _, _, ..] if hashes::is_password(hash.as_bytes()) => *hash = MARK,
        [_, _, _, _, ..] => {}
        _ => return None,
    }
    Some(fields.join(":"))
}

/// The line of a file of libpq ("The Password File") up to its password: what is behind the fourth colon that no
/// backslash escapes.
fn password_file(line: &str) -> Option<String> {
    let mut escaped = false;
    let colons = line.bytes().enumerate().filter(|(_, byte)| {
        let is_colon = *byte == b':' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        is_colon
    });
    let fourth = colons.map(|(at, _)| at).nth(3)?;
    Some(format!("{}{MARK}", line.get(..=fourth)?))
}

/// A file of ftp(1) and curl: words, and passwords behind the words that announce them. A macro may hold anything, and so
/// may what is in quotes.
fn netrc(text: &str) -> Option<String> {
    let mut masked = String::with_capacity(text.len());
    let mut secret = false;
    for word in text.split_inclusive([' ', '\t', '\r', '\n']) {
        let bare = word.trim_end_matches([' ', '\t', '\r', '\n']);
        if bare == "macdef" || bare.contains(['"', '\\']) {
            return None;
        }
        masked.push_str(if secret && !bare.is_empty() { MARK } else { bare });
        masked.push_str(&word[bare.len()..]);
        if !bare.is_empty() {
            secret = !secret && matches!(bare, "password" | "account" | "passwd");
        }
    }
    Some(masked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str, text: &str) -> Option<String> {
        masked(path.as_bytes(), text.as_bytes())
    }

    #[test]
    fn what_is_no_secret_is_left() {
        for (path, text, expected) in [
            ("root/.netrc", "machine a login me password hunter2\n", "machine a login me password [redacted]\n"),
            ("root/.netrc", "machine a\n\tpassword\n\thunter2\n", "machine a\n\tpassword\n\t[redacted]\n"),
            ("root/.pgpass", "a\\:b:5432:db:me:hun\\:ter2\n", "a\\:b:5432:db:me:[redacted]\n"),
            ("root/.pgpass", "host:5432:db:me:hunter2\n", "host:5432:db:me:[redacted]\n"),
            ("root/.git-credentials", "https://me:hunter2@a/x\n", "https://[redacted]@a/x\n"),
            (
                "etc/shadow",
                "root:*:1:0:9:7:::\nme:hunter2:2:0:9:7:::\n",
                "root:*:1:0:9:7:::\nme:[redacted]:2:0:9:7:::\n",
            ),
            ("srv/.htpasswd", "me:hunter22\n", "me:[redacted]\n"),
            (
                "root/.aws/credentials",
                "[a]\naws_secret_access_key = hunter2\n",
                "[a]\naws_secret_access_key = [redacted]\n",
            ),
            (
                "srv/x.pem",
                "a\n-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----\nb\n",
                "a\n[redacted]\nb\n",
            ),
        ] {
            assert_eq!(shown(path, text).as_deref(), Some(expected), "{path}");
        }
    }

    #[test]
    fn what_is_in_doubt_is_not_shown() {
        for (path, text) in [
            ("etc/machine-id", "0123\n"),
            ("etc/ssh/ssh_host_rsa_key", "hunter2\n"),
            ("root/.vault-token", "hunter2\n"),
            ("root/.netrc", "machine a login me password \"hunter2 hunter2\"\n"),
            ("root/.netrc", "machine a\nmacdef init\nquote hunter2\n\n"),
            ("etc/security/opasswd", "me:1000:2:Ab3dEfGhIjKlM,Ab3dEfGhIjKlN\n"),
            ("root/.composer/auth.json", "{\"github-oauth\": {\n\"github.com\": \"hunter2\"\n}}\n"),
            ("root/.pypirc", "[pypi]\npassword:\n  hunter2\n"),
            ("x", "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n"),
            ("x", "b3RoZXIgYnl0ZXMgdGhhdCBhcmUgbm8ga2V5IGF0IGFsbCwgYnV0IGxvbmc0eHh4\n"),
        ] {
            assert_eq!(shown(path, text), None, "{path}");
        }
    }
}
