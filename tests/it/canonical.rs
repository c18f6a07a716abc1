//! The canonical digest: what it commits to, and what claims leave out of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use rayon::iter::{IndexedParallelIterator as _, IntoParallelIterator as _, ParallelIterator as _};
use reprove::explain::Explanation;
use reprove::finding::{Detail, Side, Sides};
use reprove::policy::{Date, Policy};
use reprove::report::{Report, json};
use reprove::source::progress::Progress;
use reprove::{Options, compare_images};

use crate::fixture;

/// Archives that are too long to be held.
mod long;
/// Payload and claimed bytes, changed on both sides.
mod payload;
/// Digests that must not change.
mod vectors;

/// Compares two images and computes their canonical digests.
fn compare(pair: Sides<&str>) -> Explanation {
    let mut options = Options::default();
    options.canonical_digest = true;
    options.date = Some(day());
    compare_images(pair.original, pair.rebuild, &options, &Arc::new(Progress::default())).unwrap()
}

/// A day after everything in the fixtures.
fn day() -> Date {
    Date::parse("2027-01-31").unwrap()
}

/// Every pair below `testdata/causes` and `testdata/attacks`.
fn pairs() -> Vec<PathBuf> {
    let below = |folder: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(folder);
        let folders = fs::read_dir(folder).unwrap().map(|folder| folder.unwrap().path());
        let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()));
        files.filter(|file| file.extension().is_some_and(|extension| extension == "json")).collect::<Vec<_>>()
    };
    let only = std::env::var("CAUSE").ok();
    let wanted = |file: &PathBuf| only.as_ref().is_none_or(|only| file.to_string_lossy().contains(&**only));
    below("causes").into_iter().chain(below("attacks")).filter(wanted).collect()
}

/// The digests are equal exactly when every finding is mapped away, and go with the images when these change places.
fn check(file: &Path) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let pair = fixture::build(file, folder.path())?.references;
    let (there, back) =
        (compare(pair.as_ref().map(String::as_str)), compare(pair.as_ref().map(String::as_str).swapped()));
    for (platform, mirrored) in there.platforms.iter().zip(&back.platforms) {
        let Some(digests) = platform.canonical_digest.clone() else {
            let details: Vec<_> = platform.gaps.iter().map(|gap| &gap.detail).collect();
            match details.iter().find(|detail| matches!(detail, Detail::NoForm { .. })) {
                None if !details.is_empty() => continue,
                _ => return Err(format!("there are no digests: {details:?}")),
            }
        };
        let open = platform.findings.iter().find(|explained| !explained.converges);
        match open {
            Some(open) if digests.same() => return Err(format!("one digest, in spite of {:?}", open.finding)),
            None if !digests.same() => return Err("two digests, and everything is claimed".to_owned()),
            _ => {}
        }
        if mirrored.canonical_digest.clone().map(Sides::swapped) != Some(digests) {
            return Err("other digests where the images change places".to_owned());
        }
    }
    Ok(())
}

#[test]
fn digests_are_equal_exactly_when_every_finding_is_mapped_away() {
    let wrong: Vec<String> = pairs()
        .into_par_iter()
        .filter_map(|file| Some(format!("{}: {}", file.display(), check(&file).err()?)))
        .collect();
    assert!(wrong.is_empty(), "{} pairs:\n{}", wrong.len(), wrong.join("\n"));
}

/// How many layers are opened without and with canonical digests.
fn opened(pair: &Path) -> (u64, u64) {
    let folder = tempfile::tempdir().unwrap();
    let pair = fixture::build(pair, folder.path()).unwrap().references;
    let opened = |canonical_digest: bool| {
        let mut options = Options::default();
        options.canonical_digest = canonical_digest;
        options.date = Some(day());
        compare_images(&pair.original, &pair.rebuild, &options, &Arc::default()).unwrap().layers_opened
    };
    (opened(false), opened(true))
}

#[test]
fn layers_are_read_once_more_and_only_where_all_in_them_is_claimed() {
    let causes = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/causes");
    let (without, with) = opened(&causes.join("tar-mtime/claimed.json"));
    assert_eq!(with, without + 2);
    let (without, with) = opened(&causes.join("machine-id/claimed.json"));
    assert_eq!(with, without, "what is random is in the form as the bytes that it is");
}

/// Where the layout of an image is, if it is in one.
fn layout(reference: &str) -> Option<&str> {
    reference.strip_prefix("oci:")?.strip_suffix(":latest")
}

/// What to hand to the other program: image, report and side, for both sides of a pair that has digests.
fn jobs(file: &Path, folder: &Path) -> Result<Vec<String>, String> {
    let pair = fixture::build(file, folder)?.references;
    let Some(layouts) = pair.as_ref().map(|reference| layout(reference).map(str::to_owned)).both() else {
        return Ok(Vec::new());
    };
    of_layouts(layouts.as_ref(), &folder.join("report.json"))
}

fn of_layouts(layouts: Sides<&String>, report: &Path) -> Result<Vec<String>, String> {
    let references = layouts.map(|layout| format!("oci:{layout}"));
    let explanation = compare(references.as_ref().map(String::as_str));
    if explanation.platforms.iter().all(|platform| platform.canonical_digest.is_none()) {
        return Ok(Vec::new());
    }
    let mut text = Vec::new();
    json::write(&Report::new(&explanation, &Policy::strict(), day(), "test"), &mut text).map_err(|e| e.to_string())?;
    fs::write(report, text).map_err(|error| error.to_string())?;
    let job = |side: Side| {
        let name = if side == Side::Original { "original" } else { "rebuild" };
        [layouts.get(side).to_string(), report.display().to_string(), name.to_owned()]
    };
    Ok(Side::BOTH.into_iter().flat_map(job).collect())
}

#[test]
fn another_program_computes_the_same_digests() {
    let folder = tempfile::tempdir().unwrap();
    let jobs: Vec<Vec<String>> = pairs()
        .into_par_iter()
        .enumerate()
        .map(|(number, file)| jobs(&file, &folder.path().join(number.to_string())).unwrap())
        .filter(|jobs| !jobs.is_empty())
        .collect();
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/first");
    let real = Sides::new("original", "rebuild").map(|side| real.join(side).display().to_string());
    let jobs = [jobs, vec![of_layouts(real.as_ref(), &folder.path().join("first.json")).unwrap()]].concat();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/canonical-digest");
    let output = Command::new("python3").arg(script).args(jobs.concat()).output().unwrap();
    let (out, trouble) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(trouble.is_empty(), "{trouble}");
    let other: Vec<&str> = out.lines().filter(|line| line.contains("and the report says")).collect();
    assert!(other.is_empty(), "{other:?}");
    let same = out.lines().filter(|line| line.starts_with("sha256:")).count();
    let cannot: Vec<&str> = out.lines().filter(|line| line.starts_with("cannot:")).collect();
    println!("{same} digests are the same, {} were not computed: {cannot:?}", cannot.len());
    if std::env::var("CAUSE").is_err() {
        assert!(same >= 1100, "only {same} digests were computed again: {cannot:?}");
    }
}
