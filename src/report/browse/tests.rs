use super::*;
use crate::explain::{Explanation, sample};
use crate::finding::Value;
use crate::policy::{Date, Policy};
use crate::report::escape::is_unsafe;

fn report(explanation: &Explanation) -> Report<'_> {
    Report::new(explanation, &Policy::default_policy(), Date::parse("2026-01-31").unwrap(), "0.1.0")
}

fn labels(browser: &Browser<'_, '_>) -> Vec<String> {
    (0..browser.len()).map(|row| browser.label(row)).collect()
}

#[test]
fn a_cause_leads_to_its_findings_and_back() {
    let explanation = sample::different();
    let report = report(&explanation);
    let mut browser = Browser::new(&report);
    let causes = labels(&browser);
    assert!(causes[0].ends_with("unexplained") && causes[1].ends_with("not looked at"), "{causes:?}");
    let drift = causes.iter().position(|label| label.contains("package-drift")).unwrap();
    assert!(causes[drift].contains("NOT ACCEPTED"), "{causes:?}");
    browser.choose(drift);
    assert!(browser.open());
    assert_eq!((browser.view(), browser.heading().as_str()), (View::Findings, "1 finding of package-drift"));
    assert!(!browser.open(), "a finding has none of its own");
    browser.back();
    assert_eq!((browser.view(), browser.chosen()), (View::Causes, drift));
    browser.back();
    assert_eq!(browser.view(), View::Causes);
}

#[test]
fn every_finding_is_in_one_list_of_causes_and_layers_and_all_are_in_the_whole() {
    let explanation = sample::different();
    let report = report(&explanation);
    let mut browser = Browser::new(&report);
    let mut of_causes = 0;
    for row in 0..browser.len() {
        browser.choose(row);
        if browser.open() {
            of_causes += browser.len();
            browser.back();
        }
    }
    browser.go(View::Layers);
    for row in 0..browser.len() {
        browser.choose(row);
        let said = report.platforms[0].layers[row].findings;
        assert!(browser.open());
        assert_eq!(browser.len() as u64, said);
        browser.back();
    }
    browser.go(View::Findings);
    assert_eq!(browser.len(), of_causes);
    assert_eq!(browser.len() as u64, report.summary.findings);
}

#[test]
fn a_search_leaves_rows_with_all_words_and_esc_brings_the_others_back() {
    let explanation = sample::different();
    let report = report(&explanation);
    let mut browser = Browser::new(&report);
    browser.go(View::Findings);
    let all = browser.len();
    browser.search("LAYER unexplained");
    let found = labels(&browser);
    assert!(!found.is_empty() && found.len() < all, "{found:?}");
    assert!(found.iter().all(|label| label.contains("layer") && label.contains("unexplained")), "{found:?}");
    browser.search("nowhere to be found");
    assert!(browser.is_empty());
    assert_eq!(browser.detail(60), ["There is nothing here."]);
    browser.back();
    assert_eq!(browser.len(), all);
}

#[test]
fn nothing_from_an_image_steers_the_terminal() {
    let mut explanation = sample::different();
    let hostile = "\u{1b}[2Jx\u{202e}\r\n\u{9b}31m";
    explanation.images.original.reference = hostile.to_owned();
    let platform = &mut explanation.platforms[0];
    platform.gaps[0].detail = sample::said(hostile);
    platform.steps.original[2] = hostile.to_owned();
    sample::edit(&mut platform.findings, |findings| {
        for explained in findings {
            explained.finding.location.path = Some(hostile.as_bytes().into());
            explained.finding.values.original = Value::text(hostile.to_owned());
        }
    });
    let report = report(&explanation);
    let mut browser = Browser::new(&report);
    for view in View::ALL {
        browser.go(view);
        for row in 0..browser.len() {
            browser.choose(row);
            let lines =
                browser.detail(40).into_iter().chain([browser.label(row), browser.heading(), browser.verdict()]);
            for line in lines {
                assert!(!line.chars().any(is_unsafe), "{line:?}");
            }
        }
    }
}
