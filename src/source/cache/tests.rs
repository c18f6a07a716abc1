use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::SystemTime;

use tempfile::TempDir;

use super::*;

/// A cache of its own, as long as the directory lives.
fn cache() -> (TempDir, Cache) {
    let folder = tempfile::tempdir().unwrap();
    let cache = at(folder.path());
    (folder, cache)
}

fn at(folder: &Path) -> Cache {
    Cache::open(&CacheChoice::At(folder.to_owned()), &Environment::of::<&str, &str>([])).unwrap().unwrap()
}

fn blob(bytes: &[u8]) -> Descriptor {
    Descriptor { media_type: String::new(), digest: Digest::of(bytes), size: Some(bytes.len() as u64) }
}

fn serve(bytes: &[u8]) -> Result<Box<dyn Read + Send>, OpenError> {
    Ok(Box::new(Cursor::new(bytes.to_vec())))
}

fn refuse() -> Result<Box<dyn Read + Send>, OpenError> {
    panic!("downloaded although it is there")
}

fn drained(reader: &mut BlobReader) -> Vec<u8> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    bytes
}

/// Fetches a blob that is not there, and says that it is verified.
fn keep(cache: &Cache, bytes: &[u8]) {
    let mut reader = cache.fetch(&blob(bytes), || serve(bytes)).unwrap();
    assert_eq!(drained(&mut reader), bytes);
    reader.verified();
}

fn is_kept(cache: &Cache, bytes: &[u8]) -> bool {
    cache.list().unwrap().iter().any(|kept| kept.digest == Digest::of(bytes))
}

/// Every file in the cache but blobs.
fn leftovers(cache: &Cache) -> usize {
    let count = |name: &str| fs::read_dir(cache.folder().join(name)).unwrap().count();
    count(TEMPORARY) + count(LOCKS)
}

/// Where a blob is kept.
fn path(cache: &Cache, bytes: &[u8]) -> PathBuf {
    cache.folder().join("blobs/sha256").join(Digest::of(bytes).encoded())
}

fn set_last_used(cache: &Cache, bytes: &[u8], ago: Duration) {
    let file = File::options().write(true).open(path(cache, bytes)).unwrap();
    file.set_modified(SystemTime::now() - ago).unwrap();
}

#[test]
fn a_verified_blob_is_downloaded_once() {
    let (_folder, cache) = cache();
    keep(&cache, b"blob");
    let mut reader = cache.fetch(&blob(b"blob"), refuse).unwrap();
    assert_eq!(drained(&mut reader), b"blob");
    reader.verified();
    assert!(is_kept(&cache, b"blob"));
    assert_eq!(leftovers(&cache), 0);
    let long = Digest::parse(&format!("sha512:{}", "00".repeat(64))).unwrap();
    let unknown = Descriptor::of(&long);
    let mut reader = cache.fetch(&unknown, || serve(b"x")).unwrap();
    assert_eq!(drained(&mut reader), b"x");
    reader.verified();
    assert!(cache.folder().join("blobs/sha512").join(long.encoded()).is_file());
    assert_eq!(cache.list().unwrap().len(), 2);
}

#[test]
fn what_was_not_verified_is_not_kept() {
    let (_folder, cache) = cache();
    let promised = blob(b"blob");
    drop(cache.fetch(&promised, || serve(b"blob")).unwrap());
    let mut reader = cache.fetch(&promised, || serve(b"blob")).unwrap();
    assert_eq!(drained(&mut reader), b"blob");
    assert!(!is_kept(&cache, b"blob"), "published before it was verified");
    drop(reader);
    for wrong in [&b"blo"[..], b"blobs"] {
        let mut reader = cache.fetch(&promised, || serve(wrong)).unwrap();
        assert_eq!(drained(&mut reader), wrong, "the reader gets what there is");
        reader.verified();
    }
    assert!(!is_kept(&cache, b"blob"));
    assert_eq!(leftovers(&cache), 0);
}

