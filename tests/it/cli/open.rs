use std::os::unix::fs::PermissionsExt as _;

use super::*;

/// Runs a command where the opener of the platform writes down what it is asked to open, and ends with an exit code. What
/// it was asked for.
fn opening(pair: &Images, code: i32, arguments: &[&str]) -> (Run, String) {
    let (bin, opened) = (pair.path("bin"), pair.path("opened"));
    fs::create_dir_all(&bin).unwrap();
    for name in ["xdg-open", "open"] {
        let opener = Path::new(&bin).join(name);
        fs::write(&opener, format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >'{opened}'\nexit {code}\n")).unwrap();
        fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let _ = fs::remove_file(&opened);
    let Output { status, stdout, stderr } = program().args(arguments).env("PATH", bin).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let run = Run { code: status.code(), out: text(stdout), err: text(stderr) };
    (run, fs::read_to_string(opened).unwrap_or_default())
}

#[test]
fn the_html_report_is_opened_when_it_is_written() {
    let pair = files("app", "one\n", "two\n");
    let Sides { original, rebuild } = &pair.references;
    let (page, json) = (pair.path("-a page.html"), pair.path("report.json"));
    let [html, json_too] = [format!("html={page}"), format!("json={json}")];
    let (run, opened) = opening(&pair, 0, &["diff", "-q", "--open", "-o", &json_too, "-o", &html, original, rebuild]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    let full = fs::canonicalize(&page).unwrap();
    assert_eq!(opened, format!("{}\n", full.display()));
    assert!(fs::read_to_string(&page).unwrap().starts_with("<!DOCTYPE html>"));
    // Over the page that is there.
    let (run, opened) = opening(&pair, 0, &["report", "-q", "--open", "-o", &html, &json]);
    assert_eq!((run.code, opened), (Some(1), format!("{}\n", full.display())));
    let (run, opened) = opening(&pair, 0, &["report", "-q", "-o", &html, &json]);
    assert_eq!((run.code, opened.as_str()), (Some(1), ""));
}

#[test]
fn an_opener_that_fails_or_is_not_there_is_named() {
    let pair = files("app", "one\n", "two\n");
    let Sides { original, rebuild } = &pair.references;
    let html = format!("html={}", pair.path("page.html"));
    let arguments = ["diff", "-q", "--open", "-o", &html, original, rebuild];
    let (run, _) = opening(&pair, 3, &arguments);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("page.html: ") && run.err.contains("could not open it (exit status: 3); it is written"));
    let nowhere = program().args(arguments).env("PATH", pair.path("nowhere")).output().unwrap();
    let said = String::from_utf8(nowhere.stderr).unwrap();
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(
        said.contains("page.html: cannot be opened, because there is no ") && said.contains("; it is written"),
        "{said}"
    );
    assert!(Path::new(&pair.path("page.html")).is_file());
}

#[test]
fn what_cannot_be_opened_is_said_before_there_is_work_done() {
    let pair = files("app", "one\n", "two\n");
    let Sides { original, rebuild } = &pair.references;
    let json = format!("json={}", pair.path("report.json"));
    for (output, sentence) in [
        (json.as_str(), "--open opens the HTML report that is written to a file: give -o html=FILE too"),
        ("html=/dev/null", "/dev/null: --open needs a file of its own there"),
        ("html=/dev/stdout", "/dev/stdout: --open needs a file of its own there"),
    ] {
        let (run, opened) = opening(&pair, 0, &["diff", "--open", "-o", output, original, rebuild]);
        assert_eq!((run.code, run.out.as_str(), opened.as_str()), (Some(2), "", ""), "{output}");
        assert!(run.err.contains(sentence), "{}", run.err);
        let report = opening(&pair, 0, &["report", "--open", "-o", output, "nowhere.json"]).0;
        assert!(report.err.contains(sentence), "{}", report.err);
    }
    assert!(!Path::new(&pair.path("report.json")).exists());
}
