//! The pairs of every cause, changed, compared from end to end: no claim may hide a change.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove_fuzz::fixtures;

fuzz_target!(init: { let _ = rayon::ThreadPoolBuilder::new().num_threads(1).build_global(); }, |data: &[u8]| {
    fixtures::compare(data);
});
