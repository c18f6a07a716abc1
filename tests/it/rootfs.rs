//! The merged trees of layers made by chance against a file system in memory.

use std::path::Path;

use crate::{fixture, unpack};

/// Aliases, symlinks, whiteouts, opaque markers, hard links and replaced directories, as buildah unpacks them: where the
/// library answers, it says what is there.
#[test]
fn merged_trees_are_what_unpacking_makes() {
    let mut tally = unpack::Tally::default();
    for seed in 0..300 {
        let (layers, trees) = unpack::layers(seed, 5, false);
        let folder = tempfile::tempdir().unwrap();
        let text = unpack::pair(&layers, &trees);
        let pair = fixture::build_text(&text, Path::new(""), folder.path()).unwrap().references;
        let checked = unpack::check(&pair.original, &pair.rebuild, &trees, &mut tally);
        assert!(checked.is_ok(), "seed {seed}: {}\n{layers:#?}", checked.unwrap_err());
    }
    // Where names lead through symlinks runtimes differ, and there is no answer: that must not be most of it.
    assert!(tally.asked > 5_000 && tally.undecided * 2 < tally.asked, "{tally:?}");
}
