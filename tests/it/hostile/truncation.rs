use super::*;

/// Where to cut something of this length: at its ends, and all over it.
fn cuts(length: usize) -> impl Iterator<Item = usize> {
    let near = [0, 1, 2, 9, 10, 511, 512, 513].into_iter().filter(move |at| *at < length);
    let all_over = (1..8).map(move |part| length * part / 8);
    near.chain(all_over).chain(length.checked_sub(1))
}

/// The hostile image: one platform of an index, and a layer each in gzip, zstd and plain.
fn image() -> Value {
    let layer = |compression: &str| {
        json!({ "compression": compression, "entries": [
            { "path": "opt/file", "text": format!("{compression}\n"), "repeat": 300 },
            { "path": format!("opt/{}", "long".repeat(60)), "text": "x" },
        ] })
    };
    json!({ "layers": [layer("gzip"), layer("zstd"), layer("none")] })
}

fn written(archive: &str) -> Value {
    let mut side = image();
    side["archive"] = json!(archive);
    json!({ "original": side, "rebuild": side, "expect": { "cause": "" } })
}

#[test]
fn a_blob_that_ends_early_is_integrity() {
    let stage = Stage::new();
    let hostile = built(&stage, &written("layout")).original;
    let mut files = Vec::new();
    crate::home::below(&stage.0.path("built/original/blobs"), &mut files);
    assert_eq!(files.len(), 5, "config, manifest, three layers");
    for path in files {
        let whole = fs::read(&path).unwrap();
        let digest = path.file_name().unwrap().to_str().unwrap();
        for at in cuts(whole.len()).step_by(2) {
            fs::write(&path, &whole[..at]).unwrap();
            let said = stage.inconclusive(&stage.against_sound(&hostile, &[]));
            assert!(said.contains(digest), "{at} of {}: {said}", whole.len());
        }
        fs::write(&path, &whole).unwrap();
    }
}

#[test]
fn a_layer_that_ends_early_by_its_own_digest_is_malformed() {
    let archive = [file("opt/file", &b"content ".repeat(300)), file("opt/other", b"x")].concat();
    let packed = [bombs::gzip(&archive), zstd::encode_all(&archive[..], 3).unwrap()];
    for whole in &packed {
        for at in cuts(whole.len()).filter(|at| *at > 9) {
            let said = Stage::new().layer(Layer::packed(whole[..at].to_vec()));
            assert!(said.contains("sha256:"), "{at} of {}: {said}", whole.len());
        }
    }
    // Between two entries, and in the padding of the last one, an archive may end.
    for at in cuts(archive.len()).filter(|at| at % 512 != 0 && *at < 3072) {
        let said = Stage::new().layer(Layer::plain(&archive[..at]));
        assert!(said.contains("offset"), "{at}: {said}");
    }
}

#[test]
fn an_archive_that_ends_early_is_named() {
    for (kind, transport) in [("oci", "oci-archive"), ("docker", "docker-archive")] {
        let stage = Stage::new();
        let hostile = built(&stage, &written(kind)).original;
        let path = PathBuf::from(hostile.strip_prefix(&format!("{transport}:")).unwrap());
        let whole = fs::read(&path).unwrap();
        for bytes in [whole.clone(), bombs::gzip(&whole), zstd::encode_all(&whole[..], 3).unwrap()] {
            // What is cut off at the end may be zeros, that nobody misses.
            for at in cuts(bytes.len() * 7 / 8) {
                fs::write(&path, &bytes[..at]).unwrap();
                let run = stage.against_sound(&hostile, &[]);
                let said = stage.inconclusive(&run);
                let named = said.contains(path.to_str().unwrap()) || said.contains("sha256:");
                assert!(named, "{kind} {at} of {}: {said}", bytes.len());
            }
        }
    }
}

#[test]
fn the_files_of_a_layout_that_end_early_are_named() {
    let stage = Stage::new();
    let hostile = built(&stage, &written("layout")).original;
    for name in ["index.json", "oci-layout"] {
        let path = stage.0.path("built/original").join(name);
        let whole = fs::read(&path).unwrap();
        for at in cuts(whole.len()) {
            fs::write(&path, &whole[..at]).unwrap();
            let run = stage.against_sound(&hostile, &[]);
            assert!(stage.inconclusive(&run).contains(name), "{at}: {}", run.err);
        }
        fs::write(&path, &whole).unwrap();
    }
}
