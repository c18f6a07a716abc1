//! The one model of paths: names cleaned, parents resolved through symlinks, whiteouts told by their name.
//!
//! containerd (`archive.Apply`) and buildah (`UnpackLayer`) clean a name before they look at it, as Go's `filepath.Clean`
//! does: `./`, `//`, `.`, `..` and trailing slashes are gone before any symlink is followed, and nothing leaves the root.
//! Then the directories of the path are resolved, symlinks from lower layers and from the same one included, inside the
//! root; the last component never is. Reports show the name as it is stored; whatever looks something up by meaning
//! asks this module for the path first.

use std::borrow::Cow;
use std::collections::VecDeque;

use crate::finding::Obstacle;

/// The file that makes a directory opaque (OCI image specification, layer.md, "Opaque Whiteout").
pub const OPAQUE: &[u8] = b".wh..wh..opq";
/// What the names of whiteouts begin with.
const WHITEOUT: &[u8] = b".wh.";
/// Bytes of the longest path that Linux takes (`PATH_MAX`, less its NUL) and of the longest name in one (`NAME_MAX`). What
/// is longer cannot be unpacked, so that nothing is claimed of where it lands; looking at all directories above it would
/// cost the square of its length.
pub const PATH_MAX: usize = 4095;
const NAME_MAX: usize = 255;
/// Symlinks that are followed for one path: Linux follows 40, containerd 255.
const LINKS: usize = 40;

/// The path that a name of an archive stands for, from the root, without a leading slash; empty for the root.
pub fn clean(name: &[u8]) -> Cow<'_, [u8]> {
    if is_clean(name) {
        return Cow::Borrowed(name);
    }
    let mut path = Vec::with_capacity(name.len());
    for component in name.split(|byte| *byte == b'/') {
        match component {
            b"" | b"." => {}
            b".." => path.truncate(parent(&path).len()),
            _ => {
                if !path.is_empty() {
                    path.push(b'/');
                }
                path.extend_from_slice(component);
            }
        }
    }
    Cow::Owned(path)
}

/// Whether a name is the path that it stands for.
pub fn is_clean(name: &[u8]) -> bool {
    name.is_empty() || !name.split(|byte| *byte == b'/').any(|component| matches!(component, b"" | b"." | b".."))
}

/// The directory that a path is in; empty for what is in the root, and for the root.
pub fn parent(path: &[u8]) -> &[u8] {
    path.iter().rposition(|byte| *byte == b'/').map_or(b"", |slash| path.get(..slash).unwrap_or_default())
}

/// The last component of the path that a name stands for; empty for the root.
pub fn file_name(name: &[u8]) -> &[u8] {
    let mut above = 0_usize;
    for component in name.rsplit(|byte| *byte == b'/') {
        match component {
            b"" | b"." => {}
            b".." => above += 1,
            _ if above > 0 => above -= 1,
            _ => return component,
        }
    }
    b""
}

/// The path of a name in a directory.
pub fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    if directory.is_empty() { name.to_vec() } else { [directory, b"/", name].concat() }
}

/// Whether a name says that what it names is a directory, or a symlink to be followed.
pub fn names_directory(name: &[u8]) -> bool {
    name.ends_with(b"/") || name.ends_with(b"/.")
}

/// What paths have in common that are one where case does not count, as on Windows: more than it takes for one there
/// (NTFS compares by a table of its own), and a backslash is a slash.
pub fn folded(path: &[u8]) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(path) else { return path.to_ascii_lowercase() };
    let simple = |character: char, mut mapped: std::char::ToUppercase| match (mapped.next(), mapped.next()) {
        (Some(upper), None) => upper,
        _ => character,
    };
    let fold = |character: char| match character {
        '\\' => '/',
        other => {
            let upper = simple(other, other.to_uppercase());
            let mut lower = upper.to_lowercase();
            lower.next().filter(|_| lower.next().is_none()).unwrap_or(upper)
        }
    };
    text.chars().map(fold).collect::<String>().into_bytes()
}

