//! The Dockerfile changed: a patch that applies, a file that is written, a proof that is one.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

/// The Dockerfile of the first pair in a directory of its own.
struct Work {
    directory: TempDir,
    dockerfile: String,
}

fn side(side: &str) -> String {
    repository().join("testdata/first").join(side).to_str().unwrap().to_owned()
}

impl Work {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("Dockerfile");
        fs::copy(repository().join("scripts/pairs/first/Dockerfile"), &path).unwrap();
        Work { dockerfile: path.to_str().unwrap().to_owned(), directory }
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.dockerfile).unwrap()
    }

    /// Runs `reprove fix` on the first pair.
    fn fix(&self, arguments: &[&str]) -> Run {
        let (original, rebuild) = (side("original"), side("rebuild"));
        run(&[&["fix", "--dockerfile", &self.dockerfile, &original, &rebuild], arguments].concat())
    }

    /// A command for `--prove` that stands for a builder, in a file.
    fn builder(&self, script: &str) -> String {
        let path = self.directory.path().join("build");
        fs::write(&path, format!("set -e\n{script}\n")).unwrap();
        format!("sh {} {{dockerfile}} {{output}}", path.display())
    }
}

/// Applies a unified diff of one file; anything that does not fit is a panic.
fn applied(source: &str, diff: &str) -> String {
    let old: Vec<&str> = source.split_inclusive('\n').collect();
    let (mut new, mut at) = (String::new(), 0);
    let hunks = diff.split_once("\n@@ ").unwrap().1;
    for hunk in hunks.split("\n@@ ") {
        let (head, lines) = hunk.split_once('\n').unwrap();
        let numbers = |mark: &str| -> Vec<usize> {
            let span = head.split(' ').find_map(|word| word.strip_prefix(mark)).unwrap();
            span.split(',').map(|number| number.parse().unwrap()).collect()
        };
        let (before, after) = (numbers("-"), numbers("+"));
        new.extend(old[at..before[0] - 1].iter().copied());
        at = before[0] - 1;
        assert_eq!(new.lines().count() + 1, after[0], "{head}");
        let (mut removed, mut added) = (0, 0);
        for line in lines.split_inclusive('\n') {
            let (mark, text) = line.split_at(1);
            let text = if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
            if mark != "+" {
                assert_eq!(old[at], text);
                (at, removed) = (at + 1, removed + 1);
            }
            if mark != "-" {
                new.push_str(&text);
                added += 1;
            }
        }
        assert_eq!((before[1], after[1]), (removed, added), "{head}");
    }
    new.extend(old[at..].iter().copied());
    new
}

#[test]
fn the_patch_of_the_first_pair_applies_and_names_what_it_covers() {
    let work = Work::new();
    let before = work.text();
    let printed = work.fix(&[]);
    assert_eq!((printed.code, printed.err.as_str()), (Some(0), ""), "{}", printed.out);
    assert_eq!(work.text(), before, "nothing is written unasked");
    let after = applied(&before, &printed.out);
    for line in [
        "FROM localhost/base/python:bookworm AS build\nARG SOURCE_DATE_EPOCH\n",
        "date -u -d @$SOURCE_DATE_EPOCH > /app/build-date",
        "$(date -u -d @$SOURCE_DATE_EPOCH --iso-8601=seconds)",
        "less libpopt0 && rm -rf /var/lib/apt/lists/*",
        "> /etc/machine-id \\\n    && : > /etc/machine-id && rm -f /var/lib/dbus/machine-id\n",
    ] {
        assert!(after.contains(line), "{line:?} is not in\n{after}");
    }
    assert_eq!(after.matches("rm -rf /var/lib/apt/lists").count(), 1, "{after}");
    assert_eq!(after.matches("ARG SOURCE_DATE_EPOCH").count(), 1, "the last stage runs nothing");
    for words in [
        "--timestamp $(git log -1 --pretty=%ct) --build-arg SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct)",
        "not tried",
        "\n# By hand:\n#   zip-times",
        "date-from-epoch (2: text-timestamp, text-build-stamp)",
    ] {
        assert!(printed.out.contains(words), "{words:?} is not in\n{}", printed.out);
    }
    let comments = printed.out.lines().take_while(|line| !line.starts_with("--- ")).all(|line| line.starts_with('#'));
    assert!(comments, "{}", printed.out);
}

