//! What ties caches to their sources, by their paths.

use crate::image::path::{file_name, parent};

/// The path without the ending, where it has one of these.
pub(super) fn ends(path: &[u8], endings: &[&str]) -> Vec<Vec<u8>> {
    let stem = endings.iter().find_map(|ending| path.strip_suffix(ending.as_bytes()));
    stem.map(<[u8]>::to_vec).into_iter().collect()
}

pub(super) fn holds(path: &[u8], part: &[u8]) -> bool {
    path.windows(part.len()).any(|window| window == part)
}

pub(super) fn components(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/')
}

/// Directories of the way to a source that may be in the name that it is loaded by.
const DEEP: usize = 64;

/// The path from each of its directories on.
pub(super) fn tails(path: Vec<u8>) -> Vec<Vec<u8>> {
    let starts = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at + 1);
    let starts: Vec<usize> = [0].into_iter().chain(starts).collect();
    let tail = |start: &usize| path.get(*start..).unwrap_or_default().to_vec();
    starts.iter().rev().take(DEEP).map(tail).collect()
}

/// Whether a file is one of the user's own of zsh, or in a directory that is zsh's by its name.
pub(super) fn is_of_zsh(path: &[u8]) -> bool {
    path.starts_with(b".z") || path.windows(3).any(|part| part == b"zsh" || part == b"/.z")
}

/// `ice-9/x` of `usr/lib/guile/3.0/ccache/ice-9/x.go`, and `usr/x` of `root/.cache/guile/ccache/3.0-LE-8-4.6/usr/x.scm.go`.
pub(super) fn guile(path: &[u8]) -> Option<Vec<u8>> {
    let stem = path.strip_suffix(b".go")?;
    let names: Vec<&[u8]> = components(stem).collect();
    let cache = names.iter().rposition(|name| matches!(*name, b"ccache" | b"site-ccache"))?;
    let below = names.get(cache + 1..)?;
    let compiled =
        below.split_first().and_then(|(_, path)| ends(&path.join(&b'/'), &[".scm", ".sls", ".sld", ".ss"]).pop());
    Some(compiled.unwrap_or_else(|| below.join(&b'/')))
}

/// `app/run` of `root/.cache/guile/ccache/3.0-LE-8-4.6/app/run.go`.
pub(super) fn guile_script(path: &[u8]) -> Option<Vec<u8>> {
    let names: Vec<&[u8]> = components(path.strip_suffix(b".go")?).collect();
    let (version, script) = names.get(names.iter().rposition(|name| *name == b"ccache")? + 1..)?.split_first()?;
    let is_fallback = version.contains(&b'-') && script.last().is_some_and(|name| !name.contains(&b'.'));
    is_fallback.then(|| script.join(&b'/'))
}

/// `x.html` of `HASH_0.file.x.html.php`.
pub(super) fn smarty(path: &[u8]) -> Option<Vec<u8>> {
    const KIND: &[u8] = b".file.";
    let name = file_name(path).strip_suffix(b".php")?;
    let (hash, rest) = name.split_at_checked(40)?;
    let kind = rest.windows(KIND.len()).position(|part| part == KIND)?;
    let is_hash = hash.iter().all(u8::is_ascii_hexdigit);
    rest.get(kind + KIND.len()..).filter(|_| is_hash).map(<[u8]>::to_vec)
}

/// `init.lua` of `.cache/nvim/luac/%2froot%2f.config%2fnvim%2finit.luac`.
pub(super) fn neovim(path: &[u8]) -> Option<Vec<u8>> {
    let source = file_name(path).strip_suffix(b"c").filter(|source| source.ends_with(b".lua"))?;
    let from = source.windows(3).rposition(|part| part.eq_ignore_ascii_case(b"%2f"))? + 3;
    (file_name(parent(path)) == b"luac").then(|| source.get(from..).map(<[u8]>::to_vec))?
}

/// `x` of `native-lisp/29.1-a0b1c2d3/x-0011aabb-ccdd2233.eln`.
pub(super) fn native(path: &[u8]) -> Option<Vec<u8>> {
    let mut name = file_name(path).strip_suffix(b".eln")?;
    for _ in 0..2 {
        let (rest, hash) = name.split_at_checked(name.len().checked_sub(9)?)?;
        let is_hash =
            hash.split_first().is_some_and(|(dash, hash)| *dash == b'-' && hash.iter().all(u8::is_ascii_hexdigit));
        name = Some(rest).filter(|_| is_hash)?;
    }
    Some(name.to_vec())
}

