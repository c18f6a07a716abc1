//! Two images whose layers are any bytes, compared from end to end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove_fuzz::input::Input;
use reprove_fuzz::{check, image, tar};

fuzz_target!(init: { let _ = rayon::ThreadPoolBuilder::new().num_threads(1).build_global(); }, |data: &[u8]| {
    let mut input = Input(data);
    let choice = input.byte();
    let (original, rebuild) = input.halves();
    let sealed = |bytes: &[u8]| if choice & 1 == 0 { bytes.to_vec() } else { tar::with_checksums(bytes) };
    let (original, rebuild) = (sealed(original), sealed(rebuild));
    let split = if choice & 2 == 0 { usize::MAX } else { usize::from(choice >> 2) * 512 };
    let one = || image::of_layers(&[&original], "2025-01-01T00:00:00Z");
    let other = || match rebuild.split_at_checked(split) {
        Some((lower, upper)) => image::of_layers(&[lower, upper], "2025-01-01T00:00:00Z"),
        None => image::of_layers(&[&rebuild], "2025-01-01T00:00:00Z"),
    };
    check::images(&one, &other);
});