#[test]
fn a_report_is_as_good_as_the_images() {
    let work = Work::new();
    let report = work.directory.path().join("report.json").to_str().unwrap().to_owned();
    let (original, rebuild) = (side("original"), side("rebuild"));
    let output = format!("json={report}");
    assert_eq!(
        run(&["diff", "-q", "--dockerfile", &work.dockerfile, "-o", &output, &original, &rebuild]).code,
        Some(1)
    );
    let from_report = run(&["fix", "--dockerfile", &work.dockerfile, "--report", &report]);
    assert_eq!(from_report.out, work.fix(&[]).out);
    // Lines of a report that are no longer those of the file lead nowhere: then all that run it are edited.
    fs::write(&work.dockerfile, format!("# one line more\n{}", work.text())).unwrap();
    let moved = run(&["fix", "--dockerfile", &work.dockerfile, "--report", &report]);
    assert!(moved.out.contains("date -u -d @$SOURCE_DATE_EPOCH > /app/build-date"), "{}", moved.out);
    let both = run(&["fix", "--dockerfile", &work.dockerfile, "--report", &report, &original, &rebuild]);
    assert_eq!(both.code, Some(2), "{}", both.out);
    assert_eq!(run(&["fix", "--dockerfile", &work.dockerfile, &original]).code, Some(2));
}

#[test]
fn the_file_is_written_once() {
    let work = Work::new();
    fs::set_permissions(&work.dockerfile, fs::Permissions::from_mode(0o664)).unwrap();
    let expected = applied(&work.text(), &work.fix(&[]).out);
    let written = work.fix(&["--write"]);
    assert_eq!((written.code, work.text()), (Some(0), expected.clone()), "{}", written.err);
    assert!(!written.out.contains("--- a/") && written.err.contains("written"), "{}", written.out);
    assert_eq!(fs::metadata(&work.dockerfile).unwrap().permissions().mode() & 0o777, 0o664);
    assert_eq!(below(work.directory.path()).len(), 1, "a temporary file was left behind");
    // The images are of the file before: what it does for them is there.
    let again = work.fix(&["--write"]);
    assert_eq!(
        (again.code, again.out.contains("arg-source-date-epoch, is there already")),
        (Some(0), true),
        "{}",
        again.out
    );
    assert_eq!(work.text().matches("ARG SOURCE_DATE_EPOCH").count(), 1);
    fs::write(&work.dockerfile, "RUN x\n").unwrap();
    let broken = work.fix(&["--write"]);
    assert_eq!((broken.code, work.text().as_str()), (Some(2), "RUN x\n"), "{}", broken.err);
    assert!(broken.err.contains("line 1"), "{}", broken.err);
}

#[test]
fn machines_read_it_too() {
    let work = Work::new();
    let advice: Value = serde_json::from_str(&work.fix(&["--format", "json"]).out).unwrap();
    assert_eq!(advice["edits"][0]["lines"].as_array().unwrap().len(), 1, "{advice}");
    assert!(advice["commands"][0].as_str().unwrap().starts_with("buildah build --timestamp"));
    assert_eq!(advice["proven"], false);
    assert!(advice["diff"].as_str().unwrap().contains("\n+ARG SOURCE_DATE_EPOCH\n"));
}

#[test]
fn nothing_differs_and_nothing_is_changed() {
    let work = Work::new();
    let same = run(&["fix", "--dockerfile", &work.dockerfile, &side("original"), &side("original")]);
    assert_eq!((same.code, same.out.contains("nothing to change")), (Some(0), true), "{}", same.out);
}

