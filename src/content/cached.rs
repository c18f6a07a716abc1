//! Compiled files and caches that a program takes in place of their source while the times of the two files, or a time that
//! the cache holds, say that it may: one table of rules.
//!
//! What programs record in a way that is read here is in [`recorded`](super::recorded).

mod keys;
mod others;
mod packages;
mod pages;
mod python;
mod rules;
mod templates;

use self::keys::{bootsnap, ends, is_of_babel, is_of_zsh, xonsh};
use self::others::page;
use self::packages::packages;
use self::pages::PAGES;
use self::python::{PYTHON, entry_points};
use self::rules::RULES;
use self::templates::{is_of_icons, mako, openj9, usr};

/// How a program tells whether it takes a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// While the cache is not older than its source, both in units of so many nanoseconds.
    NotOlder(u32),
    /// While the cache is newer.
    Newer(u32),
    /// While both have the same time.
    Same(u32),
    /// While the source has the time that the cache holds, which is not read here.
    Recorded,
}

const SECOND: u32 = 1_000_000_000;
const MILLISECOND: u32 = 1_000_000;

impl Takes {
    /// Whether a cache of this time is taken in place of a source of that one; `None` where their times do not tell. Times
    /// are seconds since 1970 and nanoseconds.
    pub fn takes(self, cache: (i64, u32), source: (i64, u32)) -> Option<bool> {
        let (unit, holds): (_, fn(&i128, &i128) -> bool) = match self {
            Takes::NotOlder(unit) => (unit, i128::ge),
            Takes::Newer(unit) => (unit, i128::gt),
            Takes::Same(unit) => (unit, i128::eq),
            Takes::Recorded => return None,
        };
        let in_units = |(seconds, nanoseconds): (i64, u32)| {
            (i128::from(seconds) * i128::from(SECOND) + i128::from(nanoseconds)).div_euclid(i128::from(unit))
        };
        Some(holds(&in_units(cache), &in_units(source)))
    }
}

/// What a program takes in place of what.
pub struct Rule {
    /// The program.
    pub program: &'static str,
    /// By which test.
    pub takes: Takes,
    /// What caches of the source at a path go by.
    source: fn(&[u8]) -> Vec<Vec<u8>>,
    /// What the sources of the cache at a path go by; `None` where that is no cache.
    cache: fn(&[u8]) -> Option<Vec<u8>>,
    /// Whether the name of a file tells that it is a source, where any can be one; what is said of a cache is then true of its
    /// sources too.
    named: Option<fn(&[u8]) -> bool>,
}

/// What ties a file to others: caches and sources of one key belong together.
pub struct Tie {
    /// The rule.
    pub rule: &'static Rule,
    /// The rule's number and what caches and sources go by.
    pub key: Vec<u8>,
    /// Whether the file is a cache, else it is a source.
    pub is_cache: bool,
    /// Whether every source is known by its name to be one, where this is a source whether it is.
    pub is_named: bool,
}

/// What the file at a path is tied by, as the source of caches that there may be or as a cache.
pub fn ties(path: &[u8]) -> Vec<Tie> {
    let of_rule = |(number, rule): (u8, &'static Rule)| {
        let key = move |key: Vec<u8>| [&[number], &key[..]].concat();
        let is_named = rule.named.is_none_or(|named| named(path));
        let tie = move |is_cache| move |own| Tie { rule, key: key(own), is_cache, is_named };
        (rule.cache)(path).map(tie(true)).into_iter().chain((rule.source)(path).into_iter().map(tie(false)))
    };
    (0..).zip(RULES.iter().chain(PYTHON).chain(PAGES)).flat_map(of_rule).collect()
}

/// Whether to take note of the file at a path: it is a cache, or the source of one that is known by its name.
pub fn is_noted(path: &[u8]) -> bool {
    let may_be = is_of_zsh(path)
        || bootsnap(path).is_some()
        || is_of_babel(path)
        || xonsh(path).is_some()
        || mako(path).is_some()
        || page(path, b"man").is_some()
        || page(path, b"cat").is_some()
        || openj9(path)
        || entry_points(path)
        || ENDINGS.iter().any(|ending| path.ends_with(ending));
    may_be && ties(path).iter().any(Tie::is_noted)
}

