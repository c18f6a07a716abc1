use super::*;

/// What a terminal, a web page, a Markdown page or the log of a CI job would take for more than text.
const NASTY: [&str; 9] = [
    "::error file=x::owned",
    "a\n::set-output name=x::owned",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{202e}gpj.exe\u{2066}",
    "<script>owned()</script>",
    "![owned](http://example.com/x.png)",
    "a\rreprove: identical",
    "##[error]owned",
    "\u{9b}31m\u{0085}\u{2028}",
];

/// Whether a character can do more than be seen.
fn is_unsafe(letter: char) -> bool {
    (letter.is_control() && letter != '\n')
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Asserts that nothing of an image steers what shows the output.
fn assert_tame(text: &str, what: &str) {
    assert_eq!(text.chars().find(|letter| is_unsafe(*letter)), None, "{what}: {text:?}");
    for line in text.lines() {
        let starts = ["::", "##[", "identical", "equivalent"].iter().any(|mark| line.trim_start().starts_with(mark));
        assert!(!starts || line.starts_with("identical:"), "{what}: a line begins with {line:?}");
    }
}

#[test]
fn names_in_gaps_are_only_text() {
    for nasty in NASTY {
        let stage = Stage::new();
        // In the path of an entry whose content ends too early, in a media type, in a digest, in a key that occurs twice.
        let cut = Layer::plain(&tarball::header(nasty, b'0', 4096, |_| {}));
        let layout = stage.layout("media-type");
        let odd = layout.naming(&layout.blob(nasty, b"{}"));
        let layout = stage.layout("digest");
        let unknown = layout.naming(&json!({ "mediaType": MANIFEST, "digest": format!("{nasty}:00"), "size": 1 }));
        let key = json!(nasty).to_string();
        let layout = stage.layout("key");
        let twice = layout.naming(&layout.blob(MANIFEST, format!("{{{key}:1,{key}:2}}").as_bytes()));
        for hostile in [stage.image("cut", &[cut]), odd, unknown, twice] {
            let sound = stage.sound();
            for arguments in [&[][..], &["-v"], &["-q"]] {
                let run = stage.0.run(&[&["diff", &sound, &hostile], arguments].concat());
                assert_eq!(run.code, Some(2), "{nasty:?}: {}{}", run.out, run.err);
                assert_tame(&run.out, nasty);
                assert_tame(&run.err, nasty);
            }
        }
    }
}

#[test]
fn names_in_findings_are_only_text() {
    for nasty in NASTY {
        let stage = Stage::new();
        let side = |text: &str| {
            json!({
                "config": { "config": { "Labels": { nasty: text }, "Env": [format!("A={nasty}{text}")] }, "author": nasty },
                "manifest": { "annotations": { nasty: format!("{nasty}{text}") } },
                "layers": [{ "createdBy": format!("{nasty}{text}"), "entries": [
                    { "path": format!("opt/{nasty}"), "text": format!("{nasty}\n{text}\n{nasty}") },
                    { "path": "link", "type": "symlink", "link": format!("{nasty}{text}") },
                    { "path": "owner", "text": "x", "uname": nasty.chars().take(9).collect::<String>(), "mtime": 1 + text.len() },
                ] }],
            })
        };
        let pair = built(&stage, &json!({ "original": side("1"), "rebuild": side("22"), "expect": { "cause": "" } }));
        for arguments in [&[][..], &["-v"], &["-q"]] {
            let run = stage.0.run(&[&["diff", &pair.original, &pair.rebuild], arguments].concat());
            assert_eq!(run.code, Some(1), "{nasty:?}: {}{}", run.out, run.err);
            assert_eq!(run.out.chars().find(|letter| is_unsafe(*letter)), None, "{nasty:?}: {}", run.out);
            assert!(!run.out.lines().any(|line| line.starts_with("::") || line.starts_with("##[")), "{}", run.out);
        }
        stage.0.diff(&pair, &[]).report();
    }
}

#[test]
fn what_was_typed_is_only_text_too() {
    for nasty in NASTY {
        let stage = Stage::new();
        for reference in
            [nasty.to_owned(), format!("oci:{nasty}"), format!("docker://{nasty}"), format!("oci:/nowhere:{nasty}")]
        {
            let sound = stage.sound();
            let run = stage.0.run(&["diff", "--", &sound, &reference]);
            assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{nasty:?}");
            assert_tame(&run.err, nasty);
        }
    }
}
