//! `reprove lint`.

use std::io::Write as _;
use std::process::Stdio;

use super::*;

fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(directory.path().join(name), text).unwrap();
    }
    directory
}

/// Runs the program in a directory, with this on its standard input.
fn lint(directory: &Path, arguments: &[&str], input: &str) -> Run {
    let mut command = program();
    command.arg("lint").args(arguments).current_dir(directory);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: status.code(), out: text(stdout), err: text(stderr) }
}

const FINE: &str = "FROM scratch\nCOPY a /a\n";

#[test]
fn exit_codes_tell_whether_anything_was_found() {
    let here = directory(&[
        ("Dockerfile", FINE),
        ("bad", "FROM a:1\n"),
        ("none", "RUN x\n"),
        ("open", "# reprove: ignore=base-image-drift\nFROM a:1\n"),
    ]);
    let of = |arguments: &[&str]| lint(here.path(), arguments, "");
    assert_eq!((of(&[]).code, of(&[]).out.as_str()), (Some(0), "Dockerfile: no hazard found\n"));
    assert_eq!(of(&["bad"]).code, Some(1));
    assert!(of(&["bad"]).out.contains("bad:1 (stage 0): base-image-drift, behavioural"), "{}", of(&["bad"]).out);
    assert_eq!(of(&["none"]).code, Some(2));
    assert_eq!(of(&["missing"]).code, Some(2));
    assert_eq!(of(&["--target", "x"]).code, Some(2));
    let open = of(&["open"]);
    assert_eq!(open.code, Some(2));
    assert!(open.out.contains("open:1: error: a suppression has to say why: "), "{}", open.out);
    assert!(open.out.contains(" reason: WHY [suppression-reason]\n"), "{}", open.out);
    assert_eq!(lint(here.path(), &["-"], "FROM a:1\n").code, Some(1));
    assert_eq!(lint(here.path(), &["--fix", "-"], "FROM a:1\nRUN make\n").code, Some(2));
    assert_eq!(lint(&here.path().join(".."), &[], "").code, Some(2));
}

#[test]
fn the_context_says_what_is_left_out() {
    let text = "FROM scratch\nCOPY . .\n";
    let here = directory(&[("Containerfile", text)]);
    let of = |arguments: &[&str], input: &str| lint(here.path(), arguments, input).code;
    assert_eq!(of(&[], ""), Some(1));
    // Nobody knows what the context of standard input is.
    assert_eq!(of(&["-"], text), Some(0));
    assert_eq!(of(&["--context", ".", "-"], text), Some(1));
    assert_eq!(of(&["--context", "nowhere"], ""), Some(2));
    fs::write(here.path().join(".dockerignore"), "# nothing\n\n").unwrap();
    assert_eq!(of(&[], ""), Some(1));
    fs::write(here.path().join(".dockerignore"), ".git\n").unwrap();
    assert_eq!(of(&[], ""), Some(0));
}

#[test]
fn json_has_all_that_text_has() {
    let here = directory(&[(
        "Dockerfile",
        "# reprove: ignore=base-image-drift,apt-lists reason: tried\nFROM a:1\nARG NPM_TOKEN\n",
    )]);
    let report = lint(here.path(), &["--format", "json"], "").report();
    assert_eq!(report["schemaVersion"], "1");
    assert_eq!(report["path"], "Dockerfile");
    let hazard = &report["hazards"][0];
    assert_eq!(
        (&hazard["rule"], &hazard["line"], &hazard["stage"]),
        (&json!("config-secret-exposed"), &json!(3), &json!("0"))
    );
    assert_eq!((&hazard["severity"], &hazard["words"]), (&json!("security"), &json!("ARG NPM_TOKEN")));
    assert_eq!(hazard["fix"]["id"], "buildkit-secret");
    assert_eq!(report["suppressed"][0]["reason"], "tried");
    assert_eq!(report["unusedSuppressions"], json!([{ "line": 1, "rules": ["apt-lists"] }]));
}