#[test]
fn only_what_is_the_same_again_is_proven() {
    let work = Work::new();
    let before = work.text();
    let copy = format!("grep -q SOURCE_DATE_EPOCH \"$1\"; cp -R {} \"$2\"", side("original"));
    let proven = work.fix(&["--write", "--prove", &format!("{} --no-cache", work.builder(&copy))]);
    assert_eq!(proven.code, Some(0), "{}", proven.err);
    assert!(proven.err.contains("proven: two builds with the changed file are identical"), "{}", proven.err);
    assert!(proven.out.contains("built twice and compared") && work.text() != before);
}

#[test]
fn what_may_come_from_a_cache_is_not_proven() {
    let work = Work::new();
    let before = work.text();
    let copy = format!("cp -R {} \"$2\"", side("original"));
    let cached = work.fix(&["--write", "--prove", &work.builder(&copy)]);
    assert_eq!((cached.code, work.text()), (Some(1), before), "{}", cached.err);
    assert!(cached.err.contains("not proven: the command does not say --no-cache"), "{}", cached.err);
    assert!(cached.out.contains("not tried") && cached.out.contains("--- a/"), "{}", cached.out);
}

#[test]
fn what_differs_in_more_than_was_said_is_not_proven() {
    let work = Work::new();
    let before = work.text();
    let mark = work.directory.path().join("mark");
    let other = format!(
        "if [ -e {0} ]; then cp -R {1} \"$2\"; else cp -R {2} \"$2\"; fi; touch {0}",
        mark.display(),
        side("original"),
        side("rebuild")
    );
    let differs = work.fix(&["--write", "--prove", &format!("{} --no-cache", work.builder(&other))]);
    assert_eq!((differs.code, work.text()), (Some(1), before), "{}", differs.err);
    assert!(differs.err.contains("not proven: two builds with the changed file differ in "), "{}", differs.err);
    assert!(differs.err.contains("pyc-header-mtime (4)") && !differs.err.contains("zip-dos-mtime"), "{}", differs.err);
}

#[test]
fn a_command_that_builds_nothing_is_trouble() {
    let work = Work::new();
    for (command, words) in [
        ("exit 7 # {dockerfile} {output}", "the first build failed (exit status: 7)"),
        ("true {dockerfile} {output}", "left nothing at {output}"),
        ("cp {dockerfile} x", "does not name {output}"),
        ("true {output}", "does not name {dockerfile}"),
    ] {
        let failed = work.fix(&["--prove", command]);
        assert_eq!((failed.code, failed.out.as_str()), (Some(2), ""), "{command}");
        assert!(failed.err.contains(words), "{}", failed.err);
    }
}

/// What `reprove fix` says of a changed report of the first pair.
fn advised(work: &Work, change: impl Fn(&mut Value)) -> String {
    let path = work.directory.path().join("report.json");
    let output = format!("json={}", path.display());
    run(&["diff", "-q", "--dockerfile", &work.dockerfile, "-o", &output, &side("original"), &side("rebuild")]);
    let mut report = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut report);
    fs::write(&path, serde_json::to_vec(&report).unwrap()).unwrap();
    let advised = run(&["fix", "--dockerfile", &work.dockerfile, "--report", path.to_str().unwrap()]);
    assert_eq!(advised.code, Some(0), "{}", advised.err);
    advised.out
}

/// The findings of a report at a path.
fn findings_at<'a>(report: &'a mut Value, path: &'a str) -> impl Iterator<Item = &'a mut Value> {
    let findings = report["platforms"][0]["findings"].as_array_mut().unwrap();
    findings.iter_mut().filter(move |finding| finding["location"]["path"] == path)
}

#[test]
fn wheels_take_the_time_of_the_build() {
    let work = Work::new();
    let archive = "usr/local/share/greeter.pyz";
    let says = advised(&work, |_| {});
    assert!(says.contains("zip-times: 22 findings") && says.contains("no edit: line 5: zipapp writes"), "{says}");
    let says = advised(&work, |report| {
        findings_at(report, archive).for_each(|finding| finding["location"]["path"] = "w/greeter.whl".into());
    });
    assert!(!says.contains("zip-times"), "{says}");
    assert!(says.contains("arg-source-date-epoch, line 1: 26 findings of pyc-header-mtime, zip-dos-mtime"), "{says}");
    // One that is none.
    let says = advised(&work, |report| {
        findings_at(report, archive).skip(1).for_each(|finding| finding["location"]["path"] = "w/greeter.whl".into());
    });
    assert!(says.contains("zip-times: 22 findings"), "{says}");
}

