use std::os::unix::fs::PermissionsExt as _;

use super::*;

const KEY: &str = "-----BEGIN RSA PRIVATE KEY-----\nb3RoZXIgYnl0ZXMgdGhhdCBhcmUgbm8ga2V5IGF0IGFsbA==\n-----END RSA PRIVATE KEY-----\n";

/// Both images hold these files, of the two texts with the side's name behind.
fn many(entries: &[(&str, &str)]) -> Images {
    let side = |name: &str| {
        let entry = |(path, text): &(&str, &str)| json!({ "path": path, "text": format!("{text}{name}\n") });
        json!({ "layers": [{ "entries": entries.iter().map(entry).collect::<Vec<_>>() }] })
    };
    images(&json!({ "original": side("one"), "rebuild": side("two"), "expect": { "cause": "" } }))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn what_the_report_redacts_is_written_only_on_demand_and_for_the_user_alone() {
    let entries = [
        ("srv/deploy.pem", KEY),
        ("srv/app.conf", "port = 1\ndb_password = hunter2-"),
        ("root/.netrc", "machine a login b password hunter2-"),
        ("srv/plain", "nothing to hide "),
    ];
    let pair = many(&entries);
    let folder = pair.path("plain");
    let run = diff(&pair, &["-q", "--extract", &folder]);
    assert_eq!(run.code, Some(1), "{}", run.err);
    let names = |folder: &str| -> Vec<String> {
        let name = |path: &PathBuf| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        below(Path::new(folder)).iter().map(name).collect()
    };
    assert_eq!(names(&folder), ["original/linux-amd64/layer0/srv/plain", "rebuild/linux-amd64/layer0/srv/plain"]);
    for path in ["srv/deploy.pem", "srv/app.conf", "root/.netrc"] {
        let said = format!("original/linux-amd64/layer0/{path}: is not written, it holds a secret");
        assert!(run.err.contains(&said), "{path}: {}", run.err);
    }
    assert!(run.err.contains("--extract-secrets"), "{}", run.err);
    assert!(!run.err.contains("hunter2"), "{}", run.err);

    let folder = pair.path("secrets");
    let run = diff(&pair, &["-q", "--extract", &folder, "--extract-secrets"]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    assert_eq!(names(&folder).len(), 8);
    let layer = Path::new(&folder).join("original/linux-amd64/layer0");
    for path in ["srv/deploy.pem", "srv/app.conf", "root/.netrc"] {
        assert_eq!(mode(&layer.join(path)), 0o600, "{path}");
    }
    assert_ne!(mode(&layer.join("srv/plain")), 0o600);
    assert_eq!(run_without_extract(&pair).code, Some(2));
}

fn run_without_extract(pair: &Images) -> Run {
    diff(pair, &["--extract-secrets"])
}

#[test]
fn what_cannot_be_written_is_named_and_the_rest_is_written() {
    // One name twice: of a file, and of a directory in which another one is.
    let pair = many(&[("a", "file "), ("a/b", "below "), ("c", "fine ")]);
    let folder = pair.path("extracted");
    let run = diff(&pair, &["-q", "--extract", &folder]);
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    assert!(run.out.starts_with("different"), "the report is there all the same: {}", run.out);
    let failed: Vec<&str> = run.err.lines().filter(|line| line.contains("cannot be written")).collect();
    assert_eq!(failed.len(), 2, "{}", run.err);
    assert!(failed.iter().all(|line| line.contains("/layer0/a/b: cannot be written")), "{failed:?}");
    for side in ["original", "rebuild"] {
        let layer = Path::new(&folder).join(side).join("linux-amd64/layer0");
        assert!(layer.join("a").is_file() && layer.join("c").is_file());
    }
}

#[test]
fn a_secret_in_a_name_is_not_told() {
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let pair = many(&[(&format!("root/{token}/x"), "text ")]);
    let folder = pair.path("extracted");
    let run = diff(&pair, &["-v", "--extract", &folder]);
    assert_eq!(run.code, Some(1), "{}", run.err);
    let json = diff(&pair, &["--format", "json"]);
    for said in [&run.out, &run.err, &json.out] {
        assert!(!said.contains(&token), "{said}");
        assert!(!said.contains(&token.bytes().map(|byte| format!("{byte:02x}")).collect::<String>()), "{said}");
    }
    assert!(json.out.contains("root/[redacted-1]/x"), "{}", json.out);
    assert!(run.err.contains("root/[redacted]/x: is not written"), "{}", run.err);
    assert!(below(Path::new(&folder)).is_empty());
}

#[test]
fn names_that_are_long_or_deep_are_no_trouble() {
    let (long, deep) = ("n".repeat(3000), "d/".repeat(2500));
    let pair = many(&[(&long, "long "), (&format!("{deep}x"), "deep "), ("z", "fine ")]);
    let folder = pair.path("extracted");
    let run = diff(&pair, &["-q", "--extract", &folder]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    // Removed from within: the whole path is longer than the system takes at once.
    assert!(Command::new("rm").args(["-rf", &folder]).status().unwrap().success());
}
