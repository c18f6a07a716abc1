use std::process::Command;

use super::super::fixture::{append, config, entry, gzip, index, layout, put, saved, tagged, tar_of, unpack};
use super::*;
use crate::digest::Digest;
use crate::source::{Access, Reference, Sources};

const MANIFEST: &[u8] = b"manifest";

fn image() -> super::super::fixture::Named {
    layout(&index(&[entry(MANIFEST, &tagged("app:1"), "")]), &[MANIFEST])
}

fn docker_archive() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    append(&mut builder, "c.json", &config(&[]));
    append(&mut builder, "manifest.json", format!("[{}]", saved("c.json", &["app:1"], &[])).as_bytes());
    builder.into_inner().unwrap()
}

fn root(path: &Path, image: &str) -> Result<Root, String> {
    let text = format!("{}{image}", path.display());
    let opened = find(&text).and_then(|found| match found {
        Found::Path(path, image) => open(&path, image, &Limits::default()),
        Found::Name => panic!("{text} is a name"),
    });
    opened.map(|(root, _)| root).map_err(|refusal| refusal.words())
}

fn is_the_image(root: Result<Root, String>) -> bool {
    matches!(root, Ok(Root::Descriptor(descriptor)) if descriptor.digest == Digest::of(MANIFEST))
}

