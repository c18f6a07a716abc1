//! What ties other files to what is known of them by their times: pages of manuals, plugins, files of a working copy.

use super::keys::components;
use crate::image::path::{ancestors, file_name, parent};

/// `de/1/x.1.gz` of `usr/share/man/de/man1/x.1.gz` and of `var/cache/man/de/cat1/x.1.gz`, by what the directory of the
/// section begins with.
pub(super) fn page(path: &[u8], kind: &[u8]) -> Option<Vec<u8>> {
    let (section, name) = (file_name(parent(path)), file_name(path));
    let number = section.strip_prefix(kind).filter(|number| number.first().is_some_and(u8::is_ascii_alphanumeric))?;
    let language = file_name(parent(parent(path)));
    let language = if language == b"man" { b"" } else { language };
    let name = [&b".gz"[..], b".xz", b".bz2", b".zst"].iter().find_map(|end| name.strip_suffix(*end)).unwrap_or(name);
    components(path).any(|name| name == b"man").then(|| [language, b"/", number, b"/", name].concat())
}

/// Whether a file is a plugin in a directory of this name.
pub(super) fn is_plugin(path: &[u8], program: &[u8]) -> bool {
    path.ends_with(b".so") && components(parent(path)).any(|name| name == program)
}

/// The directory of a working copy, by the file that knows of its files.
pub(super) fn working_copy(path: &[u8], known: &[u8]) -> Option<Vec<u8>> {
    let directory = path.strip_suffix(known)?;
    (directory.is_empty() || directory.ends_with(b"/")).then(|| parent(parent(path)).to_vec())
}

/// Directories that a file is in which may be a working copy.
const MOST: usize = 64;

pub(super) fn above(path: &[u8]) -> Vec<Vec<u8>> {
    ancestors(path).take(MOST).map(<[u8]>::to_vec).collect()
}
