//! Compiled files and caches that a program takes in place of their source while the times of the two files, or a time that
//! the cache holds, say that it may: one table of rules.
//!
//! What programs record in a way that is read here is in [`recorded`](super::recorded).

mod keys;

use self::keys::{
    bootsnap, components, ends, grammar, guile, holds, is_of_babel, is_of_zsh, is_template, lisp, native, numba,
    opcache, racket, shared_classes, tails, xonsh,
};
use crate::image::path::{file_name, parent};

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

/// Those of zsh 5.9 and Guile 3.0.8 were seen, with other code in the cache than in the source, and times a second or a tenth
/// of one apart. The others name where the program decides, and were not tried: a rule that is wrong refuses what is harmless,
/// or lets pass what it is about.
const RULES: &[Rule] = &[
    // `source` and functions that are loaded on demand (Src/parse.c); also of a whole directory. Without a source the
    // compiled file is taken whatever its time.
    Rule {
        program: "zsh",
        takes: Takes::NotOlder(SECOND),
        source: |path| [path, parent(path)].into_iter().filter(|key| !key.is_empty()).map(<[u8]>::to_vec).collect(),
        cache: |path| path.strip_suffix(b".zwc").map(<[u8]>::to_vec),
        named: Some(is_of_zsh),
    },
    // `compiled_is_fresh` (libguile/load.c).
    Rule {
        program: "Guile",
        takes: Takes::NotOlder(1),
        source: |path| ends(path, &[".scm", ".sls", ".sld", ".ss"]).into_iter().flat_map(tails).collect(),
        cache: guile,
        named: None,
    },
    // `openp` with `load-prefer-newer` (src/lread.c).
    Rule {
        program: "Emacs",
        takes: Takes::NotOlder(1),
        source: |path| ends(path, &[".el", ".el.gz"]),
        cache: |path| path.strip_suffix(b".elc").map(<[u8]>::to_vec),
        named: None,
    },
    // `maybe_swap_for_eln` (src/lread.c): native code of a compiled file, by its name and two hashes.
    Rule {
        program: "Emacs",
        takes: Takes::NotOlder(1),
        source: |path| ends(path, &[".elc", ".el", ".el.gz"]).iter().map(|stem| file_name(stem).to_vec()).collect(),
        cache: native,
        named: None,
    },
    // `default-load/use-compiled` with `modify-seconds`.
    Rule {
        program: "Racket",
        takes: Takes::NotOlder(SECOND),
        source: |path| ends(path, &[".rkt", ".ss", ".scm", ".scrbl"]).iter().map(|_| path.to_vec()).collect(),
        cache: racket,
        named: None,
    },
    // ASDF, `compute-action-stamp`.
    Rule {
        program: "ASDF",
        takes: Takes::NotOlder(SECOND),
        source: |path| ends(path, &[".lisp", ".lsp", ".cl"]),
        cache: lisp,
        named: None,
    },
    // `load_files/2`, of files that were compiled by `qcompile/1`.
    Rule {
        program: "SWI-Prolog",
        takes: Takes::NotOlder(1),
        source: |path| ends(path, &[".pl", ".prolog"]),
        cache: |path| path.strip_suffix(b".qlf").map(<[u8]>::to_vec),
        // Most files of this name are Perl's.
        named: Some(|path| holds(path, b"prolog") || holds(path, b"swi")),
    },
    // `clojure.lang.RT.load`.
    Rule {
        program: "Clojure",
        takes: Takes::Newer(MILLISECOND),
        source: |path| ends(path, &[".clj", ".cljc"]),
        cache: |path| path.strip_suffix(b"__init.class").map(<[u8]>::to_vec),
        named: None,
    },
    // `lib2to3.pgen2.driver._newer`: what is unpickled may be any code.
    Rule {
        program: "lib2to3",
        takes: Takes::NotOlder(1),
        source: |path| ends(path, &["Grammar.txt"]),
        cache: grammar,
        named: None,
    },
    // `JspCompilationContext` of Tomcat, `Compiler.isOutDated`.
    Rule {
        program: "Tomcat",
        takes: Takes::Same(MILLISECOND),
        source: |path| ends(path, &[".jsp", ".jspx"]).iter().map(|stem| file_name(stem).to_vec()).collect(),
        cache: |path| path.strip_suffix(b"_jsp.class").map(|stem| file_name(stem).to_vec()),
        named: None,
    },
    // `ExpandWar.expand` of Tomcat: a web application that somebody changed where it was unpacked is unpacked anew.
    Rule {
        program: "Tomcat",
        takes: Takes::Same(MILLISECOND),
        source: |path| ends(path, &[".war"]),
        cache: |path| path.strip_suffix(b"/META-INF/war-tracker").map(<[u8]>::to_vec),
        named: None,
    },
    // `ClassicPluginStrategy.explode`: the same of plugins.
    Rule {
        program: "Jenkins",
        takes: Takes::Same(MILLISECOND),
        source: |path| ends(path, &[".jpi", ".hpi"]),
        cache: |path| path.strip_suffix(b"/.timestamp2").map(<[u8]>::to_vec),
        named: None,
    },
    // Jython has the time in an attribute of the class.
    Rule {
        program: "Jython",
        takes: Takes::Recorded,
        source: |path| ends(path, &[".py"]),
        cache: |path| path.strip_suffix(b"$py.class").map(<[u8]>::to_vec),
        named: None,
    },
    // `sourceTimeStamp` (qv4compileddata.cpp).
    Rule {
        program: "Qt",
        takes: Takes::Recorded,
        source: |path| ends(path, &[".qml", ".js", ".mjs"]).iter().map(|_| path.to_vec()).collect(),
        cache: |path| {
            if ends(path, &[".qmlc", ".jsc", ".mjsc"]).is_empty() {
                None
            } else {
                path.strip_suffix(b"c").map(<[u8]>::to_vec)
            }
        },
        named: None,
    },
    // `SharedClassPathEntry::validate` (filemap.cpp) of archives of classes of the user's own.
    Rule {
        program: "Java",
        takes: Takes::Recorded,
        source: |path| ends(path, &[".jar"]).iter().map(|_| Vec::new()).collect(),
        cache: shared_classes,
        named: None,
    },
    // `stale_cachefile` (base/loading.jl).
    Rule {
        program: "Julia",
        takes: Takes::Recorded,
        source: |path| ends(path, &[".jl"]).iter().map(|_| Vec::new()).collect(),
        cache: |path| (path.ends_with(b".ji") && components(path).any(|name| name == b"compiled")).then(Vec::new),
        named: None,
    },
    // `zend_file_cache_script_load` (ext/opcache/zend_file_cache.c): below a directory named by a hash, the path of the source.
    Rule { program: "PHP", takes: Takes::Recorded, source: |path| vec![path.to_vec()], cache: opcache, named: None },
    // `bs_read_key` and `cache_key_equal` (ext/bootsnap/bootsnap.c): the name is a hash of the source's path.
    Rule {
        program: "Bootsnap",
        takes: Takes::Recorded,
        source: |path| {
            ends(path, &[".rb", ".rake", ".ru", ".yml", ".yaml", ".json"]).iter().map(|_| Vec::new()).collect()
        },
        cache: bootsnap,
        named: None,
    },
    // `_get_source_stamp` (numba/core/caching.py): machine code of the functions of a module.
    Rule { program: "Numba", takes: Takes::Recorded, source: |path| ends(path, &[".py"]), cache: numba, named: None },
    // `_smarty_tpl.file_dependency`, in compiled templates: the name is a hash of the template's path.
    Rule {
        program: "Smarty",
        takes: Takes::Recorded,
        source: |path| ends(path, &[".tpl"]).iter().map(|_| Vec::new()).collect(),
        cache: |path| {
            (path.ends_with(b".tpl.php") && components(path).any(|name| name == b"templates_c")).then(Vec::new)
        },
        named: None,
    },
    // `@babel/register`, `lib/worker/cache.js`: one file for all that was compiled, by the path and time of each.
    Rule {
        program: "Babel",
        takes: Takes::Recorded,
        source: |path| ends(path, BABEL).iter().map(|_| Vec::new()).collect(),
        cache: |path| is_of_babel(path).then(Vec::new),
        named: None,
    },
    // `_compiled_is_current` (Template/Provider.pm): beside the template, where any ending may be set, ...
    Rule {
        program: "Template Toolkit",
        takes: Takes::Same(SECOND),
        source: |path| vec![path.to_vec()],
        cache: |path| ends(path, TEMPLATES).pop(),
        named: Some(is_template),
    },
    // ... and below `COMPILE_DIR`, by the path of the template.
    Rule {
        program: "Template Toolkit",
        takes: Takes::Same(SECOND),
        source: |path| vec![file_name(path).to_vec()].into_iter().filter(|_| is_template(path)).collect(),
        cache: |path| ends(path, TEMPLATES).pop().map(|path| file_name(&path).to_vec()),
        named: None,
    },
    // `script_cache_check` (xonsh/codecache.py).
    Rule {
        program: "xonsh",
        takes: Takes::NotOlder(1),
        source: |path| vec![path.to_vec()],
        cache: xonsh,
        named: Some(|path| path.ends_with(b".xsh") || path.ends_with(b"xonshrc") || xonsh(path).is_some()),
    },
    // `CheckValidity` (apt-pkg/pkgcachegen.cc).
    Rule {
        program: "apt",
        takes: Takes::Recorded,
        source: |path| {
            let is_source = path.starts_with(b"var/lib/apt/lists/") || path == b"var/lib/dpkg/status";
            if is_source { vec![Vec::new()] } else { Vec::new() }
        },
        cache: |path| {
            let caches: [&[u8]; 2] = [b"var/cache/apt/pkgcache.bin", b"var/cache/apt/srcpkgcache.bin"];
            caches.contains(&path).then(Vec::new)
        },
        named: None,
    },
];

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
    (0..).zip(RULES).flat_map(of_rule).collect()
}

