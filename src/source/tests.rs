use super::fixture::{append, config, entry, index, layout, put, read, saved, tagged, tar_of, unpack};
use super::*;

fn opened(typed: &str) -> Result<Opened, Error> {
    let reference = Reference::parse(typed)?;
    Sources::new(&Access::default(), &Limits::default(), &[&reference])?.open(&reference)
}

fn refused(typed: &str) -> String {
    opened(typed).err().unwrap().to_string()
}

#[test]
fn every_transport_leads_to_the_same_blobs() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().display();
    let files = layout(&index(&[entry(b"one", &tagged("1"), ""), entry(b"two", &tagged("2"), "")]), &[b"one", b"two"]);
    unpack(&dir.path().join("oci"), &files);
    put(dir.path(), "oci.tar", &tar_of(&files));
    for (typed, bytes) in [
        (format!("oci:{path}/oci:1"), b"one"),
        (format!("oci-archive:{path}/oci.tar:1"), b"one"),
        (format!("oci-archive:{path}/oci.tar:2"), b"two"),
        (format!("{path}/oci.tar:2"), b"two"),
    ] {
        let opened = opened(&typed).unwrap();
        assert_eq!(opened.reference, typed);
        let Root::Descriptor(descriptor) = opened.root else { panic!("{typed} has a manifest") };
        assert_eq!(read(opened.blobs.as_ref(), &descriptor.digest).unwrap(), bytes);
    }
    let error = opened(&format!("oci:{path}/oci")).err().unwrap();
    assert!(
        matches!(&error, Error::Choice { problem, .. } if problem.to_string().contains("the tags are: 1, 2")),
        "{error}"
    );
}

#[test]
fn one_archive_may_be_opened_twice() {
    let dir = tempfile::tempdir().unwrap();
    let mut builder = tar::Builder::new(Vec::new());
    append(&mut builder, "c.json", &config(&[b"layer"]));
    append(&mut builder, "layer.tar", b"layer");
    append(&mut builder, "manifest.json", format!("[{}]", saved("c.json", &["a:1", "a:2"], &["layer.tar"])).as_bytes());
    let path = put(dir.path(), "file", &builder.into_inner().unwrap());
    let one = opened(&format!("docker-archive:{}:a:1", path.display())).unwrap();
    let two = opened(&format!("docker-archive:{}:a:2", path.display())).unwrap();
    assert_eq!(one.root, two.root);
    let layer = Descriptor::of(&Digest::of(b"layer"));
    let (mut first, mut second) = (one.blobs.open(&layer).unwrap(), two.blobs.open(&layer).unwrap());
    let (mut text, mut other) = (String::new(), String::new());
    first.read_to_string(&mut text).unwrap();
    second.read_to_string(&mut other).unwrap();
    assert_eq!((text.as_str(), other.as_str()), ("layer", "layer"));
}

#[test]
fn errors_open_with_what_was_typed() {
    assert_eq!(refused("oci:/nonexistent:1"), "oci:/nonexistent:1: no such file or directory");
    assert_eq!(refused("oci-archive:/nonexistent"), "oci-archive:/nonexistent: no such file or directory");
    assert_eq!(refused("dir:/dev/null"), "dir:/dev/null: is a device, not a directory");
    assert!(refused("oci:").starts_with("oci:: "));
}

#[test]
fn engines_are_looked_for_in_this_environment() {
    let access = Access {
        environment: Environment::of([("DOCKER_HOST", "unix:///nonexistent/docker.sock"), ("PATH", "/nonexistent")]),
        ..Access::default()
    };
    let sources = Sources::new(&access, &Limits::default(), &[]).unwrap();
    let refused = |typed: &str| sources.open(&Reference::parse(typed).unwrap()).err().unwrap().to_string();
    assert!(
        refused("docker-daemon:app:1").starts_with("docker-daemon:app:1: there is no unix:///nonexistent/docker.sock")
    );
    assert!(refused("containers-storage:app:1").contains("podman or skopeo"));
}