/// The directories that a path is in, nearest first, the root as the empty path last; none for the root.
pub fn ancestors(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::successors(Some(path), |path| (!path.is_empty()).then(|| parent(path))).skip(1)
}

/// Whether a path is below a directory, at any depth.
pub fn is_below(path: &[u8], directory: &[u8]) -> bool {
    directory.is_empty() && !path.is_empty()
        || path.strip_prefix(directory).is_some_and(|rest| rest.first() == Some(&b'/'))
}

/// What an entry of a whiteout's name hides (OCI image specification, layer.md, "Whiteouts").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whiteout<'a> {
    /// The sibling of this name.
    Of(&'a [u8]),
    /// Everything that the layers below have in the entry's directory.
    Opaque,
    /// `.wh.`, `.wh..` and `.wh...` name no sibling: containerd refuses such a layer, and buildah deletes the directory
    /// itself or fails, having deleted its parent.
    Malformed,
}

/// What an entry of this name hides: by its name alone, of whatever type it is, as runtimes take it.
pub fn whiteout(name: &[u8]) -> Option<Whiteout<'_>> {
    let name = file_name(name);
    Some(match name.strip_prefix(WHITEOUT)? {
        _ if name == OPAQUE => Whiteout::Opaque,
        b"" | b"." | b".." => Whiteout::Malformed,
        hidden => Whiteout::Of(hidden),
    })
}

/// The path that an entry at this path acts on: what a whiteout hides, the directory that an opaque marker empties, for
/// others the path itself.
pub fn acts_on(path: &[u8]) -> Cow<'_, [u8]> {
    match whiteout(path) {
        Some(Whiteout::Of(hidden)) => Cow::Owned(join(parent(path), hidden)),
        Some(Whiteout::Opaque | Whiteout::Malformed) => Cow::Borrowed(parent(path)),
        None => Cow::Borrowed(path),
    }
}

/// Whether a path, or a name in it, is longer than any system takes. Of a whiteout what it hides counts.
pub fn is_too_long(path: &[u8]) -> bool {
    let path = acts_on(path);
    path.len() > PATH_MAX || path.split(|byte| *byte == b'/').any(|name| name.len() > NAME_MAX)
}

/// What is at a path of a tree, as far as resolving asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Nothing.
    Nothing,
    /// A directory.
    Directory,
    /// A symbolic link to this.
    Symlink(Vec<u8>),
    /// Something that nothing can be below.
    Other,
}

/// Where an entry lands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The path without symlinks but for its last component.
    pub path: Vec<u8>,
    /// The symlinks that were followed, as paths without symlinks; where there are any, runtimes do not all agree:
    /// those that unpack a layer by itself (overlay) put a directory in the symlink's place.
    pub symlinks: Vec<Vec<u8>>,
}

/// Why an entry cannot land anywhere, so that no runtime can unpack it, or not every one can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unresolved {
    /// It is below something that is no directory.
    NotADirectory,
    /// It is below a symlink to nothing: containerd makes the directory, buildah fails.
    Dangling,
    /// There are too many symlinks on the way.
    Loop,
    /// It [is too long](is_too_long), or a symlink on the way is.
    TooLong,
}

impl Unresolved {
    /// The same of the entry that has the path.
    pub const fn obstacle(self) -> Obstacle {
        match self {
            Unresolved::NotADirectory => Obstacle::NotADirectory,
            Unresolved::Dangling => Obstacle::Dangling,
            Unresolved::Loop => Obstacle::Loop,
            Unresolved::TooLong => Obstacle::TooLong,
        }
    }
}

