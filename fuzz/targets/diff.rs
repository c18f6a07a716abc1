//! What is shown of a difference: bounded, and with the sides exchanged the mirror image.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove::content::diff::diff;
use reprove_fuzz::input::Input;

fuzz_target!(|data: &[u8]| {
    let limits = reprove_fuzz::limits();
    let (original, rebuild) = Input(data).halves();
    let found = diff(original, rebuild, &limits);
    let mirror = diff(rebuild, original, &limits);
    assert_eq!((found.form, found.cut, found.hunks.len()), (mirror.form, mirror.cut, mirror.hunks.len()));
    for (hunk, other) in found.hunks.iter().zip(&mirror.hunks) {
        assert_eq!((&hunk.original, &hunk.rebuild), (&other.rebuild, &other.original));
        assert!(!(hunk.original.is_empty() && hunk.rebuild.is_empty()));
    }
    let lines: usize = found.hunks.iter().map(|hunk| hunk.original.len().max(hunk.rebuild.len())).sum();
    assert!(lines <= limits.diff_lines, "{lines} lines");
    assert_eq!(found.hunks.is_empty() && !found.cut, original == rebuild, "a difference is not shown");
});
