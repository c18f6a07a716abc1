//! Reports that others wrote: read, written again, shown without control characters.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove::report::{draft, json};
use reprove_fuzz::check::as_text;

fuzz_target!(|data: &[u8]| {
    let Ok(report) = json::read("report.json", data) else { return };
    let mut written = Vec::new();
    json::write(&report, &mut written).unwrap();
    let again = json::read("report.json", &written).expect("a written report is a report");
    assert_eq!(again, report);
    as_text(&report);
    let _ = draft(&report);
});
