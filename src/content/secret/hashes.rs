//! Hashes of passwords: by their opening, wherever they stand, and by the place of a field where they have none.

use std::collections::VecDeque;
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

/// Openings that the salt and the hash stand behind in one part: phpass and Drupal. Symbols of Rust have them within, and
/// longer parts further on: `TakeWhile$LT$I$C$P$GT$$u20$as$u20$core..iter..traits..iterator..Iterator$GT$`.
const IN_ONE_PART: &[&str] = &["$P$", "$H$", "$S$"];

/// Bytes of a hash that are looked at: none is longer.
const LONGEST: usize = 512;

/// Whether a hash with an opening stands anywhere.
pub(super) fn holds(bytes: &[u8]) -> bool {
    let mut parts = Parts::new(bytes, false);
    let mut scram = Parts::new(bytes, true);
    let is_hash = |parts: &mut Parts<'_>, at: usize| {
        let opening = bytes.get(at..).and_then(opening_of);
        opening.is_some_and(|(opening, least)| {
            let from = at + opening.len();
            let is_whole = !IN_ONE_PART.contains(&opening) || first_part(&bytes[from..]) >= least;
            is_whole && parts.longest(from) >= least
        })
    };
    memchr::memchr2_iter(b'$', b'{', bytes).any(|at| is_hash(&mut parts, at))
        || SCRAMS.find_iter(bytes).any(|at| is_hash(&mut scram, at))
}

/// How long the part is that stands at the start, as far as a hash can reach. Nothing opens within it.
fn first_part(bytes: &[u8]) -> usize {
    bytes.iter().take(LONGEST).take_while(|byte| is_of_hash(**byte, false) && !ends_part(**byte)).count()
}

/// The fewest characters of a part that can make a hash whole.
const SHORTEST: usize = 13;

/// The parts of what may be hashes, from the start of a file to its end: each byte is looked at once, however many
/// openings are before it.
struct Parts<'a> {
    bytes: &'a [u8],
    /// Whether colons are within a hash.
    colon: bool,
    /// Up to where bytes were looked at; what follows one that no hash has is another run.
    at: usize,
    ended: bool,
    /// Where the part begins that is not at its end.
    start: usize,
    /// The parts of the run that are long enough to count, by where they begin and end.
    long: VecDeque<(usize, usize)>,
    /// Bytes and parts looked at.
    #[cfg(test)]
    steps: usize,
}

impl<'a> Parts<'a> {
    const fn new(bytes: &'a [u8], colon: bool) -> Self {
        let long = VecDeque::new();
        Parts {
            bytes,
            colon,
            at: 0,
            ended: true,
            start: 0,
            long,
            #[cfg(test)]
            steps: 0,
        }
    }

    /// The longest part in the run that begins at `from`, as far as a hash can reach. Every call is from further on.
    fn longest(&mut self, from: usize) -> usize {
        if from > self.at || self.ended && from == self.at {
            (self.at, self.start, self.ended) = (from, from, false);
            self.long.clear();
        }
        let end = from.saturating_add(LONGEST).min(self.bytes.len());
        while self.at < end && !self.ended {
            self.look();
        }
        while self.long.front().is_some_and(|(_, end)| *end <= from) {
            self.long.pop_front();
        }
        let open = (!self.ended).then_some((self.start, self.at));
        let within = |(start, stop): &(usize, usize)| (*stop).min(end).saturating_sub((*start).max(from));
        #[cfg(test)]
        {
            self.steps += self.long.len();
        }
        self.long.iter().chain(&open).map(within).max().unwrap_or(0)
    }

    fn look(&mut self) {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.ended = !is_of_hash(byte, self.colon);
        if self.ended || ends_part(byte) {
            if self.at - self.start >= SHORTEST {
                self.long.push_back((self.start, self.at));
            }
            self.start = self.at + 1;
        }
        self.at += usize::from(!self.ended);
        #[cfg(test)]
        {
            self.steps += 1;
        }
    }
}

const fn is_of_hash(byte: u8, colon: bool) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'.' | b'/' | b'+' | b'=' | b',' | b'$' | b'*' | b'_' | b'-' | b'}')
        || colon && byte == b':'
}

const fn ends_part(byte: u8) -> bool {
    byte == b'$' || byte == b':'
}

/// Characters of a hash that may be cut: what is shown of one is not the whole.
const CUT: usize = 4;

/// Where the hash that opens a text ends; `None` where none opens it. In a text that is shown a few characters make one:
/// it may be cut.
pub(crate) fn crypt_hash(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (opening, least) = opening_of(bytes)?;
    let rest = bytes.get(opening.len()..)?;
    let length = rest.iter().take(LONGEST).take_while(|byte| is_of_hash(**byte, opening == SCRAM)).count();
    let longest = || rest.get(..length).unwrap_or(&[]).split(|byte| ends_part(*byte)).map(<[u8]>::len).max();
    let is_whole = !IN_ONE_PART.contains(&opening) || first_part(rest) >= CUT;
    let enough = is_whole && length >= CUT && (opening.starts_with('$') || longest() >= Some(least));
    enough.then_some(opening.len() + length)
}

/// The opening of a hash that stands at the start, and the fewest characters of its longest part.
fn opening_of(bytes: &[u8]) -> Option<(&'static str, usize)> {
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
    list.iter().find(|(opening, _)| if opening.starts_with('$') { exact(opening) } else { same(opening) }).copied()
}

/// Whether a password field of shadow(5) or gshadow(5) holds a hash, be it locked; `*`, `!` and the like hold none.
pub(crate) fn is_password(field: &[u8]) -> bool {
    field != b"x" && field.iter().any(|byte| !b"!*".contains(byte))
}

/// Characters of the shortest hash that is known only by where it stands.
const SHORTEST_FIELD: usize = 13;

/// The password in a line of a list of accounts, where it holds one: shadow(5), gshadow(5), passwd(5), smbpasswd(5).
/// Hashes without an opening are known only by where they stand.
pub(crate) fn password_field(line: &str) -> Option<(usize, usize)> {
    // Every list has at least as many, and nearly no other line.
    let mut colons = memchr::memchr_iter(b':', line.as_bytes());
    let (first, second, _) = (colons.next()?, colons.next()?, colons.next()?);
    // A hash is as long, but for the two of smbpasswd, which flags follow.
    if second - first <= SHORTEST_FIELD && memchr::memchr(b'[', line.as_bytes()).is_none() {
        return None;
    }
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
    let looks = hash.len() >= SHORTEST_FIELD
        && hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./!$+=,_*-".contains(&byte));
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
mod tests;
