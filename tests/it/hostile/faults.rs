use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::*;
use crate::home::INTERRUPTIBLE;

/// Two images of one layer of this many bytes each, which nothing explains.
fn large(stage: &Stage, size: usize) -> Sides<String> {
    let side = |name: &str, fill: u8| {
        let archive = [file("opt/large", &vec![fill; size]), end()].concat();
        stage.image(name, &[Layer::plain(&archive)])
    };
    Sides::new(side("one", 1), side("two", 2))
}

/// Runs the program where no file can grow beyond so many blocks of 512 bytes: what a full disk is to a program.
fn with_room(stage: &Stage, blocks: u32, arguments: &[&str]) -> Run {
    let script = "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"";
    crate::home::finish(stage.0.command_by(&["sh", "-c", script, &blocks.to_string()], arguments).spawn().unwrap())
}

#[test]
fn no_room_for_temporary_files_is_a_gap() {
    let stage = Stage::new();
    let pair = large(&stage, 8 << 20);
    let diff = ["diff", "--format", "json", &pair.original, &pair.rebuild];
    let run = with_room(&stage, 2048, &diff);
    let said = stage.inconclusive(&run);
    assert!(said.contains("temporary file"), "{said}");
    assert_eq!(stage.0.diff(&pair, &[]).code, Some(1));
}

#[test]
fn the_canonical_image_takes_no_room_of_its_own() {
    let stage = Stage::new();
    let side = |mtime: u64| {
        let entry = |at: usize| json!({ "path": format!("file{at}"), "mtime": if at == 0 { mtime } else { 1 } });
        json!({ "layers": [{ "entries": (0..2000).map(entry).collect::<Vec<_>>() }] })
    };
    let pair = built(&stage, &json!({ "original": side(2), "rebuild": side(3), "expect": { "cause": "" } }));
    let memory = "--limit=findings-memory-bytes=65536";
    let diff = ["diff", "--format", "json", memory, &pair.original, &pair.rebuild];
    assert_eq!(with_room(&stage, 64, &diff).code, Some(0));
    let canonical = [&diff[..], &["--canonical-digest"]].concat();
    let digest = |run: &Run| run.report()["platforms"][0]["canonicalDigest"].clone();
    let little = digest(&with_room(&stage, 64, &canonical));
    assert!(little["original"].is_string() && little["original"] == little["rebuild"], "{little}");
    // Where findings are kept does not matter.
    assert_eq!(little, digest(&stage.0.diff(&pair, &["--canonical-digest", memory])));
    assert_eq!(little, digest(&stage.0.diff(&pair, &["--canonical-digest"])));
}

#[test]
fn no_room_for_the_report_is_an_error_and_leaves_no_half_of_it() {
    let stage = Stage::new();
    let side = |text: &str| {
        let entry = |at: usize| json!({ "path": format!("file{at}"), "text": format!("{text}{at}") });
        json!({ "layers": [{ "entries": (0..200).map(entry).collect::<Vec<_>>() }] })
    };
    let pair = built(&stage, &json!({ "original": side("a"), "rebuild": side("b"), "expect": { "cause": "" } }));
    let path = stage.0.path("run/report.json");
    let to = format!("json={}", path.display());
    let run = with_room(&stage, 16, &["diff", "-q", "-o", &to, &pair.original, &pair.rebuild]);
    assert_eq!(run.code, Some(2), "{}", run.err);
    assert!(run.out.starts_with("different"), "what else was asked for is written all the same: {}", run.out);
    assert!(run.err.contains(path.to_str().unwrap()) && run.err.contains("cannot be written"), "{}", run.err);
    assert_eq!(stage.0.left_behind(), []);
    // What was there before stays.
    fs::write(&path, "before").unwrap();
    assert_eq!(with_room(&stage, 16, &["diff", "-q", "-o", &to, &pair.original, &pair.rebuild]).code, Some(2));
    assert_eq!(fs::read_to_string(&path).unwrap(), "before");
}

