use super::*;

#[test]
fn the_exit_code_is_the_verdict() {
    let pair = files("app", "one\n", "two\n");
    let original = &pair.references.original;
    let same = run(&["diff", original, original]);
    assert_eq!(same.code, Some(0), "{}", same.err);
    assert!(same.out.starts_with("identical: "), "{}", same.out);
    let different = diff(&pair, &[]);
    assert_eq!(different.code, Some(1), "{}", different.err);
    assert!(different.out.starts_with("different: "), "{}", different.out);
    let equivalent = diff(&cause("tar-trailer-padding"), &[]);
    assert_eq!(equivalent.code, Some(0), "{}", equivalent.err);
    assert!(equivalent.out.starts_with("equivalent"), "{}", equivalent.out);
}

#[test]
fn what_is_no_image_is_trouble_and_says_why() {
    let pair = files("app", "one\n", "one\n");
    let original = pair.references.original.clone();
    fs::create_dir(pair.path("empty")).unwrap();
    fs::write(pair.path("text"), "not an archive\n").unwrap();
    for wrong in [pair.path("missing"), pair.path("empty"), pair.path("text"), format!("oci:{}", pair.path("missing"))]
    {
        for arguments in [["diff", &original, &wrong], ["diff", &wrong, &original]] {
            let run = run(&arguments);
            assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{wrong}");
            assert!(run.err.starts_with("reprove: error: ") && run.err.contains(wrong.trim_start_matches("oci:")));
            assert_eq!(run.err.lines().count(), 1, "{}", run.err);
        }
    }
}

#[test]
fn bad_usage_is_trouble() {
    for arguments in [
        &["diff", "--no-such-option", "x", "y"][..],
        &["diff", "x"],
        &["diff", "x", "y", "--require", "perfect"],
        &["diff", "x", "y", "--date", "2025-02-30"],
        &["diff", "x", "y", "-o", "report.json"],
        &["diff", "x", "y", "-q", "-v"],
        &["diff", "x", "y", "--strict", "--policy", "p.toml"],
        &["no-such-command"],
        &[],
    ] {
        let run = run(arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(!run.err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_truncated_archive_is_never_a_verdict() {
    for archive in ["oci", "docker"] {
        let side =
            json!({ "archive": archive, "layers": [{ "entries": [{ "path": "app", "text": "x", "repeat": 3000 }] }] });
        let pair = images(&json!({ "both": side, "original": {}, "rebuild": {}, "expect": { "cause": "" } }));
        let whole = &pair.references.original;
        assert_eq!(diff(&pair, &[]).code, Some(0));
        let (transport, path) = whole.split_once(':').unwrap();
        let bytes = fs::read(path).unwrap();
        // The end of an archive is zeros, which may be missing; the byte before them may not.
        let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
        for length in [0, 1, 100, 511, 512, 513, 700, end / 4, end / 2, end * 3 / 4, end - 512, end] {
            let cut = pair.path("cut.tar");
            fs::write(&cut, &bytes[..length]).unwrap();
            for reference in [cut.clone(), format!("{transport}:{cut}")] {
                let run = run(&["diff", whole, &reference]);
                assert_eq!(run.code, Some(2), "{archive} cut to {length} of {end}: {}{}", run.out, run.err);
            }
        }
    }
}

#[test]
fn a_damaged_layer_is_inconclusive() {
    let both = json!({ "layers": [{ "entries": [{ "path": "app", "text": "x", "repeat": 100 }] }] });
    let damage = json!([{ "blob": "layers/0", "truncate": 40 }]);
    let rebuild = json!({ "config": { "created": "2025-01-02T00:00:00Z" }, "damage": damage });
    let pair = images(&json!({ "both": both, "original": {}, "rebuild": rebuild, "expect": { "cause": "" } }));
    // The layers have one digest, so that nothing asks for their bytes.
    assert_eq!(diff(&pair, &[]).code, Some(0));
    let checked = diff(&pair, &["--verify-all"]);
    assert_eq!(checked.code, Some(2), "{}", checked.out);
    assert!(checked.out.starts_with("inconclusive: ") && checked.out.contains("integrity"), "{}", checked.out);
}

#[test]
fn a_rung_can_be_required() {
    let pair = cause("dpkg-log");
    assert_eq!(diff(&pair, &["--require", "canonical"]).code, Some(0));
    for rung in ["tree", "image", "manifest"] {
        let run = diff(&pair, &["--require", rung]);
        assert_eq!(run.code, Some(1), "{rung}");
        assert!(run.out.starts_with("equivalent"), "{}", run.out);
        assert_eq!(run.err, format!("reprove: not every platform is at the rung that --require asks for: {rung}\n"));
    }
    let original = &pair.references.original;
    assert_eq!(run(&["diff", "--require", "manifest", original, original]).code, Some(0));
}