/// Resolves the directories of a cleaned path in a tree that `look` knows, as Linux does inside the root. Directories
/// that are not there are made by whoever unpacks.
///
/// # Errors
/// [`Unresolved`].
pub fn resolve(path: &[u8], look: &mut dyn FnMut(&[u8]) -> Node) -> Result<Resolved, Unresolved> {
    if is_too_long(path) {
        return Err(Unresolved::TooLong);
    }
    let mut symlinks = Vec::new();
    // Components to go, each with whether it is of a symlink's target: that has to be there.
    let mut rest: VecDeque<(Vec<u8>, bool)> = components(parent(path)).map(|component| (component, false)).collect();
    let mut directory = Vec::new();
    while let Some((component, has_to_be)) = rest.pop_front() {
        if component == b".." {
            directory.truncate(parent(&directory).len());
            continue;
        }
        let next = join(&directory, &component);
        if next.len() > PATH_MAX {
            return Err(Unresolved::TooLong);
        }
        match look(&next) {
            Node::Nothing if has_to_be => return Err(Unresolved::Dangling),
            Node::Directory | Node::Nothing => directory = next,
            Node::Other => return Err(Unresolved::NotADirectory),
            Node::Symlink(target) => {
                if is_too_long(&target) {
                    return Err(Unresolved::TooLong);
                }
                symlinks.push(next);
                if symlinks.len() > LINKS {
                    return Err(Unresolved::Loop);
                }
                if target.first() == Some(&b'/') {
                    directory.clear();
                }
                let target: Vec<_> = components(&target).map(|component| (component, true)).collect();
                target.into_iter().rev().for_each(|component| rest.push_front(component));
            }
        }
    }
    if !path.is_empty() {
        directory = join(&directory, file_name(path));
    }
    if is_too_long(&directory) {
        return Err(Unresolved::TooLong);
    }
    Ok(Resolved { path: directory, symlinks })
}

