//! Hashes of passwords: by their opening, wherever they stand, and by the place of a field where they have none.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// Openings of hashes that name their method, and the fewest characters of the longest part that follows between `$`:
/// crypt(5), the PHC string format, the schemes of LDAP (RFC 2307, OpenLDAP, Dovecot), and those of some programs.
const METHODS: &[(&str, usize)] = &[
    ("$y$", 43),
    ("$gy$", 43),
    ("$sm3y$", 43),
    ("$sm3$", 43),
    ("$7$", 43),
    ("$6$", 86),
    ("$5$", 43),
    ("$2a$", 53),
    ("$2b$", 53),
    ("$2x$", 53),
    ("$2y$", 53),
    ("$2$", 53),
    ("$1$", 22),
    ("$3$", 32),
    ("$apr1$", 22),
    ("$md5$", 22),
    ("$md5,", 22),
    ("$sha1$", 28),
    ("$NT$", 32),
    ("$argon2", 16),
    ("$scrypt$", 16),
    ("$pbkdf2", 16),
    ("$bcrypt-sha256$", 16),
    ("$P$", 31),
    ("$H$", 31),
    ("$S$", 52),
    ("$8$", 43),
    ("$9$", 43),
    ("$ml$", 64),
];

/// The same where no dollar sign is in front. Longer ones come before those that they begin with.
const SCHEMES: &[(&str, usize)] = &[
    ("{SHA512-CRYPT}", 13),
    ("{SHA256-CRYPT}", 13),
    ("{BLF-CRYPT}", 13),
    ("{MD5-CRYPT}", 13),
    ("{SHA512}", 86),
    ("{SHA384}", 64),
    ("{SHA256}", 43),
    ("{SHA}", 27),
    ("{SSHA512}", 88),
    ("{SSHA384}", 68),
    ("{SSHA256}", 46),
    ("{SSHA}", 30),
    ("{MD5}", 22),
    ("{SMD5}", 24),
    ("{CRYPT}", 13),
    ("{ARGON2}", 16),
    ("{ARGON2I}", 16),
    ("{ARGON2ID}", 16),
    ("{BCRYPT}", 16),
    ("{PBKDF2", 16),
    ("{NTHASH}", 32),
    ("{LANMAN}", 32),
    (SCRAM, 43),
];
/// What PostgreSQL keeps (RFC 5803).
const SCRAM: &str = "SCRAM-SHA-256$";
static SCRAMS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(SCRAM));

/// Bytes of a hash that are looked at: none is longer.
const LONGEST: usize = 512;

/// Whether a hash with an opening stands anywhere.
pub(super) fn holds(bytes: &[u8]) -> bool {
    let at = |at: usize| opening(bytes.get(at..).unwrap_or(&[]), true).is_some();
    memchr::memchr2_iter(b'$', b'{', bytes).any(at) || SCRAMS.find_iter(bytes).any(at)
}

/// Where the hash that opens a text ends; `None` where none opens it. In a text that is shown a few characters make one:
/// it may be cut.
pub(crate) fn crypt_hash(text: &str) -> Option<usize> {
    opening(text.as_bytes(), false)
}

fn opening(bytes: &[u8], whole: bool) -> Option<usize> {
    // Looked at for every dollar sign and brace of a file: most are told by what is behind them.
    let list = match bytes {
        [b'$', b'0'..=b'9' | b'y' | b'g' | b's' | b'a' | b'm' | b'N' | b'p' | b'b' | b'P' | b'H' | b'S', ..] => METHODS,
        [b'{', b'A'..=b'Z' | b'a'..=b'z', b'A'..=b'Z' | b'a'..=b'z', ..] | [b'S', b'C', ..] => SCHEMES,
        _ => return None,
    };
    let same =
        |opening: &str| bytes.get(..opening.len()).is_some_and(|text| text.eq_ignore_ascii_case(opening.as_bytes()));
    let exact = |opening: &str| bytes.starts_with(opening.as_bytes());
    // The methods of crypt(5) are told apart by case; the names of schemes are not (RFC 2307, section 5.3).
    let (opening, least) =
        list.iter().find(|(opening, _)| if opening.starts_with('$') { exact(opening) } else { same(opening) })?;
    let rest = bytes.get(opening.len()..)?;
    let colon = *opening == SCRAM;
    let is_hash = |byte: &&u8| byte.is_ascii_alphanumeric() || b"./+=,$*_-}".contains(byte) || colon && **byte == b':';
    let rest = &rest[..rest.iter().take(LONGEST).take_while(is_hash).count()];
    let longest = rest.split(|byte| *byte == b'$' || *byte == b':').map(<[u8]>::len).max().unwrap_or(0);
    let enough =
        if whole { longest >= *least } else { rest.len() >= 4 && (longest >= *least || opening.starts_with('$')) };
    enough.then_some(opening.len() + rest.len())
}

/// Whether a password field of shadow(5) or gshadow(5) holds a hash, be it locked; `*`, `!` and the like hold none.
pub(crate) fn is_password(field: &[u8]) -> bool {
    field != b"x" && field.iter().any(|byte| !b"!*".contains(byte))
}

