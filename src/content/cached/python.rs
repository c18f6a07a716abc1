//! The part of the table that is of Python's programs.

use md5::{Digest, Md5};

use super::keys::ends;
use super::{Rule, Takes};
use crate::image::path::{file_name, parent};

/// Those of lib2to3 in black and yapf, Numba, stevedore and jieba were seen.
pub(super) const PYTHON: &[Rule] = &[
    // `lib2to3.pgen2.driver._newer`: what is unpickled may be any code. black and yapf have copies of it, and keep what they
    // pickled in a directory of the user's.
    Rule {
        program: "lib2to3",
        takes: Takes::NotOlder(1),
        source: |path| ends(file_name(path), &[".txt"]).into_iter().filter(|stem| stem.ends_with(b"Grammar")).collect(),
        cache: grammar,
        named: None,
    },
    // `_get_source_stamp` (numba/core/caching.py): machine code of the functions of a module, ...
    Rule { program: "Numba", takes: Takes::Recorded, source: |path| ends(path, &[".py"]), cache: numba, named: None },
    // ... and below `NUMBA_CACHE_DIR` or a directory of the user's, in one that the directory of the module names.
    Rule {
        program: "Numba",
        takes: Takes::Recorded,
        source: |path| ends(path, &[".py"]).iter().map(|stem| below_its_directory(stem)).collect(),
        cache: numba_elsewhere,
        named: None,
    },
    // `_hash_settings_for_path` (stevedore/_cache.py): the name is a hash of the times of the directories of `sys.path`, of
    // which the first one is that of the script, and of the lists of entry points in them.
    Rule {
        program: "stevedore",
        takes: Takes::Recorded,
        source: |path| if is_of_entry_points(path) { vec![Vec::new()] } else { Vec::new() },
        cache: |path| entry_points(path).then(Vec::new),
        named: None,
    },
    // `Tokenizer.initialize` (jieba/__init__.py): words of a dictionary that is not its own.
    Rule {
        program: "jieba",
        takes: Takes::Newer(1),
        source: |path| ends(path, DICTIONARIES).iter().map(|_| md5_of_absolute(path)).collect(),
        cache: |path| {
            let hash = file_name(path).strip_prefix(b"jieba.u")?.strip_suffix(b".cache")?;
            is_hash(hash, 32).then(|| hash.to_vec())
        },
        named: None,
    },
];

/// Endings of lists of words.
const DICTIONARIES: &[&str] = &[".txt", ".dict", ".dic"];

/// `Grammar` of `Grammar3.11.4.final.0.pickle`, `PatternGrammar` of `PatternGrammar-py3.11.4.final.0.pickle`.
fn grammar(path: &[u8]) -> Option<Vec<u8>> {
    let stem = file_name(path).strip_suffix(b".pickle")?;
    let stem = stem.get(..stem.iter().position(u8::is_ascii_digit)?)?;
    let stem = stem.strip_suffix(b"-py").unwrap_or(stem);
    stem.ends_with(b"Grammar").then(|| stem.to_vec())
}

/// `a/x` of `a/__pycache__/x.f-12.py311.nbi`.
fn numba(path: &[u8]) -> Option<Vec<u8>> {
    let directory = path.strip_suffix(file_name(path))?.strip_suffix(b"__pycache__/")?;
    Some([directory, module_of_index(path)?].concat())
}

/// `app/x` of `NUMBA_CACHE_DIR/app_HASH/x.f-12.py311.nbi`.
fn numba_elsewhere(path: &[u8]) -> Option<Vec<u8>> {
    let directory = file_name(parent(path));
    let (name, hash) = directory.split_at_checked(directory.len().checked_sub(40)?)?;
    let name = name.strip_suffix(b"_").filter(|_| is_hash(hash, 40))?;
    Some([name, b"/", module_of_index(path)?].concat())
}

fn module_of_index(path: &[u8]) -> Option<&[u8]> {
    let stem = file_name(path).strip_suffix(b".nbi")?;
    stem.get(..stem.iter().position(|byte| *byte == b'.')?)
}

/// The last two names of a path.
fn below_its_directory(path: &[u8]) -> Vec<u8> {
    [file_name(parent(path)), b"/", file_name(path)].concat()
}

/// Whether a file is a list of entry points: `.cache/python-entrypoints/HASH`.
pub(super) fn entry_points(path: &[u8]) -> bool {
    file_name(parent(path)) == b"python-entrypoints" && is_hash(file_name(path), 64)
}

/// Directories that Python has modules in, those of scripts, and what packages say of their entry points.
fn is_of_entry_points(path: &[u8]) -> bool {
    let name = file_name(path);
    matches!(name, b"site-packages" | b"dist-packages" | b"lib-dynload" | b"bin" | b"entry_points.txt")
        || name.strip_prefix(b"python3").is_some_and(|version| version.iter().all(|byte| !byte.is_ascii_alphabetic()))
}

fn md5_of_absolute(path: &[u8]) -> Vec<u8> {
    let digest = Md5::new().chain_update(b"/").chain_update(path).finalize();
    digest.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
}

fn is_hash(text: &[u8], digits: usize) -> bool {
    text.len() == digits && text.iter().all(u8::is_ascii_hexdigit)
}
