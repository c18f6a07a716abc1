//! Members whose times are compared by what runs them: sources, and what was compiled from them.
//!
//! CPython's `zipimport` runs `a.pyc` where its header has the time of the member `a.py`, and compiles `a.py` where it has
//! not. Clojure loads `a__init.class` unless `a.clj` is newer, Jython `a$py.class` likewise; JSP engines compile pages again
//! that are newer than their class. What else is tied by times is a table ([`cached`]).

use std::collections::BTreeSet;

use crate::content::cached;
use crate::content::recorded::{in_other_languages, is_source, source_of_module, sources_by_prefix};

/// Endings of sources, and of what is compiled from them into the same directory.
const ENDINGS: &[(&str, &str)] =
    &[(".py", ".pyc"), (".py", ".pyo"), (".py", "$py.class"), (".clj", "__init.class"), (".cljc", "__init.class")];

/// Endings of sources whose classes can have any name.
const ALONE: &[&str] = &[".jsp", ".jspx", ".jspf", ".tag", ".tagx"];

/// The members of an archive by their names.
pub(in crate::content) struct Coupled<'a> {
    names: BTreeSet<&'a [u8]>,
    /// What caches among them are tied to sources by.
    tied: BTreeSet<Vec<u8>>,
}

impl<'a> Coupled<'a> {
    pub(in crate::content) fn of(names: BTreeSet<&'a [u8]>) -> Self {
        let noted = names.iter().filter(|name| cached::is_noted(name));
        let ties = noted.flat_map(|name| cached::ties(name)).filter(|tie| tie.is_cache);
        let mut tied: BTreeSet<Vec<u8>> = ties.map(|tie| tie.key).collect();
        if !tied.is_empty() {
            let sources = names.iter().flat_map(|name| cached::ties(name)).filter(|tie| !tie.is_cache);
            let sources: BTreeSet<Vec<u8>> = sources.map(|tie| tie.key).collect();
            tied.retain(|key| sources.contains(key));
        }
        Coupled { names, tied }
    }

    /// Whether the member of this name is taken or not by its time, or one is that is compiled from it.
    pub(in crate::content) fn has(&self, name: &[u8]) -> bool {
        let is_tied = || cached::ties(name).iter().any(|tie| self.tied.contains(&tie.key));
        is(name, &self.names) || (!self.tied.is_empty() && is_tied())
    }

    /// Whether any of them is compiled from a source, or one of which nobody knows what is compiled from it.
    pub(in crate::content) fn any_is_compiled(&self) -> bool {
        !self.tied.is_empty() || self.names.iter().any(|name| is_compiled(name))
    }
}

/// Whether the member of this name, or the source or class of it beside it, is taken or not by its time.
fn is(name: &[u8], names: &BTreeSet<&[u8]>) -> bool {
    let beside = |from: &str, to: &str| {
        let stem = name.strip_suffix(from.as_bytes());
        stem.is_some_and(|stem| names.contains(&[stem, to.as_bytes()].concat()[..]))
    };
    let alone = ALONE.iter().any(|ending| name.ends_with(ending.as_bytes()));
    alone
        || ENDINGS.iter().any(|(source, compiled)| beside(source, compiled) || beside(compiled, source))
        || is_cached(name, names)
        || source_of_module(name).is_some_and(|source| names.contains(&source[..]))
        || [sources_by_prefix(name), in_other_languages(name)].concat().iter().any(|source| names.contains(&source[..]))
}

fn is_compiled(name: &[u8]) -> bool {
    let ends = |ending: &str| name.ends_with(ending.as_bytes());
    ENDINGS.iter().any(|(_, compiled)| ends(compiled)) || ALONE.iter().any(|ending| ends(ending))
}

/// Whether there is something in `__pycache__` that is compiled from the member of this name.
fn is_cached(name: &[u8], names: &BTreeSet<&[u8]>) -> bool {
    let Some(dot) = name.iter().rposition(|byte| *byte == b'.').filter(|_| is_source(name)) else { return false };
    let stem = name.get(..dot).unwrap_or_default();
    let slash = stem.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let (directory, stem) = stem.split_at(slash);
    let prefix = [directory, b"__pycache__/", stem, b"."].concat();
    names.range(&prefix[..]..).next().is_some_and(|name| name.starts_with(&prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_and_what_is_compiled_from_them_are_coupled() {
        let is = |name: &str, others: &[&str]| {
            let names: BTreeSet<&[u8]> = others.iter().chain([&name]).map(|name| name.as_bytes()).collect();
            Coupled::of(names).has(name.as_bytes())
        };
        for (one, other) in [
            ("a/x.py", "a/x.pyc"),
            ("x.py", "__pycache__/x.cpython-312.pyc"),
            ("a/x.py", "a/__pycache__/x.cpython-312.opt-1.pyc"),
            ("x.hy", "__pycache__/x.cpython-312.pyc"),
            ("x.py", "x$py.class"),
            ("core.clj", "core__init.class"),
            ("lisp/x.el", "lisp/x.elc"),
            ("functions/f", "functions/f.zwc"),
            ("guile/site/3.0/x.scm", "lib/guile/3.0/site-ccache/x.go"),
        ] {
            assert!(is(one, &[other]) && is(other, &[one]), "{one} {other}");
            assert!(!is(one, &["y"]) && !is(other, &["y"]), "{one} {other}");
        }
        assert!(!is("a/x.py", &["b/x.pyc", "a/xy.pyc", "a/__pycache__/xy.cpython-312.pyc"]));
        assert!(is("index.jsp", &[]));
    }
}