#[test]
fn a_download_that_fails_leaves_nothing() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    let (_folder, cache) = cache();
    let promised = blob(b"blob");
    let missing = cache.fetch(&promised, || Err(OpenError::Missing(promised.digest.clone())));
    assert!(matches!(missing.err(), Some(OpenError::Missing(_))));
    let mut reader = cache.fetch(&promised, || Ok(Box::new(Broken))).unwrap();
    assert_eq!(reader.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    reader.verified();
    assert!(!is_kept(&cache, b"blob"));
    assert_eq!(leftovers(&cache), 0);
}

#[test]
fn a_damaged_blob_is_fetched_again() {
    let (_folder, cache) = cache();
    let promised = blob(b"blob");
    keep(&cache, b"blob");
    let path = path(&cache, b"blob");

    fs::write(&path, b"blo").unwrap();
    let mut reader = cache.fetch(&promised, || serve(b"blob")).unwrap();
    assert_eq!(drained(&mut reader), b"blob", "another length is seen at once");
    reader.verified();

    fs::write(&path, b"blub").unwrap();
    let mut half = cache.fetch(&promised, refuse).unwrap();
    half.read_exact(&mut [0; 2]).unwrap();
    drop(half);
    assert!(path.exists(), "nobody has looked at all of it");
    let mut reader = cache.fetch(&promised, refuse).unwrap();
    assert_eq!(drained(&mut reader), b"blub");
    drop(reader);
    assert!(!path.exists());
    keep(&cache, b"blob");
    assert_eq!(fs::read(&path).unwrap(), b"blob");
}

#[test]
fn keeping_twice_calls_both() {
    let (_folder, cache) = cache();
    let calls = std::sync::Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let reader = cache.fetch(&blob(b"blob"), || serve(b"blob")).unwrap();
    let mut reader = reader.keeping(move || counted.store(1, Ordering::Relaxed));
    drained(&mut reader);
    reader.verified();
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    assert!(is_kept(&cache, b"blob"));
}

#[test]
fn within_one_program_nobody_waits() {
    let (_folder, cache) = cache();
    let (promised, downloads) = (blob(b"blob"), AtomicUsize::new(0));
    let barrier = Barrier::new(2);
    let fetch = || {
        let mut reader = cache
            .fetch(&promised, || {
                downloads.fetch_add(1, Ordering::Relaxed);
                serve(b"blob")
            })
            .unwrap();
        // Both have a reader, and neither has read a byte: the lockstep of a comparison.
        barrier.wait();
        assert_eq!(drained(&mut reader), b"blob");
        reader.verified();
    };
    thread::scope(|scope| {
        scope.spawn(fetch);
        scope.spawn(fetch);
    });
    assert_eq!(downloads.load(Ordering::Relaxed), 2);
    assert!(is_kept(&cache, b"blob"));
    assert_eq!(leftovers(&cache), 0);
}

#[test]
fn many_threads_leave_a_consistent_cache() {
    let (_folder, cache) = cache();
    let blobs: Vec<Vec<u8>> = (0..8_u8).map(|number| vec![number; 10_000]).collect();
    thread::scope(|scope| {
        for start in 0..4 {
            let (cache, blobs) = (&cache, &blobs);
            scope.spawn(move || {
                for at in 0..40 {
                    let bytes = &blobs[(start * 3 + at) % blobs.len()];
                    let mut reader = cache.fetch(&blob(bytes), || serve(bytes)).unwrap();
                    assert!(drained(&mut reader) == *bytes);
                    reader.verified();
                    if at == 20 {
                        cache.prune(None, Some(30_000), false).unwrap();
                    }
                }
            });
        }
    });
    for kept in cache.list().unwrap() {
        let file = cache.folder().join("blobs/sha256").join(kept.digest.encoded());
        assert_eq!(Digest::of(&fs::read(file).unwrap()), kept.digest);
    }
    assert_eq!(leftovers(&cache), 0);
}

#[test]
fn a_full_disk_is_not_noticed() {
    let (_folder, cache) = cache();
    let Claimed::Mine(claim) = Claim::take(&cache.dirs, OsStr::new("x")) else { panic!("somebody holds it") };
    let full = Unpublished::over(File::options().write(true).open("/dev/full").unwrap());
    let promised = blob(b"blob");
    let draft = tee::Draft::new(full, (path(&cache, b"blob"), cache.dirs.clone()), promised.size, claim);
    let mut reader = tee::reader(serve(b"blob").unwrap(), draft);
    assert_eq!(drained(&mut reader), b"blob");
    assert_eq!(leftovers(&cache), 0, "the claim is given up with the copy");
    reader.verified();
    assert!(!is_kept(&cache, b"blob"));
}