#[test]
fn a_path_is_recognized_by_what_it_holds() {
    let dir = tempfile::tempdir().unwrap();
    unpack(&dir.path().join("oci"), &image());
    let archive = put(dir.path(), "oci.tar.gz", &gzip(&tar_of(&image())));
    let docker = put(dir.path(), "docker.tar", &docker_archive());
    for suffix in ["", ":", ":1", ":app:1"] {
        assert!(is_the_image(root(&dir.path().join("oci"), suffix)), "{suffix}");
        assert!(is_the_image(root(&archive, suffix)), "{suffix}");
    }
    assert!(root(&archive, ":2").unwrap_err().contains("no image has this tag"));
    assert!(matches!(root(&docker, ""), Ok(Root::Bare { .. })));
    assert!(matches!(root(&docker, ":docker.io/app:1"), Ok(Root::Bare { .. })));

    let bare = vec![("version", "Directory Transport Version: 1.1\n"), ("manifest.json", r#"{"config":{}}"#)];
    let bare = bare.into_iter().map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).collect();
    unpack(&dir.path().join("dir"), &bare);
    assert!(matches!(root(&dir.path().join("dir"), ""), Ok(Root::Descriptor(_))));
    assert!(root(&dir.path().join("dir"), ":1").unwrap_err().contains("one image"));
}

/// An archive as BuildKit's exporter `docker` makes it, whose `manifest.json` names the config at `named`.
fn of_two_descriptions(named: &[u8]) -> Vec<u8> {
    let (first, second) = (config(&[b"layer"]), config(&[]));
    let name = |bytes: &[u8]| format!("blobs/sha256/{}", Digest::of(bytes).encoded());
    let blob = |bytes: &[u8]| format!(r#"{{"mediaType":"x","digest":"{}","size":{}}}"#, Digest::of(bytes), bytes.len());
    let manifest =
        format!(r#"{{"schemaVersion":2,"config":{},"layers":[{}]}}"#, blob(&first), blob(b"layer")).into_bytes();
    let mut files = layout(&index(&[entry(&manifest, &tagged("1"), "")]), &[&manifest, &first, &second, b"layer"]);
    let layers: &[&str] = if named == first { &[&name(b"layer")] } else { &[] };
    let saved = format!("[{}]", saved(&name(named), &["app:1"], layers));
    files.push(("manifest.json".to_owned(), saved.into_bytes()));
    tar_of(&files)
}

/// skopeo's `docker-archive` and engines before containerd's store read `manifest.json`, the others the layout.
#[test]
fn two_descriptions_of_an_archive_must_agree() {
    let dir = tempfile::tempdir().unwrap();
    let honest = put(dir.path(), "honest.tar", &of_two_descriptions(&config(&[b"layer"])));
    for suffix in ["", ":1"] {
        assert!(matches!(root(&honest, suffix), Ok(Root::Descriptor(_))), "{suffix}");
    }
    let other = put(dir.path(), "other.tar", &of_two_descriptions(&config(&[])));
    assert!(root(&other, "").unwrap_err().contains("describes its images twice"));
    let open = |transport: &str, path: &Path, suffix: &str| {
        let reference = Reference::parse(&format!("{transport}:{}{suffix}", path.display())).unwrap();
        let sources = Sources::new(&Access::default(), &Limits::default(), &[&reference]).unwrap();
        sources.open(&reference).map(|opened| opened.root).map_err(|error| error.to_string())
    };
    for (transport, suffix) in [
        ("oci-archive", ""),
        ("oci-archive", ":1"),
        ("oci-archive", ":@0"),
        ("docker-archive", ""),
        ("docker-archive", ":app:1"),
        ("docker-archive", ":@0"),
    ] {
        assert!(open(transport, &honest, suffix).is_ok(), "{transport}{suffix}");
        let refusal = open(transport, &other, suffix).unwrap_err();
        assert!(refusal.contains("describes its images twice"), "{transport}{suffix}: {refusal}");
    }
}

/// `docker load` before containerd's store takes all that `manifest.json` names, and gives a tag to the last; with it, all
/// that `index.json` lists [read].
#[test]
fn neither_description_of_an_archive_names_more() {
    let dir = tempfile::tempdir().unwrap();
    let (good, evil) = (config(&[b"layer"]), config(&[b"other"]));
    let name = |bytes: &[u8]| format!("blobs/sha256/{}", Digest::of(bytes).encoded());
    let blob = |bytes: &[u8]| format!(r#"{{"mediaType":"x","digest":"{}","size":{}}}"#, Digest::of(bytes), bytes.len());
    let manifest = |config: &[u8], layer: &[u8]| {
        format!(r#"{{"schemaVersion":2,"config":{},"layers":[{}]}}"#, blob(config), blob(layer)).into_bytes()
    };
    let (one, two) = (manifest(&good, b"layer"), manifest(&evil, b"other"));
    let element = |config: &[u8], tags: &[&str], layer: &[u8]| saved(&name(config), tags, &[&name(layer)]);
    let archive = |file: &str, listed: &[String], saved: &[String]| {
        let mut files = layout(&index(listed), &[&one, &two, &good, &evil, b"layer", b"other"]);
        files.push(("manifest.json".to_owned(), format!("[{}]", saved.join(",")).into_bytes()));
        put(dir.path(), file, &tar_of(&files))
    };
    let open = |transport: &str, path: &Path, suffix: &str| {
        let reference = Reference::parse(&format!("{transport}:{}{suffix}", path.display())).unwrap();
        let sources = Sources::new(&Access::default(), &Limits::default(), &[&reference]).unwrap();
        sources.open(&reference).map(|opened| opened.root).map_err(|error| error.to_string())
    };
    let listed = [entry(&one, &tagged("1"), "")];
    let first = element(&good, &["app:1"], b"layer");
    for (file, second) in [("same.tar", &["app:1"][..]), ("other.tar", &["app:2"]), ("none.tar", &[])] {
        let path = archive(file, &listed, &[first.clone(), element(&evil, second, b"other")]);
        assert!(open("oci-archive", &path, "").is_err(), "{file}");
        assert_eq!(open("oci-archive", &path, ":1").is_ok(), file != "same.tar", "{file}");
        assert_eq!(open("docker-archive", &path, ":app:1").is_ok(), file != "same.tar", "{file}");
    }
    let more = [entry(&one, &tagged("1"), ""), entry(&two, &tagged("app:1"), "")];
    let path = archive("more.tar", &more, std::slice::from_ref(&first));
    assert!(open("docker-archive", &path, "").is_err() && open("docker-archive", &path, ":app:1").is_err());
    let path = archive("two.tar", &more, &[first, element(&evil, &["app:2"], b"other")]);
    assert!(open("oci-archive", &path, ":1").is_ok());
}

#[test]
fn a_path_with_a_colon_is_a_path_first() {
    let dir = tempfile::tempdir().unwrap();
    unpack(&dir.path().join("oci:1"), &image());
    unpack(&dir.path().join("oci"), &vec![("x".to_owned(), Vec::new())]);
    assert!(is_the_image(root(&dir.path().join("oci:1"), "")));
    assert!(is_the_image(root(&dir.path().join("oci:1"), ":app:1")));
    assert!(root(&dir.path().join("oci"), ":2").unwrap_err().contains("a directory that holds no image"));
}

#[test]
fn what_is_there_and_no_image_is_described() {
    let dir = tempfile::tempdir().unwrap();
    let error = |name: &str, bytes: &[u8]| root(&put(dir.path(), name, bytes), "").unwrap_err();
    assert!(error("empty", b"").starts_with("an empty file"));
    assert!(error("garbage", b"\x7fELF").contains("no tar archive"));
    let other = tar_of(&vec![("etc/passwd".to_owned(), Vec::new())]);
    let detail = error("other.tar", &other);
    assert!(detail.contains("its first members are etc/passwd") && detail.contains("docker save"), "{detail}");
    assert!(root(dir.path(), "").unwrap_err().contains("neither oci-layout nor manifest.json"));
    put(dir.path(), "manifest.json", b"[]");
    assert!(root(dir.path(), "").unwrap_err().contains("dir:DIR"));

    let pipe = dir.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(root(&pipe, "").unwrap_err(), "is a pipe, not a regular file");
    assert_eq!(root(Path::new("/dev/null"), "").unwrap_err(), "is a device, not a regular file");
}

#[test]
fn what_is_not_there_may_be_a_registry_reference() {
    for name in ["debian:12", "ghcr.io/me/app@sha256:00", "localhost:5000/app", "no-such-image:1"] {
        assert_eq!(find(name), Ok(Found::Name), "{name}");
    }
    for path in ["/nonexistent", "./x", "../x", "image.tar", "a b", "~/x", "ftp://host/x", "x//y", "a\nb", "nul\0"] {
        assert_eq!(find(path), Err(Refusal::Source(Unopened::NotFound)), "{path}");
    }
    let address = find("https://host/x:1");
    assert_eq!(address, Err(Refusal::Source(Unopened::Address("host/x:1".to_owned()))));
}
