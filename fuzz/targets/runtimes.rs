//! Images whose layers hold aliases, whiteouts and links, and were tampered with: what passes is the same to a runtime.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove_fuzz::{check, fixtures, input::Input};

fuzz_target!(init: { let _ = rayon::ThreadPoolBuilder::new().num_threads(1).build_global(); }, |data: &[u8]| {
    let mut input = Input(data);
    let pair = check::by_chance(&mut |count| input.below(count)).to_string();
    if std::env::var_os("FUZZ_SHOW").is_some() {
        eprintln!("{pair}");
    }
    fixtures::built(&pair);
});
