use super::*;
use crate::explain::sample;
use crate::finding::Value;
use crate::policy::{Date, Policy};

fn page(explanation: &crate::explain::Explanation) -> String {
    let report = Report::new(explanation, &Policy::default_policy(), Date::parse("2026-01-31").unwrap(), "0.1.0");
    let mut bytes = Vec::new();
    write(&report, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_page_has_what_a_reader_needs_without_a_script() {
    let page = page(&sample::different());
    for part in [
        "<h1><span class=\"different\">different</span>: linux/amd64 — 3 findings are unexplained",
        "<h2 id=\"unexplained\">Unexplained: 3 findings</h2>",
        "<del>- 00000400",
        "<h2 id=\"refused\">Not accepted</h2>",
        "<h2 id=\"gaps\">Not looked at: 1 place</h2>",
        "3 changes cover 4 of 7 findings (not tried)",
        "<details id=\"cause-package-drift\">",
        "<h2 id=\"map\">Map</h2>",
        "1,688 unexplained</figcaption>",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let (markup, _) = page.split_once("<script").unwrap();
    for never in ["http:", "https:", "javascript:", " on", "style=\""] {
        let found = markup.find(never).map(|at| &markup[at.saturating_sub(40)..(at + 60).min(markup.len())]);
        // The words of causes may hold " on "; an attribute never stands there.
        assert!(found.is_none() || never == " on" && !markup.contains(" onload="), "{never}: {found:?}");
    }
}

#[test]
fn one_script_runs_and_only_by_its_hash() {
    let page = page(&sample::different());
    let scripts: Vec<&str> = page.split("<script").skip(1).collect();
    let (run, data): (Vec<&&str>, Vec<&&str>) = scripts.iter().partition(|script| script.starts_with('>'));
    assert_eq!(run.len(), 1);
    assert!(data.iter().all(|chunk| chunk.starts_with(" type=\"application/gzip;encoding=base64\" id=\"data-")));
    let source = run[0].strip_prefix('>').unwrap().split_once("</script>").unwrap().0;
    assert!(page.contains(&format!("script-src '{}';", hash(source))));
    assert_eq!(page.matches("script-src").count(), 1);
}

#[test]
fn links_lead_somewhere_and_ids_are_there_once() {
    let page = page(&sample::different());
    let of = |mark: &str| -> Vec<String> {
        page.split(mark).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let ids = of(" id=\"");
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
    for link in of("href=\"#") {
        assert!(unique.contains(&link), "#{link} leads nowhere");
    }
}

#[test]
fn nothing_from_an_image_is_read_as_html() {
    let hostile = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&#60;b>\u{1b}[2J\u{202e}\u{2028}\u{fffe}";
    let mut explanation = sample::different();
    explanation.images.original.reference = hostile.to_owned();
    let platform = &mut explanation.platforms[0];
    platform.gaps[0].detail = sample::said(hostile);
    platform.steps.original[1] = hostile.to_owned();
    platform.warnings[0].details.original = Some(hostile.to_owned());
    sample::edit(&mut platform.findings, |findings| {
        for explained in findings {
            explained.finding.location.path = Some(hostile.as_bytes().into());
            explained.finding.values.original = Value::text(hostile);
            explained.witness = Some(hostile.into());
        }
    });
    let page = page(&explanation);
    assert!(!page.contains("<script>alert") && !page.contains("<img") && !page.contains("&#60;"));
    let hidden = page.chars().any(|character| character != '\n' && crate::report::escape::is_unsafe(character));
    assert!(!hidden && !page.contains('\u{fffe}'));
}