#[test]
fn a_date_may_be_what_nothing_explains() {
    let work = Work::new();
    let unexplained = |report: &mut Value| {
        for path in ["app/build-date", "app/build.json"] {
            for finding in findings_at(report, path).filter(|finding| finding["aspect"] == "content") {
                finding["claim"] = "unexplained".into();
                finding.as_object_mut().unwrap().remove("cause");
            }
        }
        let plan = report["plan"].as_object_mut().unwrap();
        plan["fixes"].as_array_mut().unwrap().retain(|fix| fix["id"] != "date-from-epoch");
        plan["left"] = serde_json::json!({ "findings": 2, "causes": [] });
    };
    let says = advised(&work, unexplained);
    let words =
        "date-from-epoch, line 7\n#     may be what makes 2 findings that nothing explains\n#     needs arg-source";
    assert!(says.contains(words) && says.contains("+RUN mkdir /app && date -u -d @$SOURCE"), "{says}");
    assert!(says.contains("No change is known for 2 findings that nothing explains"), "{says}");
    // What prints no time is not blamed.
    fs::write(&work.dockerfile, work.text().replace("date >", "uuidgen >").replace("$(date ", "$(uuidgen ")).unwrap();
    let says = advised(&work, unexplained);
    assert!(!says.contains("date-from-epoch") && says.contains("No change is known for 2 findings"), "{says}");
}

#[test]
fn a_directory_of_the_build_may_be_what_nothing_explains() {
    let work = Work::new();
    let unexplained = |report: &mut Value| {
        for finding in findings_at(report, "app/build-date").filter(|finding| finding["aspect"] == "content") {
            finding["claim"] = "unexplained".into();
            finding.as_object_mut().unwrap().remove("cause");
        }
        report["plan"]["left"] = serde_json::json!({ "findings": 1, "causes": [] });
    };
    let source = work.text();
    let builds = |compile: &str| {
        let run = format!("RUN mkdir /app && {compile} && \\");
        fs::write(&work.dockerfile, source.replace("RUN mkdir /app && date > /app/build-date && \\", &run)).unwrap();
        advised(&work, unexplained)
    };
    // The date in the same step is enough of an explanation, unless it builds in a directory of its own.
    let says = builds("gcc -o /app/build-date x.c");
    assert!(!says.contains("file-prefix-map"), "{says}");
    let says = builds("cd $(mktemp -d) && gcc -o /app/build-date /x.c && go build -o y z");
    assert!(
        says.contains("file-prefix-map, line 7\n#     may be what makes 1 finding that nothing explains"),
        "{says}"
    );
    assert!(
        says.contains("&& gcc -ffile-prefix-map=\"$PWD\"=. -o /app/build-date /x.c && go build -trimpath -o y z"),
        "{says}"
    );
    fs::write(&work.dockerfile, source.replace("date >", "rustc x.rs -o").replace("$(date ", "$(uuidgen ")).unwrap();
    let says = advised(&work, unexplained);
    assert!(says.contains("rustc-remap-path, line 7\n") && !says.contains("date-from-epoch, line"), "{says}");
}

#[test]
fn a_script_may_write_what_no_command_does() {
    let work = Work::new();
    let said = "left to you: 2 files have a time, more than there are commands that print one";
    assert!(!advised(&work, |_| {}).contains("files have a time"));
    fs::write(&work.dockerfile, work.text().replace("$(date ", "$(./stamp ")).unwrap();
    let says = advised(&work, |_| {});
    assert!(says.contains("date-from-epoch, line 7: 2 findings") && says.contains(said), "{says}");
}
