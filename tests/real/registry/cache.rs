use std::time::Instant;

use sha2::{Digest as _, Sha256};

use super::images::{Noise, add_layer, write_image};
use super::*;

const IMAGES: usize = 200;
const PROCESSES: usize = 4;

/// The image number N has a layer that all share, one that every tenth shares, and one of its own.
fn push_images(registry: &Registry) {
    let folder = |number: usize| registry.folder.path().join(format!("image{number}"));
    let base = add_layer(&folder(0), "srv/base", 1 << 20, Noise(1));
    for number in 0..IMAGES {
        let layout = folder(number);
        let middle = add_layer(&layout, "srv/middle", 100_000, Noise(100 + number as u64 % 10));
        let own = add_layer(&layout, "srv/own", 20_000, Noise(1000 + number as u64));
        write_image(&layout, &folder(0), &[base.clone(), middle, own]);
        registry.push(&layout, &format!("{NAME}:{number}"));
    }
}

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn four_processes_over_one_cache_leave_it_consistent() {
    if !have("200 images over one cache", &PROGRAMS) {
        return;
    }
    let (registry, home) = (Registry::start(Setup::default()), Home::new());
    push_images(&registry);
    let cache = home.path("shared-cache");
    let host = registry.host();
    let start = Instant::now();
    // Neighbors work on the same images at almost the same time.
    let compare = |process: usize, turn: usize| {
        let reference = |number: usize| format!("docker://{host}/{NAME}:{}", number % IMAGES);
        let number = turn * PROCESSES + process;
        let pair = Sides::new(reference(number), reference(number + 1));
        let run = home.diff(&pair, &["--cache-dir", cache.to_str().unwrap()]);
        assert_eq!(run.code, Some(1), "{process}, {turn}: {}{}", run.out, run.err);
        assert_eq!(run.report()["summary"]["gaps"], 0);
    };
    std::thread::scope(|scope| {
        for process in 0..PROCESSES {
            scope.spawn(move || (0..IMAGES / PROCESSES).for_each(|turn| compare(process, turn)));
        }
    });
    let mut files = Vec::new();
    home::below(&cache, &mut files);
    let of = |part: &str| files.iter().filter(|file| file.starts_with(cache.join(part))).collect::<Vec<_>>();
    assert_eq!(of("tmp"), Vec::<&PathBuf>::new());
    for file in of("blobs") {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert_eq!(hex::encode(Sha256::digest(fs::read(file).unwrap())), name, "{}", file.display());
    }
    let blobs = of("blobs").len();
    eprintln!("{IMAGES} comparisons by {PROCESSES} processes: {:?}, {blobs} blobs kept", start.elapsed());
    // All own layers, and those in the middle where neighbors differ in them.
    assert!(blobs >= IMAGES, "{blobs} blobs are kept");
    let list = home.run(&["cache", "list", "--cache-dir", cache.to_str().unwrap()]);
    assert_eq!(list.code, Some(0), "{}", list.err);
    assert_eq!(list.out.matches("sha256:").count(), blobs, "{}", list.out);
}