#[test]
fn results_are_written_as_those_of_a_comparison_are() {
    let here = directory(&[(
        "Dockerfile",
        "# reprove: ignore=base-image-drift reason: a | policy\nFROM a:1\nARG SOURCE_DATE_EPOCH\n\
         RUN pip install ::x,y<b>\nRUN pip install ::x,y<b>\n",
    )]);
    let as_json = |format: &str| -> Value {
        let run = lint(here.path(), &["--format", format], "");
        assert_eq!(run.code, Some(1), "{}", run.err);
        serde_json::from_str(&run.out).unwrap()
    };
    let text = |format: &str| lint(here.path(), &["--format", format], "").out;
    let log = &as_json("sarif")["runs"][0];
    let results = log["results"].as_array().unwrap();
    let places: Vec<(&str, u64)> = results
        .iter()
        .map(|result| {
            let place = &result["locations"][0]["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uri"], "Dockerfile");
            (result["ruleId"].as_str().unwrap(), place["region"]["startLine"].as_u64().unwrap())
        })
        .collect();
    let pip = |line| [("package-drift-pip", line), ("pip-cache-residue", line)];
    let expected: Vec<_> = pip(4).into_iter().chain(pip(5)).chain([("base-image-drift", 2)]).collect();
    assert_eq!(places, expected);
    assert_eq!(results[4]["suppressions"][0]["justification"], "a | policy");
    assert!(results[..4].iter().all(|result| result["suppressions"].is_null()));
    let issues = as_json("gitlab");
    let prints: std::collections::BTreeSet<&str> =
        issues.as_array().unwrap().iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), 5, "one for each, also where two lines say the same: {issues}");
    let suite = format!("<testsuite name=\"Dockerfile\" tests=\"{}\" failures=\"2\"", reprove::lint::RULES.len() + 1);
    let junit = text("junit");
    assert!(junit.contains(&suite) && junit.contains("<system-out>Images named by a tag alone"), "{junit}");
    let github = text("github");
    let lines: Vec<&str> = github.lines().collect();
    assert!(lines[0].starts_with("::warning file=Dockerfile,line=4,title=Python packages"), "{github}");
    assert_eq!(lines.last(), Some(&"::notice title=reprove::Dockerfile: 4 hazards, 1 suppressed"));
    let page = text("markdown");
    assert!(
        page.starts_with("### Dockerfile&#58; 4 hazards, 1 suppressed\n\n#### Dockerfile\n\n| Line | Rule |"),
        "{page}"
    );
    assert!(page.contains("| 2 | `base-image-drift` | behavioural |") && page.contains("a \\| policy"), "{page}");
    assert!(!page.contains("<b> |"), "{page}");
}

#[test]
fn results_of_an_image_are_at_the_file_that_it_is_built_from() {
    let image = &first().references.original;
    for format in ["sarif", "junit", "gitlab", "github", "markdown"] {
        let run = run(&["lint", "--format", format, "scripts/pairs/first/Dockerfile", image]);
        assert_eq!(run.code, Some(1), "{}", run.err);
        assert!(run.out.contains("machine-id") && run.out.contains("etc/machine-id"), "{format}: {}", run.out);
        assert!(format == "markdown" || run.out.contains("scripts/pairs/first/Dockerfile"), "{format}: {}", run.out);
    }
    let clean = directory(&[("Dockerfile", FINE)]);
    assert_eq!(lint(clean.path(), &["--format", "gitlab"], "").out, "[]\n");
}

#[test]
fn safe_changes_are_made_in_the_file() {
    let here = directory(&[("Dockerfile", "FROM a@sha256:0\r\nRUN apk add b=1 # c\r\n"), ("same", FINE)]);
    let run = lint(here.path(), &["--fix"], "");
    assert_eq!(run.code, Some(0), "{}", run.out);
    assert_eq!(run.err, "reprove: Dockerfile: changed\n");
    let text = fs::read_to_string(here.path().join("Dockerfile")).unwrap();
    assert_eq!(text, "FROM a@sha256:0\r\nARG SOURCE_DATE_EPOCH\r\nRUN apk add --no-cache b=1 # c\r\n");
    assert_eq!(lint(here.path(), &["--fix", "same"], "").err, "");
}

#[test]
fn names_and_words_cannot_steer_a_terminal() {
    let here = directory(&[("Dockerfile", "FROM a:1 AS \u{1b}[31mx\nRUN pip install \u{1b}]0;x\u{7}\n")]);
    let run = lint(here.path(), &["--color", "never"], "");
    assert!(!run.out.contains('\u{1b}') && !run.out.contains('\u{7}'), "{}", run.out);
    let colored = lint(here.path(), &["--color", "always"], "");
    assert!(colored.out.contains("\u{1b}["), "{}", colored.out);
}