#[test]
fn a_temporary_directory_that_is_not_there_is_a_gap_or_no_need() {
    let stage = Stage::new();
    let pair = large(&stage, 8 << 20);
    let command = |pair: &Sides<String>| {
        let mut command = stage.0.command(&["diff", "--format", "json", &pair.original, &pair.rebuild]);
        command.env("TMPDIR", stage.0.path("no/such/directory"));
        crate::home::finish(command.spawn().unwrap())
    };
    let said = stage.inconclusive(&command(&pair));
    assert!(said.contains("temporary file"), "{said}");
    // Small images need none.
    let sound = stage.sound();
    assert_eq!(command(&Sides::new(sound.clone(), sound)).code, Some(0));
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let stage = Stage::new();
    let sound = stage.sound();
    // A file where a directory should be: nobody may write there, not even root.
    let path = stage.0.path("layouts/file/report.json");
    fs::write(stage.0.path("layouts/file"), "").unwrap();
    for output in ["--output=json=", "--extract="] {
        let run = stage.0.run(&["diff", &sound, &sound, &format!("{output}{}", path.display())]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{}", run.err);
        assert!(run.err.contains(path.to_str().unwrap()), "{}", run.err);
    }
    // The kernel's own files cannot be replaced by anybody.
    let run = stage.0.run(&["diff", &sound, &sound, "-o", "json=/proc/report.json"]);
    assert_eq!(run.code, Some(2), "{}", run.err);
    assert!(run.err.contains("/proc/report.json"), "{}", run.err);
}

/// Runs the program as a user who owns nothing, where the tests run as root; as the user of the tests elsewhere. Root's
/// is a copy, because the other user may not get at the place of the real one.
fn unprivileged(stage: &Stage, arguments: &[&str]) -> Run {
    let program = stage.0.command(arguments);
    let is_root = fs::read("/proc/self/status")
        .is_ok_and(|status| String::from_utf8_lossy(&status).lines().any(|line| line.starts_with("Uid:\t0\t")));
    let mut command = Command::new(if is_root { "setpriv".as_ref() } else { program.get_program() });
    if is_root {
        let copy = stage.0.path("reprove");
        if !copy.exists() {
            fs::copy(program.get_program(), &copy).unwrap();
        }
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(copy);
    }
    command.args(program.get_args()).env("TMPDIR", stage.0.path("tmp")).env("HOME", stage.0.path("home"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    crate::home::finish(command.spawn().unwrap())
}

#[test]
fn a_file_that_may_not_be_read_is_named() {
    let stage = Stage::new();
    let layout = stage.layout("hostile");
    let hostile = layout.naming(&layout.image(&[Layer::plain(&[file("opt/file", b"x"), end()].concat())]));
    let sound = stage.sound();
    let open = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let root = stage.0.path("");
    open(&root, 0o755);
    let diff = ["diff", "--format", "json", &hostile, &sound];
    let run = unprivileged(&stage, &diff);
    assert_eq!(run.code, Some(1), "{}", run.err);
    let mut files = Vec::new();
    crate::home::below(&layout.0, &mut files);
    for path in files {
        open(&path, 0);
        let run = unprivileged(&stage, &diff);
        let said = stage.inconclusive(&run);
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(said.contains(name) && said.contains("ermission denied"), "{name}: {said}");
        open(&path, 0o644);
    }
}

#[test]
fn the_output_may_not_be_an_input() {
    let stage = Stage::new();
    let hostile = built(&stage, &json!({ "both": { "archive": "oci", "layers": [] }, "expect": { "cause": "" } }));
    let path = hostile.original.strip_prefix("oci-archive:").unwrap();
    let before = fs::read(path).unwrap();
    for format in ["json", "text"] {
        let to = format!("{format}={path}");
        let run = stage.0.run(&["diff", &hostile.original, &hostile.rebuild, "-o", &to]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{}", run.err);
        assert!(run.err.contains(path) && run.err.contains("input"), "{}", run.err);
        assert_eq!(fs::read(path).unwrap(), before);
    }
    // By another name too.
    let link = stage.0.path("layouts-link");
    std::os::unix::fs::symlink(path, &link).unwrap();
    let run = stage.0.run(&["diff", &hostile.original, &hostile.rebuild, "-o", &format!("json={}", link.display())]);
    assert_eq!(run.code, Some(2), "{}", run.err);
    assert_eq!(fs::read(path).unwrap(), before);
}

#[test]
fn an_input_that_changes_while_it_is_read_is_integrity() {
    for change in [
        |path: &Path, _: &[u8]| fs::File::options().write(true).open(path).unwrap().set_len(1 << 20).unwrap(),
        |path: &Path, whole: &[u8]| {
            use std::os::unix::fs::FileExt as _;
            let file = fs::File::options().write(true).open(path).unwrap();
            file.write_all_at(&[7; 4096], whole.len() as u64 - 8192).unwrap();
        },
    ] {
        let stage = Stage::new();
        let pair = large(&stage, 96 << 20);
        let layer = largest(&stage.0.path("layouts/one"));
        let whole = fs::read(&layer).unwrap();
        let child = stage.0.command(&["diff", "--format", "json", &pair.original, &pair.rebuild]).spawn().unwrap();
        wait_for_file(child.id(), &layer);
        change(&layer, &whole);
        let run = crate::home::finish(child);
        let said = stage.inconclusive(&run);
        assert!(said.contains(layer.file_name().unwrap().to_str().unwrap()), "{said}");
        assert!(!run.gaps("integrity").is_empty(), "{said}");
    }
}

fn largest(folder: &Path) -> PathBuf {
    let mut files = Vec::new();
    crate::home::below(folder, &mut files);
    files.into_iter().max_by_key(|path| fs::metadata(path).unwrap().len()).unwrap()
}

/// Waits until a process has opened a file.
fn wait_for_file(process: u32, path: &Path) {
    let start = Instant::now();
    let opens = || {
        let open = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
        open.into_iter().any(|fd| fs::read_link(fd.path()).is_ok_and(|target| target == path))
    };
    while !opens() {
        assert!(start.elapsed() < Duration::from_secs(60), "{} is never opened", path.display());
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_comparison_that_the_user_ends_leaves_nothing_behind() {
    let stage = Stage::new();
    let pair = large(&stage, 96 << 20);
    let layer = largest(&stage.0.path("layouts/one"));
    let to = format!("json={}", stage.0.path("run/report.json").display());
    for (name, number) in [("INT", 2), ("TERM", 15)] {
        let diff = ["diff", "-o", &to, &pair.original, &pair.rebuild];
        let mut child = stage.0.command_by(INTERRUPTIBLE, &diff).spawn().unwrap();
        wait_for_file(child.id(), &layer);
        let kill = Command::new("sh").args(["-c", &format!("kill -{name} {}", child.id())]).status().unwrap();
        assert!(kill.success());
        // A shell makes 128 + the number of this.
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        assert_eq!(stage.0.left_behind(), []);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let stage = Stage::new();
    let pair = large(&stage, 1 << 10);
    for arguments in [&["limits"][..], &["causes"], &["schema"], &["diff", &pair.original, &pair.rebuild]] {
        let mut child = stage.0.command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{arguments:?}");
        assert!(matches!(ended.status.code(), Some(0 | 1)), "{arguments:?}: {:?}", ended.status);
    }
}
