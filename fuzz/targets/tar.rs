//! Tar archives: every byte is in one part, wherever the stream is cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove_fuzz::tar::{scan, with_checksums};

fuzz_target!(|data: &[u8]| {
    let Some((choice, archive)) = data.split_first() else { return };
    let size = [1, 7, 511, 512, 513, 4096][usize::from(choice >> 1) % 6];
    if choice & 1 == 0 {
        scan(archive, size);
    } else {
        scan(&with_checksums(archive), size);
    }
});
