use super::*;

/// What is said of an image whose tag points at this document.
fn root(media_type: &str, text: &str) -> String {
    let stage = Stage::new();
    let layout = stage.layout("hostile");
    let hostile = layout.naming(&layout.blob(media_type, text.as_bytes()));
    stage.inconclusive(&stage.against_sound(&hostile, &[]))
}

/// Asserts that an image whose tag points at this document is not found to be the same as another one.
fn never_green(media_type: &str, text: &str) {
    let stage = Stage::new();
    let layout = stage.layout("hostile");
    let hostile = layout.naming(&layout.blob(media_type, text.as_bytes()));
    let run = stage.against_sound(&hostile, &[]);
    assert!(matches!(run.code, Some(1 | 2)), "{text}: {}{}", run.out, run.err);
}

/// A document that holds a value, deep down or high up.
fn holding(value: &str) -> [(&'static str, String); 3] {
    let config = format!(r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}","config":{value},"layers":[]}}"#);
    let layers = format!(r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}","config":{{}},"layers":{value}}}"#);
    let manifests = format!(r#"{{"schemaVersion":2,"mediaType":"{INDEX}","manifests":{value}}}"#);
    [(MANIFEST, config), (MANIFEST, layers), (INDEX, manifests)]
}

#[test]
fn documents_of_any_depth_end() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        for (media_type, text) in holding(&deep) {
            let said = root(media_type, &text);
            assert!(said.contains("--limit document-depth") && said.contains("sha256:"), "{said}");
        }
        // What is never closed is no document at all.
        let said = root(MANIFEST, &open.repeat(100_000));
        assert!(said.contains("sha256:"), "{said}");
    }
    // The layout's own file is read by other code.
    let stage = Stage::new();
    let layout = stage.layout("hostile");
    let hostile = layout.naming(&json!({}));
    for text in ["[".repeat(1 << 20), format!("{{\"manifests\":{}", "[".repeat(1 << 20)), "{\"a\":".repeat(1 << 20)] {
        fs::write(layout.0.join("index.json"), text).unwrap();
        let run = stage.against_sound(&hostile, &[]);
        assert!(stage.inconclusive(&run).contains("index.json"), "{}", run.err);
    }
}

#[test]
fn values_of_the_wrong_kind_are_named() {
    for value in
        ["null", "1", "\"x\"", "true", "[null]", "[1]", "[[]]", "[{}]", "{\"digest\":1}", "[{\"digest\":\"x\"}]"]
    {
        for (media_type, text) in holding(value) {
            never_green(media_type, &text);
        }
    }
    for text in ["", " ", "nul", "\"", "{", "{}", "[]", "0", "\u{feff}{}", "{\"schemaVersion\":2}x", "\0"] {
        let said = root(MANIFEST, text);
        assert!(said.contains("sha256:"), "{text:?}: {said}");
    }
}

#[test]
fn keys_that_occur_twice_are_named() {
    let twice = format!(r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}","layers":[],"layers":[],"config":{{}}}}"#);
    let said = root(MANIFEST, &twice);
    assert!(said.contains("second time") && said.contains("sha256:"), "{said}");
}

fn descriptors(count: usize) -> String {
    let one = |at: usize| {
        format!(
            r#"{{"mediaType":"{MANIFEST}","digest":"sha256:{at:064x}","size":7,"platform":{{"os":"linux","architecture":"a{at}"}}}}"#
        )
    };
    format!("[{}]", (0..count).map(one).collect::<Vec<_>>().join(","))
}