#[test]
fn a_cache_that_cannot_be_written_is_read() {
    let (folder, cache) = cache();
    keep(&cache, b"blob");
    fs::remove_dir(folder.path().join(TEMPORARY)).unwrap();
    fs::write(folder.path().join(TEMPORARY), b"in the way").unwrap();
    let cache = at(folder.path());
    drained(&mut cache.fetch(&blob(b"blob"), refuse).unwrap());
    let (_folder, cache) = self::cache();
    let cache = Cache { grows: false, ..cache };
    keep(&cache, b"other");
    assert!(!is_kept(&cache, b"other"));
}

#[test]
fn where_the_cache_is() {
    let root = tempfile::tempdir().unwrap();
    let path = |name: &str| root.path().join(name);
    let open = |choice: &CacheChoice, variables: &[(&str, PathBuf)]| {
        let opened = Cache::open(choice, &Environment::of(variables.iter().cloned()))?;
        Ok::<_, Unkept>(opened.map(|cache| cache.folder().to_owned()))
    };
    let home = ("HOME", path("home"));
    assert_eq!(open(&CacheChoice::Off, std::slice::from_ref(&home)), Ok(None));
    assert_eq!(open(&CacheChoice::User, &[]), Ok(None));
    assert_eq!(open(&CacheChoice::User, std::slice::from_ref(&home)), Ok(Some(path("home/.cache/reprove"))));
    assert_eq!(
        open(&CacheChoice::User, &[home.clone(), ("XDG_CACHE_HOME", path("xdg"))]),
        Ok(Some(path("xdg/reprove")))
    );
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path("xdg/reprove")).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o700);

    fs::write(path("file"), b"").unwrap();
    assert_eq!(open(&CacheChoice::User, &[("HOME", path("file"))]), Ok(None));
    assert!(
        open(&CacheChoice::At(path("file")), &[]).unwrap_err().to_string().contains("file: no blobs can be kept there")
    );
    let existing = |choice: &CacheChoice| Cache::existing(choice, &Environment::of([home.clone()]));
    assert!(existing(&CacheChoice::User).unwrap().is_some());
    assert!(existing(&CacheChoice::At(path("none"))).unwrap_err().to_string().contains("there is no cache"));
    assert!(!path("none").exists());
}

#[test]
fn the_longest_unused_go_first() {
    let (_folder, cache) = cache();
    let day = Duration::from_secs(24 * 60 * 60);
    for (bytes, days) in [(&b"oldest"[..], 40), (b"middle", 20), (b"newest", 1)] {
        keep(&cache, bytes);
        set_last_used(&cache, bytes, day * days);
    }
    let digests = |cache: &Cache| cache.list().unwrap().into_iter().map(|kept| kept.digest).collect::<Vec<_>>();
    assert_eq!(digests(&cache), [Digest::of(b"oldest"), Digest::of(b"middle"), Digest::of(b"newest")]);

    assert_eq!(cache.prune(None, Some(18), false).unwrap(), Pruned::default());
    assert_eq!(cache.prune(Some(day * 30), None, false).unwrap(), Pruned { blobs: 1, bytes: 6 });
    assert_eq!(digests(&cache), [Digest::of(b"middle"), Digest::of(b"newest")]);

    let mut reader = cache.fetch(&blob(b"middle"), refuse).unwrap();
    drained(&mut reader);
    reader.verified();
    assert_eq!(cache.prune(None, Some(11), false).unwrap(), Pruned { blobs: 1, bytes: 6 });
    assert_eq!(digests(&cache), [Digest::of(b"middle")], "what was read last is used last");

    let mut open = cache.fetch(&blob(b"middle"), refuse).unwrap();
    assert_eq!(cache.prune(None, None, true).unwrap(), Pruned { blobs: 1, bytes: 6 });
    assert_eq!(drained(&mut open), b"middle", "a blob that is being read stays readable");
    open.verified();
    assert_eq!(digests(&cache), []);
}

