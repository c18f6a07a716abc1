//! What ties caches whose names are hashes, and directories, to what they are made from.

use super::keys::{components, ends};
use crate::image::path::{file_name, parent};

/// Endings of templates of Mako that are looked for.
pub(super) const MAKO: &[&str] = &[".mako", ".mak", ".html", ".htm", ".txt"];

/// `x.html` of `cache/x.html.py`.
pub(super) fn mako(path: &[u8]) -> Option<Vec<u8>> {
    let template = file_name(path).strip_suffix(b".py")?;
    (!ends(template, MAKO).is_empty()).then(|| template.to_vec())
}

/// `storage/framework/views/HASH.php`: SHA-1, or XXH128 since Laravel 10.
pub(super) fn blade(path: &[u8]) -> bool {
    parent(path).ends_with(b"views") && is_hash(path, &[32, 40]).is_some()
}

/// `cache/twig/01/HASH.php`: SHA-256, or XXH128 since PHP 8.1.
pub(super) fn twig(path: &[u8]) -> bool {
    let above = file_name(parent(path));
    is_hash(path, &[32, 64]).is_some_and(|hash| above.len() == 2 && hash.starts_with(above))
}

/// The hash that is the name of a file of PHP.
fn is_hash<'a>(path: &'a [u8], lengths: &[usize]) -> Option<&'a [u8]> {
    let hash = file_name(path).strip_suffix(b".php")?;
    (lengths.contains(&hash.len()) && hash.iter().all(u8::is_ascii_hexdigit)).then_some(hash)
}

/// Directories of compiled templates and containers: `sites/default/files/php/twig/NAME`.
pub(super) fn is_of_drupal(directory: &[u8]) -> bool {
    let mut names = components(directory).rev().skip(1);
    names.next().is_some_and(|name| matches!(name, b"twig" | b"service_container")) && names.next() == Some(b"php")
}

/// `javasharedresources/C290M11F1A64P_NAME_G43L00`.
pub(super) fn openj9(path: &[u8]) -> bool {
    let name = file_name(path);
    let digits_behind = |letter: u8| name.first() == Some(&letter) && name.get(1).is_some_and(u8::is_ascii_digit);
    let generation = name.rsplit(|byte| *byte == b'_').next().unwrap_or_default();
    let is_generation = generation.starts_with(b"G") && generation.contains(&b'L');
    digits_behind(b'C') && is_generation && name.iter().filter(|byte| **byte == b'_').count() >= 2
}

pub(super) fn usr(path: &[u8]) -> Vec<Vec<u8>> {
    if path == b"usr" { vec![Vec::new()] } else { Vec::new() }
}

pub(super) fn updated(path: &[u8]) -> Option<Vec<u8>> {
    matches!(path, b"etc/.updated" | b"var/.updated").then(Vec::new)
}

/// Directories of a theme of icons.
pub(super) fn is_of_icons(directory: &[u8]) -> bool {
    parent(directory).ends_with(b"icons")
}