fn components(path: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let components = path.split(|byte| *byte == b'/');
    components.filter(|component| !matches!(*component, b"" | b".")).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_cleaned_as_go_does_it() {
        for (name, path) in [
            ("", ""),
            ("/", ""),
            ("./", ""),
            ("..", ""),
            ("usr/bin/app", "usr/bin/app"),
            ("/./usr//bin/./app/", "usr/bin/app"),
            ("a/../usr/lib", "usr/lib"),
            ("../../etc/shadow", "etc/shadow"),
            ("a/b/../../../c/..", ""),
            ("a/...", "a/..."),
            ("a/.wh..", "a/.wh.."),
        ] {
            assert_eq!(clean(name.as_bytes()), path.as_bytes(), "{name}");
            assert_eq!(is_clean(name.as_bytes()), name == path, "{name}");
        }
    }

    #[test]
    fn what_is_above_and_below() {
        let above: Vec<&[u8]> = ancestors(b"usr/lib/x").collect();
        assert_eq!(above, [&b"usr/lib"[..], b"usr", b""]);
        assert_eq!(ancestors(b"").count(), 0);
        assert!(is_below(b"usr/lib", b"usr") && is_below(b"usr", b"") && is_below(b"usr/lib/x", b"usr"));
        assert!(!is_below(b"usr", b"usr") && !is_below(b"usrlib", b"usr") && !is_below(b"", b""));
    }

    #[test]
    fn names_fold_to_one_where_case_does_not_count() {
        for name in ["Files/App.exe", "files/APP.EXE", "Files\\app.exe"] {
            assert_eq!(folded(name.as_bytes()), b"files/app.exe", "{name}");
        }
        assert_eq!(folded("\u{c4}\u{17f}\u{212a}\u{df}".as_bytes()), "\u{e4}sk\u{df}".as_bytes());
        assert_eq!(folded(b"A\xff"), b"a\xff");
        assert_ne!(folded(b"a"), folded(b"b"));
    }

    #[test]
    fn whiteouts_go_by_their_names() {
        assert_eq!(whiteout(b"usr/.wh.lib"), Some(Whiteout::Of(b"lib")));
        assert_eq!(whiteout(b"usr/.wh..wh..opq"), Some(Whiteout::Opaque));
        assert_eq!(whiteout(b".wh...."), Some(Whiteout::Of(b"...")));
        for name in [&b".wh."[..], b"a/.wh..", b"a/.wh..."] {
            assert_eq!(whiteout(name), Some(Whiteout::Malformed));
        }
        assert_eq!(whiteout(b"usr/.wh.lib/x"), None);
        assert_eq!(acts_on(b"usr/.wh.lib"), &b"usr/lib"[..]);
        assert_eq!(acts_on(b".wh.lib"), &b"lib"[..]);
        assert_eq!(acts_on(b"usr/.wh..wh..opq"), &b"usr"[..]);
        assert_eq!(acts_on(b"usr/lib"), &b"usr/lib"[..]);
    }

    fn resolved(tree: &[(&str, &str)], path: &str) -> Result<(String, usize), Unresolved> {
        let tree: BTreeMap<&[u8], &str> = tree.iter().map(|(path, what)| (path.as_bytes(), *what)).collect();
        let mut look = |path: &[u8]| match tree.get(path) {
            None => Node::Nothing,
            Some(&"dir") => Node::Directory,
            Some(&"file") => Node::Other,
            Some(target) => Node::Symlink(target.as_bytes().to_vec()),
        };
        let landed = resolve(path.as_bytes(), &mut look)?;
        Ok((String::from_utf8(landed.path).unwrap(), landed.symlinks.len()))
    }

    #[test]
    fn parents_are_resolved_inside_the_root_and_the_last_component_is_not() {
        let tree = [
            ("usr", "dir"),
            ("usr/lib", "dir"),
            ("lib", "usr/lib"),
            ("usr/self", "../../../usr"),
            ("abs", "/usr/lib/"),
            ("twice", "lib/../lib"),
            ("gone", "nowhere"),
            ("round", "./round"),
            ("file", "file"),
        ];
        let at = |path: &str, symlinks| Ok((path.to_owned(), symlinks));
        assert_eq!(resolved(&tree, "lib/x"), at("usr/lib/x", 1));
        assert_eq!(resolved(&tree, "lib"), at("lib", 0));
        assert_eq!(resolved(&tree, "lib/new/deep/x"), at("usr/lib/new/deep/x", 1));
        assert_eq!(resolved(&tree, "usr/self/lib/x"), at("usr/lib/x", 1));
        assert_eq!(resolved(&tree, "abs/x"), at("usr/lib/x", 1));
        assert_eq!(resolved(&tree, "twice/x"), at("usr/lib/x", 2), "lib/.. is usr, not the root");
        assert_eq!(resolved(&tree, "new/x"), at("new/x", 0));
        assert_eq!(resolved(&tree, "gone/x"), Err(Unresolved::Dangling));
        assert_eq!(resolved(&tree, "round/x"), Err(Unresolved::Loop));
        assert_eq!(resolved(&tree, "file/x"), Err(Unresolved::NotADirectory));
        assert_eq!(resolved(&tree, ""), at("", 0));
        let long = "x/".repeat(PATH_MAX / 2);
        let long = &long[..PATH_MAX - 4];
        assert!(resolved(&tree, &format!("lib/{long}")) == Err(Unresolved::TooLong), "in usr/lib");
        assert!(resolved(&tree, &format!("usr/{long}")) == at(&format!("usr/{long}"), 0));
        assert!(resolved(&tree, &format!("usrs/{long}")) == Err(Unresolved::TooLong));
        let name = "x".repeat(NAME_MAX);
        assert!(resolved(&tree, &format!("usr/{name}/x")).is_ok() && resolved(&tree, &format!(".wh.{name}")).is_ok());
        for path in [format!("usr/{name}x/x"), format!("usr/{name}x"), format!("usr/.wh.{name}x")] {
            assert!(resolved(&tree, &path) == Err(Unresolved::TooLong));
        }
        let target = "./".repeat(PATH_MAX);
        assert!(resolved(&[("far", &target[..])], "far/x") == Err(Unresolved::TooLong));
    }

    proptest! {
        #[test]
        fn cleaning_cleans_and_changes_nothing_that_is_clean(name in "[ab./]{0,12}") {
            let path = clean(name.as_bytes()).into_owned();
            prop_assert!(is_clean(&path));
            prop_assert_eq!(&clean(&path)[..], &path[..]);
            let longer = format!("/./{name}//");
            prop_assert_eq!(&clean(longer.as_bytes())[..], &path[..]);
            prop_assert_eq!(file_name(name.as_bytes()), file_name(&path));
        }
    }
}