#[test]
fn the_rules_are_listed() {
    let run = run(&["lint", "--rules"]);
    assert_eq!(run.code, Some(0));
    assert_eq!(run.out.lines().count(), reprove::lint::RULES.len());
    assert!(run.out.starts_with("base-image-drift"), "{}", run.out);
}

/// The rules that an image breaks, and the run.
fn in_image(reference: &str) -> (Vec<String>, Run) {
    let run = run(&["lint", "--format", "json", reference]);
    let hazards = run.report()["image"]["hazards"].as_array().unwrap().clone();
    (hazards.iter().map(|hazard| hazard["rule"].as_str().unwrap().to_owned()).collect(), run)
}

#[test]
fn images_show_what_was_left_in_them() {
    let (rules, run) = in_image(&first().references.original);
    let expected = ["ldconfig-aux-cache", "machine-id", "dpkg-log", "alternatives-log", "apt-history-term-log"];
    assert_eq!(rules, expected, "{}", run.out);
    assert_eq!((run.code, run.report()["path"].is_null()), (Some(1), true));
    let both = self::run(&["lint", "scripts/pairs/first/Dockerfile", &first().references.original]);
    assert_eq!(both.code, Some(1), "{}", both.err);
    let parts = ["scripts/pairs/first/Dockerfile: 8 hazards\n", "(linux/amd64): machine-id, security", ": 5 hazards\n"];
    assert!(parts.iter().all(|part| both.out.contains(part)), "{}", both.out);
}

#[test]
fn hazards_that_causes_and_the_engine_know_are_told_of_one_image() {
    for id in [
        "image-architecture-contradiction",
        "config-secret-exposed",
        "config-inline-cache",
        "ssh-host-keys",
        "apt-lists",
        "apt-archives-cache",
        "npm-cacache-index",
        "pyc-stale-after-clamp",
    ] {
        let pair = cause(id);
        let sides = [&pair.references.original, &pair.references.rebuild].map(|side| in_image(side).0);
        assert!(sides.iter().any(|rules| rules.iter().any(|rule| rule == id)), "{id}: {sides:?}");
    }
}

#[test]
fn an_image_with_nothing_left_in_it_is_fine_and_keys_are_not_shown() {
    let image = |entries: Value| {
        images(&json!({
            "original": { "layers": [{ "entries": entries }] },
            "rebuild": { "layers": [] },
            "expect": { "cause": "" }
        }))
    };
    let fine = image(json!([
        { "path": "app/main", "text": "x" },
        { "path": "etc/machine-id", "text": "" },
        { "path": "var/log/apt/", "type": "dir" },
        { "path": "etc/ssl/public.pem", "text": "-----BEGIN CERTIFICATE-----" },
    ]));
    let (rules, run) = in_image(&fine.references.original);
    assert_eq!((rules, run.code), (Vec::new(), Some(0)), "{}", run.out);
    let key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n-----END PRIVATE KEY-----\n";
    let secret = image(json!([{ "path": "srv/tls.key", "text": key }]));
    let (rules, run) = in_image(&secret.references.original);
    assert_eq!(rules, ["embedded-secret"], "{}", run.out);
    assert!(!run.out.contains("MC4CAQ"), "{}", run.out);
}

#[test]
fn an_image_that_cannot_be_read_is_not_fine() {
    let here = directory(&[("archive.tar", "\0\0")]);
    assert_eq!(lint(here.path(), &["oci:nowhere"], "").code, Some(2));
    assert_eq!(lint(here.path(), &["archive.tar"], "").code, Some(2));
    let pair = cause("apt-lists");
    let layout = pair.references.original.strip_prefix("oci:").unwrap_or(&pair.references.original).to_owned();
    let layout = layout.split(':').next().unwrap().to_owned();
    let blobs = fs::read_dir(Path::new(&layout).join("blobs/sha256")).unwrap().map(|blob| blob.unwrap().path());
    let layer = blobs.max_by_key(|blob| fs::metadata(blob).unwrap().len()).unwrap();
    fs::remove_file(layer).unwrap();
    let run = run(&["lint", &pair.references.original]);
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
}
