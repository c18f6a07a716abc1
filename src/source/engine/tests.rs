use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::digest::{Descriptor, Digest};
use crate::source::fixture::{append, config, entry, index, layout, read, saved, tagged};

mod server;

use server::{Answer, Requests, chunked, sized};

const LAYER: &[u8] = b"layer";
type Result<T> = std::result::Result<T, Refusal>;
type Opening = Result<(Root, Arc<dyn Blobs>)>;

/// Puts the files of `docker save` in an order that is of no use to who reads a stream.
fn archive(images: &[(&str, &[&str])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let entries: Vec<String> = images.iter().map(|(config, tags)| saved(config, tags, &["layer.tar"])).collect();
    append(&mut builder, "layer.tar", LAYER);
    append(&mut builder, "manifest.json", format!("[{}]", entries.join(",")).as_bytes());
    for (number, (name, _)) in images.iter().enumerate() {
        append(&mut builder, name, &numbered(number));
    }
    builder.into_inner().unwrap()
}

fn one() -> Vec<u8> {
    archive(&[("config.json", &["app:1"])])
}

/// Configs that differ.
fn numbered(number: usize) -> Vec<u8> {
    let mut bytes = config(&[LAYER]);
    bytes.extend(vec![b' '; number]);
    bytes
}

fn engines(variables: &[(&str, &str)]) -> Engines {
    Engines::new(&Environment::of(variables.iter().copied()), Net::default())
}

fn docker(engines: &Engines, typed: &str) -> Opening {
    engines.docker_daemon(typed, &Limits::default())
}

/// What an engine on a Unix socket with this answer is made of.
fn asked(answer: Answer, typed: &str) -> (Opening, Requests) {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("docker.sock");
    let requests = server::unix(&socket, answer);
    let patience = Patience { connect: Duration::from_secs(10), silence: Duration::from_millis(300) };
    let host = format!("unix://{}", socket.display());
    let engines = Engines { patience, ..engines(&[("DOCKER_HOST", &host)]) };
    (docker(&engines, typed), requests)
}

fn answered(bytes: Vec<u8>, typed: &str) -> Opening {
    asked(Answer::Bytes(bytes), typed).0
}

fn id(root: &Root) -> Digest {
    match root {
        Root::Bare { config, .. } => config.digest.clone(),
        Root::Descriptor(descriptor) => descriptor.digest.clone(),
    }
}

fn detail<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => panic!("this was no error"),
        Err(refusal) => refusal.words(),
    }
}

#[test]
fn an_export_is_an_image_however_it_is_sent() {
    for bytes in [chunked(&one()), sized("200 OK", &one())] {
        let (opened, requests) = asked(Answer::Bytes(bytes), "localhost:5000/app");
        let (root, blobs) = opened.unwrap();
        assert_eq!(id(&root), Digest::of(&numbered(0)));
        for _ in 0..2 {
            assert_eq!(read(blobs.as_ref(), &Digest::of(LAYER)).unwrap(), LAYER);
        }
        let heads = requests.lock().unwrap();
        assert!(heads[0].starts_with("GET /images/localhost:5000/app:latest/get HTTP/1.1\r\n"), "{heads:?}");
        assert!(!heads[0].to_lowercase().contains("authorization"), "{heads:?}");
    }
}

#[test]
fn an_engine_is_reached_over_tcp_and_no_proxy() {
    let (address, _) = server::tcp(Answer::Bytes(chunked(&one())));
    let proxy = [("http_proxy", "http://127.0.0.1:1"), ("HTTP_PROXY", "http://127.0.0.1:1")];
    let variables = [&proxy[..], &[("DOCKER_HOST", address.as_str())]].concat();
    let (root, _) = docker(&engines(&variables), "app:1").unwrap();
    assert_eq!(id(&root), Digest::of(&numbered(0)));
}

#[test]
fn an_image_is_exported_once_a_run() {
    let (address, requests) = server::tcp(Answer::Bytes(chunked(&one())));
    let engines = engines(&[("DOCKER_HOST", address.as_str())]);
    std::thread::scope(|scope| {
        for typed in ["app", "app:latest", "app"] {
            let engines = &engines;
            scope.spawn(move || docker(engines, typed).unwrap());
        }
    });
    assert_eq!(requests.lock().unwrap().len(), 1);
    docker(&engines, "app:2").unwrap();
    assert_eq!(requests.lock().unwrap().len(), 2);
}

