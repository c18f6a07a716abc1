use std::os::unix::fs::symlink;
use std::process::Command;

use super::super::files::Folder;
use super::super::fixture::{Memory, Named, entry, index, layout, read, tagged, unpack};
use super::*;
use crate::error::NoDirectory;
use crate::finding::GapReason;

const ONE: &[u8] = b"manifest one";
const TWO: &[u8] = b"manifest two";

fn opened(files: &Named, image: Option<&str>) -> Result<(Descriptor, Arc<dyn Blobs>), Refusal> {
    let (root, blobs) = open(Arc::new(Memory(files.clone())), image, &Limits::default())?;
    match root {
        Root::Descriptor(descriptor) => Ok((descriptor, blobs)),
        Root::Bare { .. } => panic!("not bare"),
    }
}

fn chosen(entries: &[String], image: Option<&str>) -> Result<Digest, String> {
    match opened(&layout(&index(entries), &[ONE, TWO]), image) {
        Ok((descriptor, _)) => Ok(descriptor.digest),
        Err(Refusal::Choice(problem)) => Err(problem.to_string()),
        Err(other) => panic!("{other:?}"),
    }
}

fn source_error(files: &Named) -> String {
    match opened(files, None).err() {
        Some(Refusal::Source(problem)) => problem.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_image_needs_no_tag() {
    let (descriptor, blobs) = opened(&layout(&index(&[entry(ONE, "", "")]), &[ONE, b"layer"]), None).unwrap();
    assert_eq!(descriptor.media_type, "application/vnd.oci.image.manifest.v1+json");
    assert_eq!(descriptor.size, Some(ONE.len() as u64));
    assert_eq!(read(blobs.as_ref(), &descriptor.digest).unwrap(), ONE);
    assert_eq!(read(blobs.as_ref(), &Digest::of(b"layer")).unwrap(), b"layer");
    assert_eq!(read(blobs.as_ref(), &Digest::of(b"none")), Err(GapReason::Missing));
    let same = [entry(ONE, &tagged("a"), ""), entry(ONE, &tagged("b"), "")];
    assert_eq!(chosen(&same, None), Ok(Digest::of(ONE)));
}

#[test]
fn an_image_is_embedded_in_index_json_as_it_is_or_not_at_all() {
    use base64::Engine as _;
    let opened = |bytes: &[u8]| {
        let data = base64::engine::general_purpose::STANDARD.encode(bytes);
        let entry = entry(ONE, "", "").replacen('{', &format!("{{\"data\":\"{data}\","), 1);
        layout(&index(&[entry]), &[ONE])
    };
    assert!(super::tests::opened(&opened(ONE), None).is_ok());
    assert!(source_error(&opened(TWO)).ends_with("is not what its digest and size say"));
}

#[test]
fn an_image_is_not_described_in_two_ways() {
    let one = entry(ONE, &tagged("a"), "");
    let other = entry(ONE, &tagged("b"), "");
    assert!(opened(&layout(&index(&[one.clone(), other.clone()]), &[ONE]), Some("a")).is_ok());
    for other in [other.replace("image.manifest.v1", "image.index.v1"), other.replace("\"size\":12", "\"size\":13")] {
        let files = layout(&index(&[one.clone(), other]), &[ONE]);
        assert!(source_error(&files).ends_with("twice and differently"));
    }
}

#[test]
fn a_tag_chooses() {
    let containerd =
        r#"{"io.containerd.image.name":"docker.io/library/app:3","org.opencontainers.image.ref.name":"3"}"#;
    let entries = [entry(ONE, &tagged("ghcr.io/me/app:1"), ""), entry(TWO, containerd, ""), entry(ONE, "", "")];
    for (image, manifest) in [
        ("ghcr.io/me/app:1", ONE),
        ("1", ONE),
        ("3", TWO),
        ("app:3", TWO),
        ("@0", ONE),
        ("@1", TWO),
        (&format!("@{}", Digest::of(TWO)), TWO),
    ] {
        assert_eq!(chosen(&entries, Some(image)), Ok(Digest::of(manifest)), "{image}");
    }
    assert_eq!(chosen(&entries, Some("2")).unwrap_err(), "no image has this tag; the tags are: 3, ghcr.io/me/app:1");
    assert!(chosen(&entries, Some("@3")).unwrap_err().contains("names 3"));
    assert!(chosen(&entries, None).unwrap_err().contains("the tags are: 3, ghcr.io/me/app:1"));
}

#[test]
fn an_equal_tag_goes_before_the_end_of_a_name() {
    let entries = [entry(ONE, &tagged("app:1"), ""), entry(TWO, &tagged("1"), "")];
    assert_eq!(chosen(&entries, Some("1")), Ok(Digest::of(TWO)));
    let entries = [entry(ONE, &tagged("app:1"), ""), entry(TWO, &tagged("lib:1"), "")];
    assert!(chosen(&entries, Some("1")).unwrap_err().contains("several images have this tag"));
}

/// skopeo 1.9.3 takes the first of them.
#[test]
fn a_tag_that_stands_twice_chooses_nothing() {
    let entries = [entry(ONE, &tagged("1"), ""), entry(TWO, &tagged("1"), "")];
    assert!(chosen(&entries, Some("1")).unwrap_err().contains("several images have this tag"));
    let twice = r#"{"org.opencontainers.image.ref.name":"1","org.opencontainers.image.ref.name":"2"}"#;
    let detail = source_error(&layout(&index(&[entry(ONE, twice, "")]), &[ONE]));
    assert!(detail.contains("a second time"), "{detail}");
}

/// Docker 29 and containerd take the full name, skopeo 1.9.3 the other one; of two with one full name the last one has it
/// once an archive is loaded.
#[test]
fn a_name_that_clients_give_to_different_images_chooses_nothing() {
    let named = |full: &str, name: &str| {
        format!(r#"{{"io.containerd.image.name":"{full}","org.opencontainers.image.ref.name":"{name}"}}"#)
    };
    let two = |one: &str, other: &str| [entry(ONE, one, ""), entry(TWO, other, "")];
    let entries = two(&named("docker.io/library/app:1", "1"), &named("app:1", "2"));
    for image in ["1", "2"] {
        assert!(chosen(&entries, Some(image)).unwrap_err().contains("another image has the same full name"), "{image}");
    }
    assert!(chosen(&entries, Some("app:1")).unwrap_err().contains("several images have this tag"));
    assert_eq!(chosen(&entries, Some("@0")), Ok(Digest::of(ONE)));
    assert_eq!(chosen(&entries, Some(&format!("@{}", Digest::of(TWO)))), Ok(Digest::of(TWO)));
    let entries = two(&tagged("app:1"), &named("docker.io/library/app:1", "x"));
    assert!(chosen(&entries, Some("app:1")).unwrap_err().contains("several images have this tag"));
    // Two images of one tag, as `docker save a:1 b:1` lists them.
    let entries = two(&named("docker.io/library/a:1", "1"), &named("docker.io/library/b:1", "1"));
    assert_eq!(chosen(&entries, Some("b:1")), Ok(Digest::of(TWO)));
    assert!(chosen(&entries, Some("1")).unwrap_err().contains("several images have this tag"));
}

/// skopeo 1.9.3 copies what the tag names, whatever kind of artifact the list calls it [read].
#[test]
fn an_artifact_with_a_name_is_an_image() {
    let artifact = |annotations: &str| {
        let plain = entry(TWO, annotations, "");
        format!(r#"{{"artifactType":"application/x",{}"#, plain.trim_start().trim_start_matches('{'))
    };
    assert_eq!(chosen(&[artifact(""), entry(ONE, &tagged("1"), "")], None), Ok(Digest::of(ONE)));
    assert!(chosen(&[artifact(&tagged("1")), entry(ONE, "", "")], None).unwrap_err().contains("several images"));
    assert!(chosen(&[artifact(&tagged("1")), entry(ONE, &tagged("1"), "")], Some("1")).is_err());
}

#[test]
fn an_image_with_the_annotation_of_an_attestation_is_an_image() {
    let about = format!(r#"{{"vnd.docker.reference.digest":"{}"}}"#, Digest::of(ONE));
    let elsewhere = format!(r#"{{"vnd.docker.reference.digest":"{}"}}"#, Digest::of(b"none"));
    let machine = r#"{"os":"linux","architecture":"amd64"}"#;
    let nobody = r#"{"os":"unknown","architecture":"unknown"}"#;
    let unnamed = |annotations: &str, platform: &str| {
        chosen(&[entry(ONE, "", ""), entry(TWO, annotations, platform)], None).map_err(drop)
    };
    assert_eq!(unnamed(&about, machine), Err(()));
    assert_eq!(unnamed(&elsewhere, ""), Err(()));
    assert_eq!(unnamed(&about, nobody), Ok(Digest::of(ONE)));
}

#[test]
fn an_index_of_platforms_is_itself_the_root() {
    let platform = r#"{"os":"linux","architecture":"amd64"}"#;
    let text = index(&[entry(ONE, "", platform), entry(TWO, "", platform)]);
    let (descriptor, blobs) = opened(&layout(&text, &[ONE, TWO]), None).unwrap();
    assert_eq!(descriptor.media_type, OCI_INDEX);
    assert_eq!((&descriptor.digest, descriptor.size), (&Digest::of(text.as_bytes()), Some(text.len() as u64)));
    assert_eq!(read(blobs.as_ref(), &descriptor.digest).unwrap(), text.as_bytes());
    assert_eq!(read(blobs.as_ref(), &Digest::of(TWO)).unwrap(), TWO);

    let mixed = [entry(ONE, "", platform), entry(TWO, "", "")];
    let detail = chosen(&mixed, None).unwrap_err();
    assert!(detail.contains(&Digest::of(ONE).to_string()), "{detail}");
    assert!(chosen(&[entry(ONE, &tagged("a"), platform), entry(TWO, "", platform)], None).is_err());
}

#[test]
fn what_is_no_layout_is_refused() {
    assert!(source_error(&vec![("x".to_owned(), Vec::new())]).contains("there is no index.json"));
    assert!(source_error(&layout("{", &[])).starts_with("index.json: at byte 1 "));
    assert_eq!(source_error(&layout(&index(&[]), &[])), "index.json names no image");
    assert!(source_error(&layout(r#"{"manifests":[{"digest":"md5:00"}]}"#, &[])).contains("not supported"));
    let mut files = layout(&index(&[entry(ONE, "", "")]), &[ONE]);
    files[0].1 = br#"{"imageLayoutVersion":"2.0.0"}"#.to_vec();
    assert!(source_error(&files).contains("2.0.0"));
    files.remove(0);
    assert!(opened(&files, None).is_ok(), "skopeo reads a layout without the oci-layout file");
}

#[test]
fn the_number_of_manifests_is_limited() {
    let files = layout(&index(&[entry(ONE, "", ""), entry(TWO, "", "")]), &[]);
    let open_with = |limits| open(Arc::new(Memory(files.clone())), Some("@0"), &limits).err();
    assert_eq!(open_with(Limits { index_descriptors: 2, ..Limits::default() }), None);
    let refused = Refusal::from(NoDirectory::TooManyManifests(1));
    assert_eq!(open_with(Limits { index_descriptors: 1, ..Limits::default() }), Some(refused));
}

#[test]
fn blobs_that_are_no_regular_files_are_not_read() {
    let dir = tempfile::tempdir().unwrap();
    unpack(dir.path(), &layout(&index(&[entry(ONE, "", "")]), &[ONE]));
    let path = |bytes: &[u8]| dir.path().join("blobs/sha256").join(Digest::of(bytes).encoded());
    symlink("/etc/passwd", path(b"link")).unwrap();
    assert!(Command::new("mkfifo").arg(path(b"pipe")).status().unwrap().success());
    std::fs::create_dir(path(b"dir")).unwrap();
    let (_, blobs) = open(Arc::new(Folder::new(dir.path())), None, &Limits::default()).unwrap();
    for name in [&b"link"[..], b"pipe", b"dir"] {
        assert_eq!(read(blobs.as_ref(), &Digest::of(name)), Err(GapReason::Unsupported));
    }
    assert_eq!(read(blobs.as_ref(), &Digest::of(ONE)).unwrap(), ONE);
}

#[test]
fn artifacts_beside_an_image_are_its_referrers_and_no_choice() {
    let attestation = "application/vnd.docker.attestation.manifest.v1+json";
    let about = |digest: &Digest| format!(r#"{{"subject":{{"digest":"{digest}"}}}}"#).into_bytes();
    let (first, second) = (about(&Digest::of(ONE)), about(&Digest::of(TWO)));
    let listed = |manifest: &[u8]| {
        let plain = entry(manifest, "", "");
        format!(r#"{{"artifactType":"{attestation}",{}"#, plain.trim_start().trim_start_matches('{'))
    };
    let annotated = entry(b"old form", &format!(r#"{{"vnd.docker.reference.digest":"{}"}}"#, Digest::of(ONE)), "");
    let text = index(&[entry(ONE, "", ""), listed(&first), listed(&second), listed(b"lost"), annotated]);
    let (descriptor, blobs) = opened(&layout(&text, &[ONE, &first, &second, b"old form"]), None).unwrap();
    assert_eq!(descriptor.digest, Digest::of(ONE));
    let of = |digest: &Digest| -> Vec<Digest> {
        blobs.referrers(digest).unwrap().into_iter().map(|descriptor| descriptor.digest).collect()
    };
    assert_eq!(of(&Digest::of(ONE)), [Digest::of(&first), Digest::of(b"old form")]);
    assert_eq!(of(&Digest::of(TWO)), [Digest::of(&second)]);
    assert_eq!(of(&Digest::of(b"other")), []);
}
