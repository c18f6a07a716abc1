use std::collections::BTreeMap;

use reprove::digest::Digest;

use super::*;

/// Every blob in a cache has the digest that it is named by, and nothing is half written; returns how many there are.
fn assert_consistent(folder: &Path) -> usize {
    let mut files = Vec::new();
    home::below(folder, &mut files);
    let of = |part: &str| files.iter().filter(|file| file.starts_with(folder.join(part))).collect::<Vec<_>>();
    assert_eq!(of("tmp"), Vec::<&PathBuf>::new());
    let blobs = of("blobs");
    for file in &blobs {
        let digest = Digest::of(&fs::read(file).unwrap());
        assert_eq!(file.file_name().unwrap().to_str().unwrap(), digest.encoded(), "{}", file.display());
    }
    blobs.len()
}

#[test]
fn a_second_run_transfers_no_layer() {
    let stage = Stage::first(Abilities::default());
    stage.assert_truth(&stage.diff(&[]));
    let first = stage.server.take_log();
    assert!(first.iter().any(|exchange| exchange.request.path().contains("/blobs/")));
    assert!(assert_consistent(&stage.home.cache()) > 0);
    stage.assert_truth(&stage.diff(&[]));
    let second = stage.server.take_log();
    let blobs = second.iter().filter(|exchange| exchange.request.path().contains("/blobs/")).count();
    assert_eq!(blobs, 0, "blobs that are kept were transferred again");
    assert!(!second.is_empty(), "tags are resolved anew");
}

#[test]
fn nothing_is_kept_where_that_is_asked_for() {
    let stage = Stage::first(Abilities::default());
    stage.assert_truth(&stage.diff(&["--no-cache"]));
    let left: Vec<_> = stage.home.left_behind();
    assert_eq!(left, [], "something was kept");
}

#[test]
fn the_cache_is_where_the_user_says() {
    let stage = Stage::first(Abilities::default());
    let folder = stage.home.path("elsewhere/blobs");
    stage.assert_truth(&stage.diff(&["--cache-dir", folder.to_str().unwrap()]));
    assert!(assert_consistent(&folder) > 0);
    assert_eq!(stage.home.left_behind(), []);
}

#[test]
fn what_was_kept_is_verified_again() {
    let stage = Stage::first(Abilities::default());
    stage.assert_truth(&stage.diff(&[]));
    let mut files = Vec::new();
    home::below(&stage.home.cache(), &mut files);
    for file in files.iter().filter(|file| file.starts_with(stage.home.cache().join("blobs"))) {
        let mut bytes = fs::read(file).unwrap();
        bytes[0] ^= 1;
        fs::remove_file(file).unwrap();
        fs::write(file, bytes).unwrap();
    }
    // Either the blobs are fetched again, or the verdict says that they are broken; never that the images differ so.
    let run = stage.diff(&[]);
    match run.code {
        Some(2) => assert!(!run.gaps("integrity").is_empty(), "{}{}", run.out, run.err),
        _ => stage.assert_truth(&run),
    }
    stage.assert_truth(&stage.diff(&["--no-cache"]));
}

#[test]
fn a_cache_that_cannot_be_written_does_not_end_the_run() {
    let stage = Stage::first(Abilities::default());
    // A file where the directory should be.
    fs::write(stage.home.cache(), "in the way").unwrap();
    let run = stage.diff(&[]);
    match run.code {
        Some(2) => assert!(run.err.contains("cache"), "{}", run.err),
        _ => stage.assert_truth(&run),
    }
}

#[test]
fn processes_share_a_cache() {
    let stage = Stage::large(1 << 18);
    let truth = stage.truth(&[]);
    let Sides { original, rebuild } = stage.references();
    for _ in 0..3 {
        let start = || stage.home.command(&["diff", "--format", "json", &original, &rebuild]).spawn().unwrap();
        let children: Vec<_> = (0..4).map(|_| start()).collect();
        for child in children {
            let run = home::finish(child);
            assert_eq!((run.code, run.report_of_any_reference()), truth, "{}", run.err);
        }
        assert!(assert_consistent(&stage.home.cache()) > 0);
    }
}

#[test]
fn the_cache_can_be_listed_and_pruned() {
    let stage = Stage::first(Abilities::default());
    stage.assert_truth(&stage.diff(&[]));
    let kept = assert_consistent(&stage.home.cache());
    let sizes: BTreeMap<String, u64> = stage.home.left_behind().into_iter().collect();
    let list = stage.home.run(&["cache", "list"]);
    assert_eq!((list.code, list.err.as_str()), (Some(0), ""));
    let listed = list.out.matches("sha256:").count();
    assert_eq!(listed, kept, "{}\n{sizes:?}", list.out);
    let prune = stage.home.run(&["cache", "prune", "--all"]);
    assert_eq!(prune.code, Some(0), "{}", prune.err);
    assert_eq!(assert_consistent(&stage.home.cache()), 0);
    assert_eq!(stage.home.run(&["cache", "list"]).code, Some(0));
}
