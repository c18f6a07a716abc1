//! Directories of packages, whose times npm holds its lists of them against.

use super::keys::components;

/// Directories of the way to a package that may be such as hold packages.
const DEEP: usize = 16;

/// The directories with a list of packages that a directory is looked at for: itself, scopes and packages in it, and those that
/// packages hold in turn.
pub(super) fn packages(path: &[u8]) -> Vec<Vec<u8>> {
    let names: Vec<&[u8]> = components(path).collect();
    let holds = |at: &usize| names.get(*at) == Some(&&b"node_modules"[..]);
    let is_of = |at: &usize| names.get(at + 1..).is_some_and(is_looked_at);
    let key = |at: usize| names.get(..=at).unwrap_or_default().join(&b'/');
    (0..names.len()).filter(holds).take(DEEP).filter(is_of).map(key).collect()
}

/// Whether npm looks at the time of a directory by its path below that with the list (`assertNoNewer`): not at those below a
/// package that hold others, nor at what begins with a dot.
fn is_looked_at(mut names: &[&[u8]]) -> bool {
    if names.is_empty() {
        return true;
    }
    loop {
        let scoped = names.first().is_some_and(|name| name.starts_with(b"@"));
        let Some((name, below)) = names.get(usize::from(scoped)..).and_then(<[_]>::split_first) else { return scoped };
        if name.starts_with(b".") {
            return false;
        }
        names = match below {
            [] => return true,
            [b"node_modules", below @ ..] if !below.is_empty() => below,
            _ => return false,
        };
    }
}