#[test]
fn of_several_images_the_one_that_was_asked_for_is_taken() {
    let several = archive(&[("one.json", &["app:1"]), ("two.json", &["docker.io/library/app:2"])]);
    let asked = |typed: &str| answered(chunked(&several), typed);
    assert_eq!(id(&asked("app:1").unwrap().0), Digest::of(&numbered(0)));
    assert_eq!(id(&asked("app:2").unwrap().0), Digest::of(&numbered(1)));
    assert!(detail(asked("app")).contains("no image has this name"));
}

#[test]
fn an_id_is_held_against_what_came() {
    let known = Digest::of(&numbered(0));
    assert_eq!(id(&answered(chunked(&one()), &known.to_string()).unwrap().0), known);
    assert_eq!(id(&answered(chunked(&one()), &known.encoded()).unwrap().0), known);
    let other = Digest::of(b"other").to_string();
    assert_eq!(detail(answered(chunked(&one()), &other)), format!("the engine sent an image that is not {other}"));
}

#[test]
fn an_export_with_a_layout_has_manifests() {
    let manifest = b"manifest";
    let mut files = layout(&index(&[entry(manifest, &tagged("1"), "")]), &[manifest, &numbered(0)]);
    files.push(("manifest.json".to_owned(), b"[]".to_vec()));
    let bytes = crate::source::fixture::tar_of(&files);
    let by_tag = answered(chunked(&bytes), "app:1").unwrap().0;
    assert!(matches!(&by_tag, Root::Descriptor(_)));
    assert_eq!(id(&by_tag), Digest::of(manifest));
    // An id is that of the config, or that of the manifest.
    for blob in [&numbered(0)[..], manifest] {
        let by_id = answered(chunked(&bytes), &Digest::of(blob).to_string()).unwrap().0;
        assert_eq!(by_id, by_tag);
    }
}

