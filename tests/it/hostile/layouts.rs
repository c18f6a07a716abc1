use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;

use super::*;

/// What can be in a file's place.
const THINGS: [&str; 7] = [
    "a pipe",
    "a socket",
    "a directory",
    "a link outside",
    "a link to a device",
    "a link to itself",
    "a file without end",
];

/// Puts it there.
fn put(thing: &str, path: &Path) {
    match thing {
        "a pipe" => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
        "a socket" => {
            // The path of a socket has to be short.
            let folder = tempfile::tempdir().unwrap();
            drop(UnixListener::bind(folder.path().join("socket")).unwrap());
            fs::rename(folder.path().join("socket"), path).unwrap();
        }
        "a directory" => fs::create_dir(path).unwrap(),
        "a link outside" => symlink("/etc/passwd", path).unwrap(),
        "a link to a device" => symlink("/dev/zero", path).unwrap(),
        "a link to itself" => symlink(path, path).unwrap(),
        // Takes no room on the disk, and a day to read.
        "a file without end" => fs::File::create(path).unwrap().set_len(1 << 43).unwrap(),
        _ => unreachable!(),
    }
}

fn is_link(thing: &str) -> bool {
    thing.starts_with("a link")
}

fn archive() -> Vec<u8> {
    [file("opt/file", b"x"), end()].concat()
}

#[test]
fn what_is_no_file_is_neither_waited_for_nor_followed() {
    for thing in THINGS {
        let stage = Stage::new();
        let layout = stage.layout("hostile");
        let hostile = layout.naming(&layout.image(&[Layer::plain(&archive())]));
        let mut files = Vec::new();
        crate::home::below(&layout.0, &mut files);
        assert_eq!(files.len(), 5, "{files:?}");
        for path in files {
            let whole = fs::read(&path).unwrap();
            fs::remove_file(&path).unwrap();
            put(thing, &path);
            let run = stage.against_sound(&hostile, &[]);
            let said = stage.inconclusive(&run);
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(said.contains(name), "{thing} as {}: {said}", path.display());
            assert!(!said.contains("root:"), "{thing} was read: {said}");
            let known = ["a link to a device", "a link to itself", "a link outside"].contains(&thing);
            assert!(!known || said.contains("symbolic link"), "{thing} as {}: {said}", path.display());
            if thing == "a directory" {
                fs::remove_dir(&path).unwrap()
            } else {
                fs::remove_file(&path).unwrap()
            }
            fs::write(&path, whole).unwrap();
        }
    }
}

#[test]
fn directories_that_are_links_are_not_followed() {
    for name in ["blobs", "blobs/sha256"] {
        let stage = Stage::new();
        let layout = stage.layout("hostile");
        let hostile = layout.naming(&layout.image(&[Layer::plain(&archive())]));
        let elsewhere = stage.0.path("elsewhere");
        fs::rename(layout.0.join(name), &elsewhere).unwrap();
        symlink(&elsewhere, layout.0.join(name)).unwrap();
        let said = stage.inconclusive(&stage.against_sound(&hostile, &[]));
        assert!(said.contains("symbolic link"), "{name}: {said}");
    }
}

#[test]
fn an_input_that_is_no_file_is_refused() {
    for thing in THINGS.into_iter().filter(|thing| !is_link(thing)) {
        let stage = Stage::new();
        fs::create_dir(stage.0.path("layouts")).unwrap();
        let path = stage.0.path("layouts/input");
        put(thing, &path);
        for transport in ["", "oci:", "oci-archive:", "docker-archive:", "dir:"] {
            let hostile = format!("{transport}{}", path.display());
            let run = stage.against_sound(&hostile, &[]);
            let said = stage.inconclusive(&run);
            assert!(said.contains(path.to_str().unwrap()), "{transport}{thing}: {said}");
        }
    }
    for device in ["/dev/zero", "/dev/null", "/dev/stdin", "/proc/self/fd/0", "/proc/kmsg"] {
        let stage = Stage::new();
        let run = stage.against_sound(&format!("oci-archive:{device}"), &[]);
        assert!(stage.inconclusive(&run).contains(device), "{}", run.err);
    }
}

#[test]
fn members_of_an_archive_that_are_no_files_are_not_followed() {
    let stage = Stage::new();
    let layout = stage.layout("unpacked");
    let hostile = layout.naming(&layout.image(&[Layer::plain(&archive())]));
    drop(hostile);
    let mut files = Vec::new();
    crate::home::below(&layout.0, &mut files);
    let name = |path: &PathBuf| path.strip_prefix(&layout.0).unwrap().to_str().unwrap().to_owned();
    let link = |name: &str, kind: u8, target: &str| {
        tarball::header(name, kind, 0, |block| block[157..157 + target.len()].copy_from_slice(target.as_bytes()))
    };
    for (kind, target) in
        [(b'2', "/etc/passwd"), (b'2', "../../../../etc/passwd"), (b'1', "/etc/passwd"), (b'6', ""), (b'3', "")]
    {
        for replaced in files.iter().filter(|path| !path.ends_with("oci-layout")) {
            let members = files.iter().map(|path| {
                if path == replaced {
                    link(&name(path), kind, target)
                } else {
                    file(&name(path), &fs::read(path).unwrap())
                }
            });
            let path = layout.0.with_extension("tar");
            fs::write(&path, members.chain([end()]).collect::<Vec<_>>().concat()).unwrap();
            let run = stage.against_sound(&format!("oci-archive:{}", path.display()), &[]);
            let said = stage.inconclusive(&run);
            assert!(!said.contains("root:"), "{target} was read: {said}");
        }
    }
    // Links to each other without end.
    let path = layout.0.with_extension("tar");
    let loops = [link("index.json", b'2', "other"), link("other", b'2', "index.json"), end()].concat();
    fs::write(&path, loops).unwrap();
    let run = stage.against_sound(&format!("oci-archive:{}", path.display()), &[]);
    assert!(stage.inconclusive(&run).contains("loop"), "{}", run.err);
}
