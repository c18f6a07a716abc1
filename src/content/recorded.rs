//! What files record of others: a compiled module its source's time and size, a fontconfig cache its directory's time.
//!
//! Programs believe such a file only while the record fits, so another time alone, of either, can make other contents
//! count.

use std::borrow::Cow;
use std::sync::Arc;

pub use super::stamp::Stamp;
use super::{fontconfig, pyc};

/// Bytes at the start of a file that a record is in.
pub const HEAD: usize = 512;

/// What a file records of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The other file's path.
    pub path: Arc<[u8]>,
    /// Its time and what else is recorded of it.
    pub stamp: Stamp,
    /// Whether the other one is a directory.
    pub of_directory: bool,
}

impl Recorded {
    /// Whether this is what a program finds that looks at the other file. fontconfig believes every cache of a directory
    /// of 1970 (`FcCacheTimeValid`).
    pub fn fits(&self, actual: Stamp) -> bool {
        let same = self.stamp.seconds == actual.seconds && self.stamp.rest.is_none_or(|rest| Some(rest) == actual.rest);
        same || (self.of_directory && actual.seconds == 0)
    }
}

/// What the file at `path` that begins with `head` records; `None` where it records nothing that anybody checks.
pub fn recorded(path: &[u8], head: &[u8]) -> Option<Recorded> {
    if let Some((path, stamp)) = pyc::recorded(path, head) {
        return Some(Recorded { path: path.into(), stamp, of_directory: false });
    }
    let (path, stamp) = fontconfig::recorded(path, head)?;
    Some(Recorded { path: path.into(), stamp, of_directory: true })
}

/// The source of the compiled module at a path.
pub fn source_of_module(path: &[u8]) -> Option<Vec<u8>> {
    pyc::source(path)
}

/// The sources that a compiled module may be of which is in no `__pycache__` and has a tag in its name: Python keeps such
/// below the directory that `PYTHONPYCACHEPREFIX` names, by the path of the source.
pub fn sources_by_prefix(path: &[u8]) -> Vec<Vec<u8>> {
    pyc::sources_by_prefix(path)
}

/// What else the module in `__pycache__` at a path may be of than [`source_of_module`]: sources in other languages.
pub fn in_other_languages(path: &[u8]) -> Vec<Vec<u8>> {
    let source = pyc::source(path).filter(|_| is_in_pycache(path));
    source.map(|source| pyc::in_other_languages(&source)).unwrap_or_default()
}

/// Whether a module is where Python keeps those that it compiled itself.
pub fn is_in_pycache(path: &[u8]) -> bool {
    path.windows(12).any(|part| part == b"__pycache__/")
}

/// What modules go by in `__pycache__` that Python keeps of the file at a path where that has none of the endings of sources.
pub fn of_any_ending(path: &[u8]) -> Option<Vec<u8>> {
    (!is_source(path)).then(|| pyc::of_any_ending(path))
}

/// The path by which what records the source at another one is known: that of Python's source beside it.
pub fn known_as(source: &[u8]) -> Cow<'_, [u8]> {
    pyc::in_python(source).map_or(Cow::Borrowed(source), Cow::Owned)
}

/// Whether the module at a path may be of the source at another one, by which it is known: what is in no `__pycache__` is
/// of Python's alone.
pub fn may_be_of(module: &[u8], source: &[u8]) -> bool {
    pyc::in_python(source).is_none() || is_in_pycache(module) || !sources_by_prefix(module).is_empty()
}

/// Whether a file of this name may record anything.
pub fn may_record(path: &[u8]) -> bool {
    path.ends_with(b".pyc") || path.ends_with(b".pyo") || path.windows(7).any(|part| part == b".cache-")
}

/// Whether something of this name may be recorded elsewhere: the source of a module.
pub fn is_source(path: &[u8]) -> bool {
    pyc::is_source(path)
}

/// Whether a directory may be recorded elsewhere: one of fonts.
pub fn is_font_directory(path: &[u8]) -> bool {
    path.windows(4).any(|part| part.eq_ignore_ascii_case(b"font"))
}
