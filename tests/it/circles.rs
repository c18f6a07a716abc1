//! No file of a module imports another one that leads back to it.
//!
//! A file and those in its own folder are one thing to whoever reads it: they may name each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::architecture::sources;

/// A file's place below the crate's root.
type Module = Vec<String>;

fn module_of(path: &str) -> Module {
    let path = path.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').map(str::to_owned).collect()
}

/// The paths that begin with `crate`, `super` or `self` in a piece of code, lists in braces one by one.
fn paths(code: &str) -> Vec<Vec<&str>> {
    let mut paths = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            // The second `super` of two is part of the path that begins with the first.
            if !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == ':') {
                expand(&code[at..], &mut Vec::new(), &mut paths);
            }
        }
    }
    paths
}

/// Takes in the paths of a tree of names; what is left of the code after it.
fn expand<'a>(code: &'a str, prefix: &mut Vec<&'a str>, paths: &mut Vec<Vec<&'a str>>) -> &'a str {
    let code = code.trim_start();
    if let Some(mut rest) = code.strip_prefix('{') {
        loop {
            rest = expand(rest, &mut prefix.clone(), paths).trim_start();
            // `as NAME` is of no interest.
            rest = rest.find([',', '}']).map_or("", |at| &rest[at..]);
            match rest.strip_prefix(',').map(str::trim_start) {
                Some(more) if !more.starts_with('}') => rest = more,
                Some(more) => return &more[1..],
                None => return rest.get(1..).unwrap_or(""),
            }
        }
    }
    let end = code.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(code.len());
    prefix.push(&code[..end]);
    match code[end..].strip_prefix("::") {
        Some(rest) => expand(rest, prefix, paths),
        None => {
            paths.push(prefix.clone());
            &code[end..]
        }
    }
}

/// The file that a path in the code of `own` leads to.
fn target(own: &Module, path: &[&str], modules: &BTreeSet<&Module>) -> Option<Module> {
    let mut place = match path.first() {
        Some(&"crate") => Module::new(),
        _ => own.clone(),
    };
    let mut found = None;
    for name in path {
        match *name {
            "crate" | "self" => {}
            "super" => drop(place.pop()),
            name => place.push(name.to_owned()),
        }
        found = modules.contains(&place).then(|| place.clone()).or(found);
    }
    found
}

fn circles(files: &BTreeMap<Module, String>) -> Vec<String> {
    let modules: BTreeSet<&Module> = files.keys().collect();
    let is_family = |one: &Module, other: &Module| one.starts_with(other) || other.starts_with(one);
    let imports = |(own, code): (_, &String)| -> BTreeSet<Module> {
        let targets = paths(code).into_iter().filter_map(|path| target(own, &path, &modules));
        targets.filter(|other| !is_family(own, other)).collect()
    };
    let imports: BTreeMap<&Module, BTreeSet<Module>> = files.iter().map(|file| (file.0, imports(file))).collect();
    let mut circles = BTreeSet::new();
    for own in files.keys() {
        let mut ways = BTreeMap::from([(own, None)]);
        let mut reached = vec![own];
        while let Some(next) = reached.pop() {
            for other in imports.get(next).into_iter().flatten() {
                if other == own {
                    let way = std::iter::successors(Some(next), |at| ways.get(*at).copied().flatten());
                    let mut names: Vec<String> = way.map(|module| module.join("::")).collect();
                    names.sort();
                    circles.insert(names.join(" and "));
                } else if !ways.contains_key(other) {
                    ways.insert(other, Some(next));
                    reached.push(other);
                }
            }
        }
    }
    circles.into_iter().collect()
}

#[test]
fn circles_are_seen_in_every_form() {
    let files = |list: &[(&str, &str)]| list.iter().map(|(path, code)| (module_of(path), (*code).to_owned())).collect();
    let found = circles(&files(&[
        ("a/mod.rs", "use self::one::X;"),
        ("a/one.rs", "use super::{Y, two::{Z as W, V}, three};"),
        ("a/two.rs", "fn f() { super::one::g() }"),
        ("a/three.rs", "use crate::{b, a::{four::A}};"),
        ("a/four.rs", "use super::super::a::five::B;"),
        ("a/five.rs", "use super::three;"),
        ("b.rs", "pub(in crate::a) fn f() {}"),
    ]));
    assert_eq!(found, ["a::five and a::four and a::three", "a::one and a::two"]);
}

#[test]
fn no_file_leads_back_to_itself() {
    let sources = sources();
    let tops = ["lib", "main", "cli"];
    let files = sources.iter().filter(|source| !source.is_test() && !tops.contains(&source.module.as_str()));
    let found = circles(&files.map(|source| (module_of(&source.path), source.code())).collect());
    assert!(found.is_empty(), "{}", found.join("\n"));
}
