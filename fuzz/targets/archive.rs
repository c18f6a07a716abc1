//! Archives of images, of both kinds, compressed or not: their members, the image chosen, the image itself.
#![no_main]

use std::io::Write;
use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use reprove_fuzz::{check, tar};

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let shared = Path::new("/dev/shm");
    if shared.is_dir() { tempfile::tempdir_in(shared) } else { tempfile::tempdir() }.unwrap()
});

fuzz_target!(|data: &[u8]| {
    let Some((choice, data)) = data.split_first() else { return };
    let bytes = if choice & 1 == 0 { data.to_vec() } else { tar::with_checksums(data) };
    let path = FOLDER.path().join("image.tar");
    std::fs::File::create(&path).unwrap().write_all(&bytes).unwrap();
    let path = path.display();
    let reference = match choice >> 1 & 3 {
        0 => format!("docker-archive:{path}"),
        1 => format!("oci-archive:{path}"),
        2 => format!("oci-archive:{path}:latest"),
        _ => path.to_string(),
    };
    check::references(&reference, &reference);
});
