//! Reports that others wrote: read, written again, shown without control characters.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove::Date;
use reprove::digest::Digest;
use reprove::evidence::{Also, Restated, Terms, compose};
use reprove::report::{draft, json};
use reprove_fuzz::check::as_text;

fuzz_target!(|data: &[u8]| {
    let Ok(report) = json::read("report.json", data) else { return };
    let mut written = Vec::new();
    json::write(&report, &mut written).unwrap();
    let again = json::read("report.json", &written).expect("a written report is a report");
    assert_eq!(again, report);
    as_text(&report);
    let _ = draft(&report, Date::parse("2026-12-31").unwrap());
    let digest = Digest::of(data);
    let terms = Terms {
        name: "report.json",
        digest: &digest,
        platforms: &[],
        verifier: "https://verifier.example",
        version: &report.tool.version,
        resource: Some("pkg:oci/app"),
        time: None,
        today: Date::parse("2026-01-31").unwrap(),
        earlier: None,
    };
    // Nothing passes that the report says does not, and only that has a summary.
    let Ok(composed) = compose(&report, &terms) else { return };
    let verdict = composed.comparison.predicate.verdict;
    // Nor is anything good said of it in another predicate.
    if !verdict.passes() {
        let stated = |also: Also| also.state(&composed.comparison);
        assert!(
            [Also::Svr, Also::Scai].into_iter().all(|also| matches!(stated(also), Ok(Restated::Negative) | Err(_)))
        );
        if let Ok(Restated::Document(tests)) = stated(Also::TestResult) {
            assert!(String::from_utf8(tests).unwrap().contains("\"result\": \"FAILED\""));
        }
    }
    let whole = composed.comparison.predicate.platforms.len() == report.platforms.len() && report.index.is_none();
    assert!(!verdict.passes() || report.verdict.passes() || !whole);
    assert!(composed.summary.is_none() || verdict.passes());
});