/// `a/x.rkt` of `a/compiled/x_rkt.zo`.
pub(super) fn racket(path: &[u8]) -> Option<Vec<u8>> {
    let directory = parent(path);
    let directory = if directory == b"compiled" { b"" } else { directory.strip_suffix(b"compiled")? };
    let name = file_name(path).strip_suffix(b".zo")?;
    let ending = name.iter().rposition(|byte| *byte == b'_')?;
    Some([directory, name.get(..ending)?, b".", name.get(ending + 1..)?].concat())
}

/// `a/x` of `a/x.fasl` and of `root/.cache/common-lisp/sbcl-2.2.9/a/x.fasl`.
pub(super) fn lisp(path: &[u8]) -> Option<Vec<u8>> {
    let stem = ends(path, &[".fasl", ".fas", ".lx64fsl", ".lx32fsl", ".dx64fsl", ".abcl"]).pop()?;
    let names: Vec<&[u8]> = components(&stem).collect();
    let cache = names.iter().rposition(|name| *name == b"common-lisp");
    Some(cache.and_then(|cache| names.get(cache + 2..)).map_or_else(|| stem.clone(), |path| path.join(&b'/')))
}

/// Archives and caches of classes but those that a JDK brings of its own modules, whose time is not looked at.
pub(super) fn shared_classes(path: &[u8]) -> Option<Vec<u8>> {
    let own = [&b"lib/server"[..], b"lib/client", b"lib/minimal"].iter().any(|own| parent(path).ends_with(own));
    let own = own && file_name(path).starts_with(b"classes");
    ((path.ends_with(b".jsa") || path.ends_with(b".aot")) && !own).then(Vec::new)
}

/// `a/x.php` of `var/cache/opcache/0123456789abcdef0123456789abcdef/a/x.php.bin`.
pub(super) fn opcache(path: &[u8]) -> Option<Vec<u8>> {
    let names: Vec<&[u8]> = components(path.strip_suffix(b".bin")?).collect();
    let is_hash = |name: &&[u8]| name.len() == 32 && name.iter().all(u8::is_ascii_hexdigit);
    names.iter().position(is_hash).and_then(|hash| names.get(hash + 1..)).map(|path| path.join(&b'/'))
}

/// Compiled sources of Ruby, YAML and JSON.
pub(super) fn bootsnap(path: &[u8]) -> Option<Vec<u8>> {
    let mut names = components(path).skip_while(|name| *name != b"bootsnap");
    names.any(|name| name.starts_with(b"compile-cache")).then(Vec::new)
}

/// `.babel.7.29.0.development.json` of `node_modules/.cache/@babel/register`, and `.babel.json`, as Babel 6 called it in a
/// directory of the user's.
pub(super) fn is_of_babel(path: &[u8]) -> bool {
    let name = file_name(path);
    let is_of_7 =
        name.starts_with(b".babel.") && name.ends_with(b".json") && parent(path).ends_with(b"@babel/register");
    is_of_7 || name == b".babel.json"
}

/// Templates of Template Toolkit by the name, and what is compiled from them.
pub(super) fn is_template(path: &[u8]) -> bool {
    let template = ends(path, &[".ttc", ".ttc2"]).pop();
    !ends(template.as_deref().unwrap_or(path), &[".tt", ".tt2"]).is_empty()
}

/// `app/S.xsh` of `root/.local/share/xonsh/xonsh_script_cache/app/_s_.xsh.cpython-311`.
pub(super) fn xonsh(path: &[u8]) -> Option<Vec<u8>> {
    const DIRECTORY: &[u8] = b"xonsh_script_cache/";
    let below = path.windows(DIRECTORY.len()).position(|part| part == DIRECTORY)? + DIRECTORY.len();
    let name = path.get(below..)?;
    let mut escaped = name.get(..name.iter().rposition(|byte| *byte == b'.')?)?.iter();
    let mut source = Vec::new();
    while let Some(byte) = escaped.next() {
        source.push(if *byte == b'_' { escaped.next()?.to_ascii_uppercase() } else { *byte });
    }
    Some(source)
}
