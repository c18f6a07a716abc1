//! The cache of blobs, used by several programs at once.

use std::fs;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use reprove::digest::{Descriptor, Digest};
use reprove::source::{Cache, CacheChoice, Environment, OpenError};

const BLOB: &[u8] = &[7; 100_000];

/// Tells the program under test below that it is the other one.
const FOLDER: &str = "REPROVE_TEST_CACHE";

fn open(folder: &Path) -> Cache {
    Cache::open(&CacheChoice::At(folder.to_owned()), &Environment::default()).unwrap().unwrap()
}

fn blob() -> Descriptor {
    Descriptor { media_type: String::new(), digest: Digest::of(BLOB), size: Some(BLOB.len() as u64) }
}

fn files(folder: &Path, name: &str) -> Vec<PathBuf> {
    fs::read_dir(folder.join(name)).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Half a blob; then whatever comes on standard input; then the other half.
struct Halting {
    given: usize,
}

impl Read for Halting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let half = BLOB.len() / 2;
        if self.given == half {
            let mut out = io::stdout().lock();
            writeln!(out, "half")?;
            out.flush()?;
            drop(out);
            io::stdin().read_exact(&mut [0])?;
        }
        let end = if self.given < half { half } else { BLOB.len() };
        let count = buffer.len().min(end - self.given);
        buffer[..count].copy_from_slice(&BLOB[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

#[test]
#[ignore = "the other program of the tests below"]
fn another_program() {
    let folder = std::env::var_os(FOLDER).expect("only the tests below start it, and say where the cache is");
    let mut reader = open(Path::new(&folder)).fetch(&blob(), || Ok(Box::new(Halting { given: 0 }))).unwrap();
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    assert!(bytes == BLOB);
    reader.verified();
}

/// Another program that has downloaded half of the blob.
fn halfway(folder: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "--nocapture", "cache::another_program"]).env(FOLDER, folder);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    let out = child.stdout.as_mut().unwrap();
    while !said.contains("half") {
        let mut byte = [0];
        out.read_exact(&mut byte).unwrap();
        said.push(char::from(byte[0]));
    }
    child
}

#[test]
fn a_program_that_is_killed_leaves_no_part_of_a_blob() {
    let folder = tempfile::tempdir().unwrap();
    let mut other = halfway(folder.path());
    assert_eq!(files(folder.path(), "locks").len(), 1);
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(files(folder.path(), "blobs/sha256"), Vec::<PathBuf>::new());
    assert_eq!(files(folder.path(), "tmp"), Vec::<PathBuf>::new());

    let cache = open(folder.path());
    let mut reader = cache.fetch(&blob(), || Ok(Box::new(BLOB))).unwrap();
    io::copy(&mut reader, &mut io::sink()).unwrap();
    reader.verified();
    assert_eq!(cache.list().unwrap().len(), 1, "the lock of the dead is free");
    assert_eq!(files(folder.path(), "locks"), Vec::<PathBuf>::new());
}

#[test]
fn a_blob_that_another_program_downloads_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut other = halfway(folder.path());
    let cache = open(folder.path());
    let downloads = AtomicUsize::new(0);
    let bytes = thread::scope(|scope| {
        let fetch = scope.spawn(|| {
            let download = || {
                downloads.fetch_add(1, Ordering::Relaxed);
                Ok::<Box<dyn Read + Send>, OpenError>(Box::new(BLOB))
            };
            let mut bytes = Vec::new();
            cache.fetch(&blob(), download).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        });
        thread::sleep(Duration::from_millis(300));
        assert!(!fetch.is_finished());
        other.stdin.take().unwrap().write_all(b"x").unwrap();
        fetch.join().unwrap()
    });
    assert!(bytes == BLOB);
    assert_eq!(downloads.load(Ordering::Relaxed), 0);
    assert!(other.wait().unwrap().success());
}
