use std::process::Stdio;

use super::*;

#[test]
fn quiet_is_one_line() {
    for pair in [first(), files("app", "one\n", "two\n"), cause("dpkg-log"), cause("machine-id")] {
        let quiet = diff(&pair, &["-q"]);
        assert_eq!((quiet.out.lines().count(), quiet.err.as_str()), (1, ""), "{}", quiet.out);
        assert!(quiet.out.ends_with('\n'));
    }
}

#[test]
fn verbose_lists_every_finding_and_counts_opened_layers() {
    let pair = first();
    let verbose = diff(&pair, &["-v"]);
    let report = diff(&pair, &["--format", "json"]).report();
    let findings = report["platforms"][0]["findings"].as_array().unwrap();
    assert!(findings.len() > 50);
    for finding in findings {
        let id = finding["id"].as_str().unwrap();
        assert!(verbose.out.contains(&format!("  {id}  ")), "{id} is not listed");
    }
    let opened: u32 =
        verbose.err.trim().strip_prefix("reprove: opened ").unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(opened > 0);
    let original = &pair.references.original;
    let same = run(&["diff", "-v", original, original]);
    assert_eq!((same.code, same.err.as_str()), (Some(0), "reprove: opened 0 layer blobs\n"));
}

#[test]
fn the_json_report_fits_its_schema() {
    let schema: Value = serde_json::from_str(&run(&["schema"]).out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for pair in [first(), files("app", "one\n", "two\n"), cause("pyc-stale-after-clamp"), cause("machine-id")] {
        let report = diff(&pair, &["--format", "json"]).report();
        let errors: Vec<String> =
            validator.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    let mut wrong = diff(&first(), &["--format", "json"]).report();
    wrong["verdict"] = "fine".into();
    assert!(!validator.is_valid(&wrong));
}

/// `UPDATE=1 cargo test --test it the_schema_in_docs` writes it anew, so that a change of the contract shows in the change itself.
#[test]
fn the_schema_in_docs_is_the_one_that_is_printed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json");
    let printed = run(&["schema"]).out;
    if std::env::var_os("UPDATE").is_some() && std::env::var_os("CI").is_none() {
        fs::write(&file, &printed).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    let change = similar::TextDiff::from_lines(&kept, &printed).unified_diff().context_radius(3).to_string();
    assert!(change.is_empty(), "docs/report.schema.json is another one:\n{change}");
}

#[test]
fn several_files_are_written_in_one_run() {
    let pair = first();
    let (text, json, again) = (pair.path("report.txt"), pair.path("report.json"), pair.path("again.json"));
    fs::write(&again, "what was there before").unwrap();
    let outputs = [format!("text={text}"), format!("json={json}"), format!("json={again}")];
    let run = diff(&pair, &["-q", "-o", &outputs[0], "-o", &outputs[1], "--output", &outputs[2]]);
    assert_eq!((run.code, run.out.lines().count()), (Some(1), 1), "{}", run.err);
    let written = fs::read(&json).unwrap();
    assert_eq!(written, fs::read(&again).unwrap());
    assert_eq!(String::from_utf8(written).unwrap(), diff(&pair, &["--format", "json"]).out);
    assert!(fs::read_to_string(&text).unwrap().starts_with(&run.out.trim_end()[.."different: ".len()]));
    assert_eq!(below(pair.directory.path()).len(), 3, "a temporary file was left behind");
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let pair = files("app", "one\n", "two\n");
    let (nowhere, folder) = (pair.path("no/such/report.json"), pair.path("original"));
    for path in [nowhere, folder] {
        let run = diff(&pair, &["-o", &format!("json={path}")]);
        assert_eq!(run.code, Some(2));
        assert!(run.err.contains(&path), "{}", run.err);
    }
}

#[test]
fn nobody_reading_is_no_error() {
    let Sides { original, rebuild } = first().references;
    let arguments = ["diff", "--format", "json", original.as_str(), rebuild.as_str()];
    let mut child = program().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(ended.stderr).unwrap(), "");
    assert_eq!(ended.status.code(), Some(1), "the verdict counts, not who read it");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let Sides { original, rebuild } = first().references;
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let ended = program().args(["diff", &original, &rebuild]).stdout(full).output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8(ended.stderr).unwrap().contains("standard output cannot be written"));
}

#[test]
fn colors_are_for_terminals_and_those_who_ask() {
    let pair = files("app", "one\n", "two\n");
    let Sides { original, rebuild } = &pair.references;
    assert!(!diff(&pair, &["-v"]).out.contains('\x1b'));
    assert!(diff(&pair, &["--color", "always"]).out.contains("\x1b["));
    let forced = |no_color: &str| {
        let mut command = program();
        command.env("CLICOLOR_FORCE", "1").env("NO_COLOR", no_color).args(["diff", original, rebuild]);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(!forced("1").contains('\x1b'));
    let file = pair.path("report.txt");
    diff(&pair, &["--color", "always", "-o", &format!("text={file}")]);
    assert!(!fs::read_to_string(file).unwrap().contains('\x1b'));
}

#[test]
fn unexplained_files_are_extracted_under_safe_names() {
    let name = "opt/we\u{1b}[31mird\u{202e}/na me";
    let pair = files(name, "one\n", "two\n");
    let folder = pair.path("extracted");
    let first = diff(&pair, &["-q", "--extract", &folder]);
    assert_eq!(first.code, Some(1), "{}", first.err);
    let found = below(Path::new(&folder));
    let contents: Vec<String> = found.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    assert_eq!(contents, ["one\n", "two\n"]);
    for (path, side) in found.iter().zip(["original", "rebuild"]) {
        let below = path.strip_prefix(&folder).unwrap().to_str().unwrap();
        assert_eq!(below, format!("{side}/linux-amd64/layer0/opt/we%1b%5b31mird%e2%80%ae/na me"));
    }
    let again = diff(&pair, &["-q", "--extract", &folder]);
    assert_eq!(again.code, Some(2));
    assert!(again.err.contains(&folder) && again.err.contains("not empty"), "{}", again.err);
}