#[test]
fn what_the_engine_answers_instead_is_shown_without_control_characters() {
    let none = answered(sized("404 Not Found", br#"{"message":"No such image: \u001b[2Japp:1"}"#), "app:1");
    assert!(matches!(&none, Err(Refusal::Choice(_))));
    let text = detail(none);
    assert!(text.contains("has no image app:1: No such image: \\u{1b}[2Japp:1"), "{text}");
    let text = detail(answered(sized("500 Internal Server Error", b"broken\n"), "app:1"));
    assert!(text.contains("answers 500: broken; ") && text.contains("docker save -o FILE app:1"), "{text}");
    let moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".to_vec();
    assert!(detail(answered(moved, "app:1")).contains("answers 302;"));
    assert!(detail(answered(sized("200 OK", b"<html>"), "app:1")).contains("no tar archive"));
    assert!(detail(answered(sized("200 OK", b""), "app:1")).contains("sent nothing"));
    assert!(detail(answered(b"SSH-2.0-x\r\n".to_vec(), "app:1")).contains("broke off"));
}

#[test]
fn an_export_that_is_cut_off_is_no_image() {
    let whole = chunked(&one());
    let sized = sized("200 OK", &one());
    for bytes in
        [&whole[..whole.len() - 5], &whole[..1500], &whole[..30], &sized[..sized.len() - 1], &sized[..700], b""]
    {
        let text = detail(answered(bytes.to_vec(), "app:1"));
        assert!(text.contains("broke off") && text.contains("docker save"), "{text}");
    }
}

#[test]
fn an_engine_that_falls_silent_is_not_waited_for() {
    let whole = chunked(&one());
    for sent in [0, 30, 1500] {
        let text = detail(asked(Answer::Silence(whole[..sent].to_vec()), "app:1").0);
        assert!(text.contains("sent nothing for 300ms"), "{text}");
    }
}

#[test]
fn an_engine_that_is_not_there_is_named_with_the_way_around_it() {
    let dir = tempfile::tempdir().unwrap();
    let missing = format!("unix://{}", dir.path().join("none.sock").display());
    let refused = |host: &str| detail(docker(&engines(&[("DOCKER_HOST", host)]), "app:1"));
    let text = refused(&missing);
    assert!(text.starts_with(&format!("there is no {missing}: the Docker engine is not installed")), "{text}");
    assert!(text.ends_with("docker save -o FILE app:1, then docker-archive:FILE"), "{text}");
    let dead = dir.path().join("dead.sock");
    drop(std::os::unix::net::UnixListener::bind(&dead).unwrap());
    assert!(refused(&format!("unix://{}", dead.display())).starts_with("nobody listens at unix://"));
    assert!(refused("tcp://127.0.0.1:1").starts_with("nobody listens at tcp://127.0.0.1:1: "));
    let text = refused("ssh://me@host");
    assert!(text.contains("behind ssh://") && text.contains("docker save -o FILE app:1"), "{text}");
}

/// Puts a program that stands in for another one into a directory.
fn stand_in(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(folder.join(name), Permissions::from_mode(0o755)).unwrap();
}

fn stored(folder: &Path, typed: &str) -> Opening {
    let path = format!("{}:/usr/bin:/bin", folder.display());
    engines(&[("PATH", &path)]).containers_storage(typed, &Limits::default())
}

#[test]
fn podman_is_asked_first_and_skopeo_for_what_only_it_knows() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    fs::write(folder.join("export"), one()).unwrap();
    let text = r#"echo "$@" > "${0%/*}/asked"; cat "${0%/*}/export""#;
    stand_in(folder, "podman", text);
    stand_in(folder, "skopeo", &text.replace("asked", "copied"));
    let asked = |typed: &str, by: &str| {
        let (root, blobs) = stored(folder, typed).unwrap();
        assert_eq!(id(&root), Digest::of(&numbered(0)));
        assert_eq!(read(blobs.as_ref(), &Digest::of(LAYER)).unwrap(), LAYER);
        let asked = fs::read_to_string(folder.join(by)).unwrap();
        fs::remove_file(folder.join(by)).unwrap();
        asked
    };
    assert_eq!(asked("localhost/app:1", "asked"), "save --quiet --format docker-archive -- localhost/app:1\n");
    assert_eq!(asked("app", "asked"), "save --quiet --format docker-archive -- docker.io/library/app:latest\n");
    let copy = "copy --quiet containers-storage:[vfs@/x+/y]app:1 docker-archive:/dev/stdout\n";
    assert_eq!(asked("[vfs@/x+/y]app:1", "copied"), copy);
    assert!(!folder.join("asked").exists());
}

#[test]
fn a_program_that_failed_exported_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    fs::write(folder.join("export"), one()).unwrap();
    stand_in(folder, "podman", r#"cat "${0%/*}/export"; echo "Error: app: image not known" >&2; exit 125"#);
    let text = detail(stored(folder, "app"));
    assert!(text.starts_with("podman failed: app: image not known (a name without a host"), "{text}");
    assert_eq!(detail(stored(folder, "localhost/app")), "podman failed: app: image not known");
    stand_in(folder, "podman", r#"head -c 1100 "${0%/*}/export""#);
    assert!(detail(stored(folder, "app")).contains("is truncated"));
    assert!(detail(stored(folder, "-x")).contains("does not start with a dash"));
}

#[test]
fn without_a_program_the_way_around_is_named() {
    let stored =
        |typed: &str| detail(engines(&[("PATH", "/nonexistent")]).containers_storage(typed, &Limits::default()));
    let text = stored("localhost/app:1");
    assert!(text.contains("podman or skopeo") && text.contains("install one of them"), "{text}");
    assert!(text.ends_with("podman save -o FILE localhost/app:1, then docker-archive:FILE"), "{text}");
    assert!(stored("[vfs@/x]app:1").contains("through skopeo"));
}

#[test]
fn a_blob_that_the_export_lacks_is_missing() {
    let (_, blobs) = answered(chunked(&one()), "app:1").unwrap();
    let absent = Descriptor::of(&Digest::of(b"absent"));
    assert!(matches!(blobs.open(&absent), Err(crate::source::OpenError::Missing(_))));
}