/// Whether to take note of the file at a path: it is a cache, or the source of one that is known by its name.
pub fn is_noted(path: &[u8]) -> bool {
    let may_be = is_of_zsh(path)
        || bootsnap(path).is_some()
        || is_of_babel(path)
        || xonsh(path).is_some()
        || ENDINGS.iter().any(|ending| path.ends_with(ending));
    may_be && ties(path).iter().any(Tie::is_noted)
}

/// Whether the file at a path may, by its name, be a source whose time a cache holds.
pub fn may_be_recorded(path: &[u8]) -> bool {
    !ends(path, RECORDED).is_empty()
}

/// What sources whose time a cache holds end in, as a rule.
const RECORDED: &[&str] = &[
    ".php", ".phtml", ".inc", ".tpl", ".rb", ".rake", ".ru", ".yml", ".yaml", ".json", ".py", ".qml", ".js", ".jsx",
    ".mjs", ".cjs", ".ts", ".tsx",
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
    b".pl",
    b".prolog",
    b".qlf",
    b".clj",
    b".cljc",
    b".class",
    b"Grammar.txt",
    b".pickle",
    b".jsp",
    b".jspx",
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
];

/// Endings of what Babel compiles, and of what Template Toolkit has compiled by its manual.
const BABEL: &[&str] = &[".js", ".jsx", ".mjs", ".cjs", ".es", ".es6", ".ts", ".tsx"];
const TEMPLATES: &[&str] = &[".ttc", ".ttc2"];

impl Tie {
    /// Whether to take note of the file for this: of a source only where its time is held against that of a cache.
    pub fn is_noted(&self) -> bool {
        self.is_cache || (self.is_named && self.rule.takes != Takes::Recorded)
    }

    /// Whether to look for a cache that holds the time of this source in the layers that both images share. Not so where every
    /// step writes the source (apt), and where any base has caches of its own that go by no path (Julia, Java).
    pub fn is_sought_in_shared_layers(&self) -> bool {
        !self.is_cache && self.rule.takes == Takes::Recorded && !["apt", "Julia", "Java"].contains(&self.rule.program)
    }
}

#[cfg(test)]
mod tests;
