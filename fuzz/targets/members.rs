//! Files with members: gzip, xz, bzip2, zstd, one in another, bombs among them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove_fuzz::partition;

fuzz_target!(|data: &[u8]| {
    let Some((choice, data)) = data.split_first() else { return };
    let path = ["a.tar.gz", "a.xz", "a.bz2", "a.zst", "a"][usize::from(*choice) % 5];
    partition::check(path.as_bytes(), data);
});