#[test]
fn descriptors_without_number_end() {
    let said =
        root(INDEX, &format!(r#"{{"schemaVersion":2,"mediaType":"{INDEX}","manifests":{}}}"#, descriptors(10_001)));
    assert!(said.contains("--limit"), "{said}");
    // Thousands, none of which is there.
    never_green(INDEX, &format!(r#"{{"schemaVersion":2,"mediaType":"{INDEX}","manifests":{}}}"#, descriptors(5_000)));
    let stage = Stage::new();
    let layout = stage.layout("hostile");
    let hostile = layout.naming(&json!({}));
    fs::write(layout.0.join("index.json"), format!(r#"{{"schemaVersion":2,"manifests":{}}}"#, descriptors(5_000)))
        .unwrap();
    // The file is itself the index of an image with as many platforms, all but one of which are on one side only.
    let run = stage.against_sound(&hostile, &[]);
    assert_eq!(run.code, Some(1), "{}", run.err);
}

#[test]
fn layers_without_number_end() {
    let stage = Stage::new();
    let empty = Layer::plain(&end());
    let hostile = stage.image("hostile", &vec![empty.clone(); 5000]);
    assert!(stage.inconclusive(&stage.against_sound(&hostile, &[])).contains("--limit layers"));
    // As many as there may be: read, and compared.
    let hostile = stage.image("hostile", &vec![empty; 4096]);
    let run = stage.against_sound(&hostile, &[]);
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
}

#[test]
fn indexes_inside_indexes_end() {
    let stage = Stage::new();
    let layout = stage.layout("hostile");
    let index = |inner: &Value| json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [inner] });
    let manifest = layout.image(&[Layer::plain(&end())]);
    let outer = (0..20).fold(manifest, |inner, _| layout.document(INDEX, &index(&inner)));
    let said = stage.inconclusive(&stage.against_sound(&layout.naming(&outer), &[]));
    assert!(said.contains("--limit index-depth"), "{said}");
    // Each names the one below it ten times: a tree of a thousand million leaves.
    let wide = |inner: &Value| json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": vec![inner; 10] });
    let manifest = layout.image(&[Layer::plain(&end())]);
    let outer = (0..4).fold(manifest, |inner, _| layout.document(INDEX, &wide(&inner)));
    stage.against_sound(&layout.naming(&outer), &[]);
    // An index that says that it is inside itself: no bytes have such a digest, so the blob is another one.
    let own = format!("sha256:{}", "5".repeat(64));
    let itself = index(&json!({ "mediaType": INDEX, "digest": own, "size": 300 }));
    fs::write(layout.path(&own), itself.to_string()).unwrap();
    let hostile = layout.naming(&json!({ "mediaType": INDEX, "digest": own, "size": itself.to_string().len() }));
    let said = stage.inconclusive(&stage.against_sound(&hostile, &[]));
    assert!(said.contains("555555"), "{said}");
}

#[test]
fn digests_and_media_types_nobody_knows_are_named() {
    let digests =
        ["md5:900150983cd24fb0d6963f7d28e17f72", "blake3:00", "sha256:", "sha256:XYZ", "sha256", "", "../../x:y"];
    for digest in digests {
        let descriptor = format!(r#"{{"mediaType":"x/y","digest":"{digest}","size":1}}"#);
        for (media_type, text) in [&holding(&descriptor)[..1], &holding(&format!("[{descriptor}]"))[1..]].concat() {
            never_green(media_type, &text);
        }
        let stage = Stage::new();
        let layout = stage.layout("hostile");
        let hostile = layout.naming(&json!({ "mediaType": MANIFEST, "digest": digest, "size": 1 }));
        let run = stage.against_sound(&hostile, &[]);
        assert_eq!(run.code, Some(2), "{digest}: {}{}", run.out, run.err);
    }
    for (media_type, text) in [("application/x-unknown", "{}"), ("text/html", "<html>"), ("", "{}"), (TAR, "{}")] {
        root(media_type, text);
    }
    // A layer is what its bytes are, whatever its media type says.
    let stage = Stage::new();
    let layer = Layer { media_type: "application/x-unknown", ..Layer::plain(&[0xff; 512]) };
    let said = stage.inconclusive(&stage.against_sound(&stage.image("hostile", &[layer]), &[]));
    assert!(said.contains("sha256:"), "{said}");
}

#[test]
fn sizes_that_lie_are_integrity() {
    let archive = [file("opt/file", b"x"), end()].concat();
    for size in
        [json!(0), json!(1), json!(archive.len() - 1), json!(archive.len() + 1), json!(u64::MAX), json!(1_u64 << 40)]
    {
        let stage = Stage::new();
        let layout = stage.layout("hostile");
        let config = json!({ "architecture": "amd64", "os": "linux", "config": {},
            "rootfs": { "type": "layers", "diff_ids": [Digest::of(&archive).to_string()] } });
        let config = layout.document(CONFIG, &config);
        let mut layer = layout.blob(TAR, &archive);
        layer["size"] = size.clone();
        let manifest = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer] });
        let hostile = layout.naming(&layout.document(MANIFEST, &manifest));
        let said = stage.inconclusive(&stage.against_sound(&hostile, &[]));
        assert!(said.contains("sha256:"), "{size}: {said}");
    }
}