#[test]
fn what_killed_programs_left_is_removed_after_a_day() {
    let (folder, cache) = cache();
    let names = ["tmp/.reprove-old", "locks/old", "tmp/.reprove-new", "locks/new", "tmp/foreign"]
        .map(|name| folder.path().join(name));
    for path in &names {
        fs::write(path, b"").unwrap();
    }
    let held = fs::File::open(&names[1]).unwrap();
    held.lock().unwrap();
    for path in [&names[0], &names[1], &names[4]] {
        let old = SystemTime::now() - Duration::from_secs(25 * 60 * 60);
        File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
    }
    drop(at(folder.path()));
    let there = |names: &[PathBuf]| names.iter().map(|path| path.exists()).collect::<Vec<_>>();
    assert_eq!(there(&names), [false, true, true, true, true]);
    drop(held);
    cache.prune(Some(Duration::MAX), None, false).unwrap();
    assert_eq!(there(&names), [false, false, true, true, true]);
}

fn refused(folder: &Path) -> String {
    let choice = CacheChoice::At(folder.to_owned());
    let environment = Environment::of::<&str, &str>([]);
    let existing = Cache::existing(&choice, &environment).unwrap_err();
    assert_eq!(Cache::open(&choice, &environment).unwrap_err(), existing);
    existing.to_string()
}

#[test]
fn a_directory_that_others_can_write_to_is_refused() {
    for name in ["", "blobs", "blobs/sha256", "tmp", "locks"] {
        for mode in [0o720, 0o702, 0o777, 0o1777] {
            let (folder, cache) = cache();
            keep(&cache, b"blob");
            let changed = folder.path().join(name);
            fs::set_permissions(&changed, fs::Permissions::from_mode(mode)).unwrap();
            let why = refused(folder.path());
            assert!(why.contains("others can write to it") && why.contains("--no-cache"), "{name}: {why}");
            fs::set_permissions(&changed, fs::Permissions::from_mode(0o755)).unwrap();
            assert!(is_kept(&at(folder.path()), b"blob"), "{name}");
        }
    }
}

#[test]
fn a_directory_of_somebody_else_is_refused() {
    let (folder, _cache) = cache();
    // Only root can give something away.
    if std::os::unix::fs::chown(folder.path().join("tmp"), Some(12_345), None).is_ok() {
        assert!(refused(folder.path()).contains("tmp: belongs to another user (uid 12345)"));
    }
}

#[test]
fn no_link_in_a_cache_is_followed() {
    for name in ["blobs", "blobs/sha256", "tmp", "locks"] {
        let (folder, _cache) = cache();
        let elsewhere = tempfile::tempdir().unwrap();
        fs::rename(folder.path().join(name), elsewhere.path().join("moved")).unwrap();
        symlink(elsewhere.path().join("moved"), folder.path().join(name)).unwrap();
        assert!(refused(folder.path()).contains("is a symbolic link"), "{name}");
    }
    let (_folder, cache) = cache();
    keep(&cache, b"blob");
    let (blob_path, aside) = (path(&cache, b"blob"), cache.folder().join("aside"));
    fs::rename(&blob_path, &aside).unwrap();
    symlink(&aside, &blob_path).unwrap();
    assert!(!is_kept(&cache, b"blob"));
    let mut reader = cache.fetch(&blob(b"blob"), || serve(b"blob")).unwrap();
    assert_eq!(drained(&mut reader), b"blob", "not what the link leads to");
    let lock = cache.folder().join("locks").join(Digest::of(b"other").encoded());
    symlink(cache.folder().join("made"), lock).unwrap();
    keep(&cache, b"other");
    assert!(!cache.folder().join("made").exists());
}

#[test]
fn a_cache_that_is_exchanged_while_it_is_in_use_stays_the_one_that_was_opened() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("cache");
    let cache = at(&folder);
    fs::rename(&folder, root.path().join("moved")).unwrap();
    fs::create_dir(&folder).unwrap();
    keep(&cache, b"blob");
    assert!(root.path().join("moved/blobs/sha256").join(Digest::of(b"blob").encoded()).is_file());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}
