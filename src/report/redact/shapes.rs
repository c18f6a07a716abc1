//! Secrets that are known by their shape, whatever they are called.

/// Openings of crypt(3) hashes (crypt(5)) and of the PHC strings of newer ones.
const CRYPT: &[&str] = &[
    "$y$",
    "$gy$",
    "$7$",
    "$2a$",
    "$2b$",
    "$2x$",
    "$2y$",
    "$6$",
    "$5$",
    "$1$",
    "$sha1$",
    "$md5$",
    "$md5,",
    "$apr1$",
    "$argon2i$",
    "$argon2d$",
    "$argon2id$",
    "$scrypt$",
    "$pbkdf2",
];

/// Openings of tokens that services issue, and how many characters at least follow.
const TOKENS: &[(&str, usize)] = &[
    ("ghp_", 30),
    ("gho_", 30),
    ("ghu_", 30),
    ("ghs_", 30),
    ("ghr_", 30),
    ("github_pat_", 22),
    ("glpat-", 20),
    ("npm_", 36),
    ("pypi-AgE", 40),
    ("dckr_pat_", 20),
    ("hf_", 30),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("AKIA", 16),
    ("ASIA", 16),
    ("sk-", 32),
    ("sk_live_", 16),
    ("eyJ", 40),
    ("AGE-SECRET-KEY-1", 20),
];

/// Whether a text holds a private key, or a part of its armor.
pub(super) fn has_private_key(text: &str) -> bool {
    let armor = |line: &str| line.contains("PRIVATE KEY") && (line.contains("BEGIN ") || line.contains("END "));
    text.contains("PuTTY-User-Key-File-")
        // "-----BEGIN" once more in base64, unless "CERTIFICATE" follows.
        || text.split("LS0tLS1CRUdJTi").skip(1).any(|rest| !rest.starts_with("BDRVJUSUZJQ0FUR"))
        || text.contains("PRIVATE KEY") && text.lines().any(armor)
}

/// Where the crypt hash that opens `text` ends; `None` where none opens it.
pub(super) fn crypt_hash(text: &str) -> Option<usize> {
    let opening = CRYPT.iter().find(|opening| text.starts_with(**opening))?;
    let rest = text.get(opening.len()..)?;
    let length = run(rest, |byte| byte.is_ascii_alphanumeric() || b"./$=,+-_".contains(&byte));
    (length >= 4).then_some(opening.len() + length)
}

/// Where the token that opens `text` ends; `None` where none opens it.
pub(super) fn token(text: &str) -> Option<usize> {
    let (opening, least) = TOKENS.iter().find(|(opening, _)| text.starts_with(opening))?;
    let rest = text.get(opening.len()..)?;
    let length = run(rest, |byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    (length >= *least).then_some(opening.len() + length)
}

/// The length of the credentials where `text` is what follows the `://` of a URL, without the `@`.
pub(super) fn userinfo(text: &str) -> Option<usize> {
    let authority = run(text, |byte| !byte.is_ascii_whitespace() && !b"/?#\"'<>\\".contains(&byte));
    text.get(..authority)?.rfind('@').filter(|length| *length > 0)
}

/// The password field of a line of `/etc/shadow` or `/etc/gshadow`-like form, where it holds one: crypt hashes without
/// an opening (DES) are known only by where they stand.
pub(super) fn shadow_field(line: &str) -> Option<(usize, usize)> {
    // One more than there can be: a line of nothing but colons is not taken apart.
    let fields: Vec<&str> = line.splitn(10, ':').collect();
    let [name, hash, days @ ..] = fields.as_slice() else { return None };
    let numbers =
        days.len() == 7 && days.iter().all(|day| day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'));
    let hash_like =
        hash.len() >= 13 && hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./!$".contains(&byte));
    (numbers && hash_like && !name.is_empty()).then(|| (name.len() + 1, name.len() + 1 + hash.len()))
}

/// Whether a line is nothing but base64 of the length that armored data has: the middle of a key looks like this.
pub(super) fn armored_line(line: &str) -> bool {
    let line = line.trim();
    let base64 = line.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
    let has = |test: fn(&u8) -> bool| line.as_bytes().iter().any(test);
    base64 && line.len() >= 60 && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase)
}

fn run(text: &str, accepted: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| accepted(*byte)).count()
}
