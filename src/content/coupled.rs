//! Members whose times are compared by what runs them: sources, and what was compiled from them.
//!
//! CPython's `zipimport` runs `a.pyc` where its header has the time of the member `a.py`, and compiles `a.py` where it has
//! not. Clojure loads `a__init.class` unless `a.clj` is newer, Jython `a$py.class` likewise; JSP engines compile pages again
//! that are newer than their class.

use std::collections::BTreeSet;

use crate::content::recorded::{source_of_module, sources_by_prefix};

/// Endings of sources, and of what is compiled from them into the same directory.
const ENDINGS: &[(&str, &str)] =
    &[(".py", ".pyc"), (".py", ".pyo"), (".py", "$py.class"), (".clj", "__init.class"), (".cljc", "__init.class")];

/// Endings of sources whose classes can have any name.
const ALONE: &[&str] = &[".jsp", ".jspx", ".jspf", ".tag", ".tagx"];

/// Whether the member of this name, or the source or class of it beside it, is taken or not by its time.
pub(in crate::content) fn is(name: &[u8], names: &BTreeSet<&[u8]>) -> bool {
    let beside = |from: &str, to: &str| {
        let stem = name.strip_suffix(from.as_bytes());
        stem.is_some_and(|stem| names.contains(&[stem, to.as_bytes()].concat()[..]))
    };
    let alone = ALONE.iter().any(|ending| name.ends_with(ending.as_bytes()));
    alone
        || ENDINGS.iter().any(|(source, compiled)| beside(source, compiled) || beside(compiled, source))
        || is_cached(name, names)
        || source_of_module(name).is_some_and(|source| names.contains(&source[..]))
        || sources_by_prefix(name).iter().any(|source| names.contains(&source[..]))
}

/// Whether something of this name is compiled from a source, or one of which nobody knows what is compiled from it.
pub(in crate::content) fn is_compiled(name: &[u8]) -> bool {
    let ends = |ending: &str| name.ends_with(ending.as_bytes());
    ENDINGS.iter().any(|(_, compiled)| ends(compiled)) || ALONE.iter().any(|ending| ends(ending))
}

/// Whether there is something in `__pycache__` that is compiled from the member of this name.
fn is_cached(name: &[u8], names: &BTreeSet<&[u8]>) -> bool {
    let Some(stem) = name.strip_suffix(b".py") else { return false };
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
            is(name.as_bytes(), &names)
        };
        for (one, other) in [
            ("a/x.py", "a/x.pyc"),
            ("x.py", "__pycache__/x.cpython-312.pyc"),
            ("a/x.py", "a/__pycache__/x.cpython-312.opt-1.pyc"),
            ("x.py", "x$py.class"),
            ("core.clj", "core__init.class"),
        ] {
            assert!(is(one, &[other]) && is(other, &[one]), "{one} {other}");
            assert!(!is(one, &["y"]) && !is(other, &["y"]), "{one} {other}");
        }
        assert!(!is("a/x.py", &["b/x.pyc", "a/xy.pyc", "a/__pycache__/xy.cpython-312.pyc"]));
        assert!(is("index.jsp", &[]));
    }
}
