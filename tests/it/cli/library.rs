//! What the program prints is what the library writes: a few pairs, where `tests/pairs` compares all of them in-process.

use std::sync::Arc;

use reprove::policy::{Date, Policy};
use reprove::report::{Report, json, text};
use reprove::source::progress::Progress;
use reprove::{Options, compare_images};

use super::*;

const DAY: &str = "2027-01-31";

/// A fixture of each claim, and one that claims nothing.
const PAIRS: [&str; 7] = [
    "causes/pyc-header-mtime/claimed.json",
    "causes/pyc-header-mtime/look-alike.json",
    "causes/machine-id/claimed.json",
    "causes/dpkg-log/claimed.json",
    "causes/base-image-drift/claimed.json",
    "causes/pyc-stale-after-clamp/claimed.json",
    "attacks/whiteouts/red-dot-name.json",
];

/// The JSON report and the full text, as the library writes them.
fn written(pair: &Images) -> [String; 2] {
    let date = Date::parse(DAY).unwrap();
    let mut options = Options::default();
    options.date = Some(date);
    let Sides { original, rebuild } = &pair.references;
    let explanation = compare_images(original, rebuild, &options, &Arc::new(Progress::default())).unwrap();
    let report = Report::new(&explanation, &Policy::default_policy(), date, env!("CARGO_PKG_VERSION"));
    let options = text::Options::plain(100, text::Detail::Verbose);
    let (mut as_json, mut as_text) = (Vec::new(), Vec::new());
    json::write(&report, &mut as_json).unwrap();
    text::write(&report, &options, &mut as_text).unwrap();
    [as_json, as_text].map(|bytes| String::from_utf8(bytes).unwrap())
}

#[test]
fn the_program_prints_what_the_library_writes() {
    for name in PAIRS {
        let directory = tempfile::tempdir().unwrap();
        let references =
            fixture::build(&repository().join("testdata").join(name), directory.path()).unwrap().references;
        let pair = Images { references, directory };
        for (format, written) in ["json", "text"].into_iter().zip(written(&pair)) {
            let run = diff(&pair, &["--date", DAY, "--format", format, "--verbose"]);
            assert_eq!(run.out, written, "{name} as {format}");
            if format == "json" {
                let passes = ["identical", "equivalent"].iter().any(|good| run.report()["verdict"] == *good);
                assert_eq!(run.code == Some(0), passes, "{name}");
            }
        }
    }
}

#[test]
fn real_images_make_the_same_reports_by_one_thread_and_from_temporary_files() {
    for name in ["first", "multi"] {
        let side = |side: &str| repository().join("testdata").join(name).join(side).to_str().unwrap().to_owned();
        let arguments = |format, more: &[&'static str]| {
            [vec!["--date", DAY, "--format", format, "--verbose"], more.to_vec()].concat()
        };
        for format in ["json", "text"] {
            let printed = |threads: &str, more: &[&'static str]| {
                let mut command = program();
                command.args(["diff", &side("original"), &side("rebuild")]).args(arguments(format, more));
                let output = command.env("RAYON_NUM_THREADS", threads).output().unwrap();
                assert!(!output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
                String::from_utf8(output.stdout).unwrap()
            };
            let plain = printed("3", &[]);
            assert_eq!(plain, printed("1", &[]), "{name} as {format}");
            assert_eq!(plain, printed("3", &["--limit", "findings-memory-bytes=0"]), "{name} as {format}");
        }
    }
}
