use std::path::Path;

use super::super::archive::Archive;
use super::super::fixture::{append, append_link, config, gzip, put, read, saved, zstd};
use super::*;
use crate::finding::GapReason;

const BASE: &[u8] = b"base layer";
const TOP: &[u8] = b"top layer";

type Builder = tar::Builder<Vec<u8>>;

fn opened(bytes: &[u8], image: Option<&str>) -> Result<(Root, Arc<dyn Blobs>), Refusal> {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(&put(dir.path(), "file", bytes), &Limits::default()).map_err(Refusal::Source)?;
    open(Arc::new(archive), image, &Limits::default())
}

fn archive(build: impl FnOnce(&mut Builder)) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    build(&mut builder);
    builder.into_inner().unwrap()
}

/// Checks that an archive holds one image of the two layers.
fn holds_the_image(bytes: &[u8], image: Option<&str>) {
    let (root, blobs) = opened(bytes, image).unwrap();
    let document = config(&[BASE, TOP]);
    let expected =
        Descriptor { media_type: String::new(), digest: Digest::of(&document), size: Some(document.len() as u64) };
    assert_eq!(root, Root::Bare { config: expected, layers: vec![Digest::of(BASE), Digest::of(TOP)] });
    assert_eq!(read(blobs.as_ref(), &Digest::of(&document)).unwrap(), document);
    assert_eq!(read(blobs.as_ref(), &Digest::of(BASE)).unwrap(), BASE);
    assert_eq!(read(blobs.as_ref(), &Digest::of(TOP)).unwrap(), TOP);
    assert_eq!(read(blobs.as_ref(), &Digest::of(b"other")), Err(GapReason::Missing));
}

fn manifest(builder: &mut Builder, images: &[String]) {
    append(builder, "manifest.json", format!("[{}]", images.join(",")).as_bytes());
}

/// The layout that docker save wrote up to version 24, with a layer that is a link to another's.
fn old(builder: &mut Builder) {
    append_link(builder, tar::EntryType::Symlink, "aa/layer.tar", "../bb/layer.tar");
    append(builder, "bb/layer.tar", BASE);
    append(builder, "cc/layer.tar", TOP);
    append(builder, "config.json", &config(&[BASE, TOP]));
    manifest(builder, &[saved("config.json", &["app:1", "app:latest"], &["aa/layer.tar", "cc/layer.tar"])]);
}

/// The layout that docker save writes since version 25.
fn new(builder: &mut Builder) {
    let name = |bytes: &[u8]| format!("blobs/sha256/{}", Digest::of(bytes).encoded());
    let document = config(&[BASE, TOP]);
    for bytes in [BASE, TOP, &document] {
        append(builder, &name(bytes), bytes);
    }
    append(builder, "index.json", b"{}");
    append(builder, "oci-layout", b"{}");
    manifest(builder, &[saved(&name(&document), &["app:1"], &[&name(BASE), &name(TOP)])]);
}

#[test]
fn every_form_of_docker_save_is_read() {
    let (old, new) = (archive(old), archive(new));
    holds_the_image(&old, None);
    holds_the_image(&new, None);
    holds_the_image(&gzip(&old), Some("app:1"));
    holds_the_image(&zstd(&new), Some("docker.io/library/app:1"));
    holds_the_image(&old, Some("app"));
    holds_the_image(&old, Some("@0"));
}

#[test]
fn several_images_need_a_choice() {
    let bytes = archive(|builder| {
        append(builder, "one.json", &config(&[BASE, TOP]));
        append(builder, "two.json", &config(&[TOP]));
        append(builder, "base.tar", BASE);
        append(builder, "top.tar", TOP);
        let one = |tag| saved("one.json", &[tag], &["base.tar", "top.tar"]);
        manifest(builder, &[one("app:1"), saved("two.json", &["me/two:1"], &["top.tar"]), one("app:2")]);
    });
    holds_the_image(&bytes, Some("app:1"));
    holds_the_image(&bytes, Some("app:2"));
    holds_the_image(&bytes, Some("@2"));
    assert!(matches!(opened(&bytes, Some("me/two:1")), Ok((Root::Bare { layers, .. }, _)) if layers.len() == 1));
    let choice = |image| match opened(&bytes, image).err() {
        Some(Refusal::Choice(problem)) => problem.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(choice(None).ends_with("their names: app:1, app:2, me/two:1"));
    assert!(choice(Some("two:1")).ends_with("their names: app:1, app:2, me/two:1"));
    assert!(choice(Some("@3")).contains("holds 3"));
}

#[test]
fn one_image_under_several_elements_is_one_image() {
    let bytes = archive(|builder| {
        append(builder, "c.json", &config(&[BASE, TOP]));
        append(builder, "base.tar", BASE);
        append(builder, "top.tar", TOP);
        let one = |tag| saved("c.json", &[tag], &["base.tar", "top.tar"]);
        manifest(builder, &[one("app:1"), one("app:2")]);
    });
    holds_the_image(&bytes, None);
}

fn refused(build: impl FnOnce(&mut Builder)) -> String {
    match opened(&archive(build), None).err() {
        Some(Refusal::Source(problem)) => problem.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let saved_as = |layers: &[&str]| saved("c.json", &[], layers);
    assert!(refused(|builder| append(builder, "x", b"")).contains("there is no manifest.json"));
    assert!(refused(|builder| manifest(builder, &[])).contains("names no image"));
    assert!(refused(|builder| append(builder, "manifest.json", b"{")).starts_with("manifest.json: "));
    assert!(refused(|builder| manifest(builder, &[saved_as(&[])])).contains("the config c.json is not in the archive"));
    let counts = refused(|builder| {
        append(builder, "c.json", &config(&[BASE, TOP]));
        manifest(builder, &[saved_as(&["base.tar"])]);
    });
    assert_eq!(counts, "the config has 2 diff IDs and manifest.json names 1 layers");
    let no_config = refused(|builder| {
        append(builder, "c.json", b"[]");
        manifest(builder, &[saved_as(&[])]);
    });
    assert!(no_config.starts_with("the image's config: "), "{no_config}");
}

#[test]
fn a_layer_that_is_not_there_is_a_gap_and_no_error() {
    let bytes = archive(|builder| {
        append(builder, "c.json", &config(&[BASE, TOP]));
        append(builder, "base.tar", b"tampered");
        manifest(builder, &[saved("c.json", &[], &["base.tar", "../../etc/passwd"])]);
    });
    let (_, blobs) = opened(&bytes, None).unwrap();
    assert_eq!(read(blobs.as_ref(), &Digest::of(BASE)), Err(GapReason::Integrity));
    assert_eq!(read(blobs.as_ref(), &Digest::of(TOP)), Err(GapReason::Missing));
    assert!(Path::new("/etc/passwd").exists(), "the test is about a name that would be there outside");
}
