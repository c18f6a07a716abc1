use std::io::Read as _;

use super::*;
use crate::explain::{Explanation, sample};
use crate::policy::{Date, Policy};
use crate::report::{Finding, FindingId};

fn report(explanation: &Explanation) -> Report<'_> {
    Report::new(explanation, &Policy::default_policy(), Date::parse("2026-01-31").unwrap(), "0.1.0")
}

/// A report of so many findings, as it is read from a file: the same few again and again, at other paths.
fn many(count: usize) -> Report<'static> {
    let explanation = sample::different();
    let written = serde_json::to_value(report(&explanation)).unwrap();
    let mut report: serde_json::Value = written;
    let few: Vec<serde_json::Value> = report["platforms"][0]["findings"].as_array().unwrap().clone();
    let all = few.iter().cycle().take(count).enumerate().map(|(number, finding)| {
        let mut finding = finding.clone();
        finding["id"] = format!("f{}", number + 1).into();
        finding["location"]["path"] = format!("usr/é{}/file-{number:07}", number / 1000).into();
        finding
    });
    report["platforms"][0]["findings"] = all.collect();
    report["summary"]["findings"] = count.into();
    serde_json::from_value(report).unwrap()
}

fn page_of(report: &Report<'_>, most: u64) -> String {
    let mut page = Vec::new();
    collect(report, most).unwrap().write(report, &mut page).unwrap();
    String::from_utf8(page).unwrap()
}

/// What is in the element with this id, unpacked.
fn chunk(page: &str, id: &str) -> Option<Vec<u8>> {
    let (_, rest) = page.split_once(&format!("id=\"data-{id}\">"))?;
    use base64::Engine as _;
    let packed = base64::engine::general_purpose::STANDARD.decode(rest.split_once('<')?.0).unwrap();
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
    Some(bytes)
}

fn index(page: &str) -> serde_json::Value {
    serde_json::from_slice(&chunk(page, "index").unwrap()).unwrap()
}

/// The rows of a chunk as the script reads them: number, path, shape.
fn rows(bytes: &[u8]) -> Vec<(u64, String, serde_json::Value)> {
    let end = 4 + u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize;
    let head: serde_json::Value = serde_json::from_slice(&bytes[4..end]).unwrap();
    let count = head["rows"].as_u64().unwrap() as usize;
    let wide = |column: usize, row: usize| {
        let at = end + column * 2 * count + row;
        usize::from(u16::from_le_bytes([bytes[at], bytes[at + count]]))
    };
    let suffixes = std::str::from_utf8(&bytes[end + 4 * count..]).unwrap();
    let (mut last, mut id, mut total) = (String::new(), 0, 0);
    let all = suffixes.lines().enumerate().map(|(row, suffix)| {
        last = last[..wide(1, row)].to_owned() + suffix;
        total += last.len() + 1;
        let starts = head["ids"].as_array().unwrap().iter().find(|start| start[0] == row);
        id = starts.map_or(id + 1, |start| start[1].as_u64().unwrap());
        (id, last.clone(), head["shapes"][wide(0, row)].clone())
    });
    let all: Vec<_> = all.collect();
    assert_eq!((all.len(), total as u64), (count, head["bytes"].as_u64().unwrap()));
    all
}

fn paths(finding: &Finding) -> String {
    finding.location.path.clone().unwrap_or_default()
}

#[test]
fn every_finding_is_in_a_row_with_its_values() {
    let report = many(70_000);
    let page = page_of(&report, MOST);
    let index = index(&page);
    assert_eq!((&index["listed"], &index["leftOut"]), (&70_000.into(), &"".into()));
    let mut found = (0..index["rows"].as_array().unwrap().len()).flat_map(|number| {
        let rows = rows(&chunk(&page, &format!("rows-{number}")).unwrap());
        assert!(rows.len() <= 1 << 15);
        rows
    });
    for finding in report.platforms[0].findings.iter() {
        let (id, path, shape) = found.next().unwrap();
        assert_eq!((FindingId(id), &path), (finding.id, &paths(&finding)));
        assert_eq!(shape[9], finding.accepted);
        assert_eq!(shape[10], finding.cause.as_deref().unwrap_or_default());
    }
    assert!(found.next().is_none());
    let values = chunk(&page, "values-0").unwrap();
    let values = String::from_utf8(values).unwrap();
    let head: Vec<i64> = values.lines().next().unwrap().split(' ').map(|number| number.parse().unwrap()).collect();
    let count = usize::try_from(head[0]).unwrap();
    assert_eq!(values.lines().count(), 1 + 5 * count);
    let (of_a_time, finding) = (0..)
        .zip(report.platforms[0].findings.iter())
        .find(|(_, finding)| finding.aspect == crate::finding::Aspect::Mtime)
        .unwrap();
    let written = |column: usize| values.lines().nth(1 + column * count + of_a_time).unwrap().parse::<i64>().unwrap();
    let seconds = |side: &Option<serde_json::Value>| side.as_ref().unwrap().as_i64().unwrap();
    let original = head[1] + written(0);
    assert_eq!((original, original + written(1)), (seconds(&finding.original), seconds(&finding.rebuild)));
}

#[test]
fn what_is_left_out_is_said() {
    let report = many(40_000);
    let whole = page_of(&report, MOST);
    let size = |id: &str| whole.split_once(&format!("data-{id}\">")).unwrap().1.split_once('<').unwrap().0.len() as u64;
    let rows = size("rows-0") + size("rows-1");
    let cases = [
        (rows + 1000, 40_000, "Left out: the values of some, differences of contents."),
        // A chunk is full when the next row comes.
        (1, (1 << 15) + 1, "Left out: the last 7,231 findings, the values of some"),
    ];
    for (most, listed, sentence) in cases {
        let page = page_of(&report, most);
        let index = index(&page);
        assert_eq!(index["listed"], listed, "{most}");
        assert!(index["leftOut"].as_str().unwrap().contains(sentence), "{most}: {index}");
        assert!(chunk(&page, "values-9").is_none());
        let named = index["values"].as_array().unwrap().len();
        assert_eq!(page.matches("id=\"data-values-").count(), named);
    }
}

#[test]
fn a_report_without_findings_has_no_script() {
    let mut explanation = sample::different();
    explanation.platforms.clear();
    let report = report(&explanation);
    let mut page = Vec::new();
    write(&report, &mut page).unwrap();
    write_section(&report, &mut page).unwrap();
    assert!(page.is_empty() && script(&report).is_none());
}

#[test]
fn the_script_makes_no_markup() {
    for never in
        ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "fetch(", "import("]
    {
        assert!(!SCRIPT.contains(never), "{never}");
    }
    // Neither ends the element that it is in, nor hides in a comment of it (HTML, section 4.12.1.3).
    assert!(!SCRIPT.contains("</script") && !SCRIPT.contains("<!--"));
}

#[test]
fn words_of_a_filter_are_quoted() {
    assert_eq!(query("cause", "tar-mtime"), "cause:\"tar-mtime\"");
    assert_eq!(query("cause", "a\"b\\c\n"), "cause:\"a\\\"b\\\\c\\\\n\"");
}