/// Whether to take note of the directory at a path: caches are held against its time.
pub fn is_noted_directory(path: &[u8]) -> bool {
    is_of_icons(path) || !usr(path).is_empty() || !packages(path).is_empty()
}

/// Whether the file at a path may, by its name, be a source whose time a cache holds.
pub fn may_be_recorded(path: &[u8]) -> bool {
    !ends(path, RECORDED).is_empty()
}

/// What sources whose time a cache holds end in, as a rule.
const RECORDED: &[&str] = &[
    ".php",
    ".phtml",
    ".inc",
    ".tpl",
    ".rb",
    ".rake",
    ".ru",
    ".yml",
    ".yaml",
    ".json",
    ".py",
    ".qml",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".ts",
    ".tsx",
    ".jspf",
    ".tld",
    "entry_points.txt",
];

/// What the names of all others end in that are taken note of.
const ENDINGS: &[&[u8]] = &[
    b".zwc",
    b".scm",
    b".sls",
    b".sld",
    b".ss",
    b".go",
    b".el",
    b".el.gz",
    b".elc",
    b".eln",
    b".rkt",
    b".scrbl",
    b".zo",
    b".lisp",
    b".lsp",
    b".cl",
    b".fasl",
    b".fas",
    b".lx64fsl",
    b".lx32fsl",
    b".dx64fsl",
    b".abcl",
    b".pl",
    b".prolog",
    b".qlf",
    b".clj",
    b".cljc",
    b".class",
    b".txt",
    b".dict",
    b".dic",
    b".pickle",
    b".jsp",
    b".jspx",
    b".jspf",
    b".xhtml",
    b".tag",
    b".tagx",
    b".war",
    b"war-tracker",
    b".jpi",
    b".hpi",
    b".timestamp2",
    b".qmlc",
    b".jsc",
    b".mjsc",
    b".jsa",
    b".aot",
    b".ji",
    b".bin",
    b".nbi",
    b".tpl.php",
    b".tt",
    b".tt2",
    b".ttc",
    b".ttc2",
    b".xsh",
    b"xonshrc",
    b".mako",
    b".mak",
    b".html",
    b".htm",
    b".twig",
    b".php",
    b".php.meta",
    b".cache",
    b".updated",
    b".sieve",
    b".svbin",
    b".tx",
    b".txc",
    b"plugins.dat",
    b"deps.edn",
    b".cp",
    b".bladec",
    b".luac",
    b".babel.json",
    b"/.package-lock.json",
    b".hg/dirstate",
    b".svn/wc.db",
];

impl Tie {
    /// The rule's number where any source may be that of any cache, for names do not tell.
    pub fn of_all(&self) -> Option<u8> {
        self.key.first().copied().filter(|_| self.key.len() == 1)
    }

    /// Whether this is of directories alone: of a link to one, the time does not matter.
    pub fn is_of_directory(&self) -> bool {
        !self.is_cache && ["npm", "systemd", "GTK"].contains(&self.rule.program)
    }

    /// Whether to take note of the file for this: of a source only where its time is held against that of a cache.
    pub fn is_noted(&self) -> bool {
        self.is_cache || (self.is_named && self.rule.takes != Takes::Recorded)
    }

    /// Whether to look for a cache that holds the time of this source in the layers that both images share. Not so where every
    /// step writes the source (apt), and where any base has caches of its own that go by no path (Julia, Java).
    pub fn is_sought_in_shared_layers(&self) -> bool {
        !self.is_cache
            && self.rule.takes == Takes::Recorded
            && !["apt", "Julia", "Java", "OpenJ9", "Symfony", "GStreamer", "VLC", "Mercurial", "Subversion"]
                .contains(&self.rule.program)
    }
}

#[cfg(test)]
mod tests;