/// The password in a line of a list of accounts, where it holds one: shadow(5), gshadow(5), passwd(5), smbpasswd(5).
/// Hashes without an opening are known only by where they stand.
pub(crate) fn password_field(line: &str) -> Option<(usize, usize)> {
    // Every list has at least as many, and nearly no other line.
    memchr::memchr_iter(b':', line.as_bytes()).nth(2)?;
    // One more than there can be: a line of nothing but colons is not taken apart.
    let fields: Vec<&str> = line.splitn(11, ':').collect();
    let [name, hash, rest @ ..] = fields.as_slice() else { return None };
    let is_number = |field: &&str| field.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let is_account = match rest {
        [] => return None,
        [administrators, members] if is_traditional(hash) => {
            [administrators, members].iter().all(|list| is_names(list))
        }
        // smbpasswd: two hashes behind the number.
        [lanman, nt, flags, ..] if flags.starts_with('[') && is_hexadecimal(lanman) && is_hexadecimal(nt) => {
            let from = name.len() + 1 + hash.len() + 1;
            return Some((from, from + lanman.len() + 1 + nt.len()));
        }
        [user, group, _, home, _] => {
            [user, group].iter().all(|id| !id.is_empty() && is_number(id)) && home.starts_with('/')
        }
        days => days.len() == 7 && days.iter().all(is_number),
    };
    let looks =
        hash.len() >= 13 && hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./!$+=,_*-".contains(&byte));
    (is_account && looks && !name.is_empty()).then(|| (name.len() + 1, name.len() + 1 + hash.len()))
}

fn is_names(list: &str) -> bool {
    list.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.,$".contains(&byte))
}

fn is_hexadecimal(field: &str) -> bool {
    field.len() == 32 && field.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'X' || byte == b'*')
}

/// Whether a field is a hash of the traditional crypt (DES), or of its extension by BSDi, locked or not.
fn is_traditional(field: &str) -> bool {
    let hash = field.trim_start_matches('!');
    let (hash, length) = hash.strip_prefix('_').map_or((hash, 13), |hash| (hash, 19));
    let has = |test: fn(&u8) -> bool| hash.as_bytes().iter().any(test);
    hash.len() == length
        && hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'/')
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(|byte| !byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_with_an_opening() {
        let long = "a".repeat(128);
        for hash in [
            format!("$6$salt${}", &long[..86]),
            format!("$6$rounds=5000$salt${}", &long[..86]),
            format!("$5$salt${}", &long[..43]),
            format!("$y$j9T$salt${}", &long[..43]),
            format!("$gy$j9T$salt${}", &long[..43]),
            format!("$7$CU..../....salt${}", &long[..43]),
            format!("$sm3$salt${}", &long[..43]),
            format!("$2a$12${}", &long[..53]),
            format!("$2b$12${}", &long[..53]),
            format!("$2y$12${}", &long[..53]),
            format!("$1$salt${}", &long[..22]),
            format!("$apr1$salt${}", &long[..22]),
            format!("$3$${}", &long[..32]),
            format!("$md5,rounds=9$salt$${}", &long[..22]),
            format!("$sha1$9$salt${}", &long[..28]),
            format!("$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHQ${}", &long[..43]),
            "{SHA}fEqNCco3Yq9h5ZUglD3CZJT4lBs=".to_owned(),
            "{ssha}W6ph5Mm5Pz8GgiULbPgzG37mj9gGbWQ4cDQ=".to_owned(),
            format!("{{CRYPT}}$6$salt${}", &long[..86]),
            format!("SCRAM-SHA-256$4096:c2FsdA==${}:x", &long[..43]),
        ] {
            assert!(holds(format!("root:{hash}:1:").as_bytes()), "{hash}");
            assert!(crypt_hash(&hash).is_some() || password_field(&format!("a:{hash}")).is_some(), "{hash}");
        }
        for other in ["echo $6$ $1 $y$ $5", "{SHA}", "${SHA}abc", "costs $6 a day", "awk '{print $1$2}'"] {
            assert!(!holds(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn every_opening_is_known() {
        for (opening, least) in METHODS.iter().chain(SCHEMES) {
            let text = format!("x:{opening}{}:", "a".repeat(*least));
            assert!(holds(text.as_bytes()), "{opening}");
        }
    }

    #[test]
    fn hashes_without_an_opening_are_known_by_their_place() {
        for (line, hash) in [
            ("root:Ab3dEfGhIjKlM:19000:0:99999:7:::", "Ab3dEfGhIjKlM"),
            ("root:!Ab3dEfGhIjKlM:19000:0:99999:7:::", "!Ab3dEfGhIjKlM"),
            ("root:Ab3dEfGhIjKlM:0:0:root:/root:/bin/sh", "Ab3dEfGhIjKlM"),
            ("adm:Ab3dEfGhIjKlM::root", "Ab3dEfGhIjKlM"),
            ("root:_J9..rasmBYk8r9AiWNc:19000::::::", "_J9..rasmBYk8r9AiWNc"),
            (
                "me:1000:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:8846F7EAEE8FB117AD06BDD830B7586C:[U          ]:LCT-1:",
                "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:8846F7EAEE8FB117AD06BDD830B7586C",
            ),
        ] {
            let (from, to) = password_field(line).unwrap();
            assert_eq!(&line[from..to], hash);
        }
        for line in [
            "root:*:19000:0:99999:7:::",
            "root:x:0:0:root:/root:/bin/sh",
            "adm:x:4:syslog",
            "passwd: files systemd",
            "name:configuration",
            "Priority:Deprecated1.x",
            "host:192.168.100.10",
            "a:b",
        ] {
            assert_eq!(password_field(line), None, "{line}");
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
