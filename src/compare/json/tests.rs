use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::compare::alignment::{ByPosition, by_key_of};
use crate::finding::{Kind, Range, UNCOVERED};

fn parse(text: impl AsRef<[u8]>) -> Document {
    Document::parse(text.as_ref().into(), &Limits::default()).unwrap()
}

/// Matches the elements of `/keyed` by their text.
struct Keyed;

impl Containers for Keyed {
    fn align(&self, pointer: &str, elements: Sides<&[Node]>) -> Option<Alignment> {
        (pointer == "/keyed").then_some(())?;
        by_key_of(elements, |node| node.as_str().map(str::to_owned))
    }
}

fn compare(original: &Document, rebuild: &Document) -> Vec<Finding> {
    compare_documents(&Location::new(Kind::Config), Sides::new(original, rebuild), &Keyed, &Limits::default())
}

fn found(original: &str, rebuild: &str) -> Vec<(String, Aspect, serde_json::Value, serde_json::Value)> {
    let value = |value: Value| match value {
        Value::Json(value) => value,
        _ => json!("-"),
    };
    compare(&parse(original), &parse(rebuild))
        .into_iter()
        .map(|finding| {
            let Sides { original, rebuild } = finding.values.map(value);
            (finding.location.field_name().to_owned(), finding.aspect, original, rebuild)
        })
        .collect()
}

#[test]
fn values_are_found_where_they_are() {
    assert_eq!(
        found(r#"{"a":{"x":1,"y":[1,2]},"b":null,"c":"s"}"#, r#"{"a":{"x":2,"y":[1]},"c":{},"d":0}"#),
        [
            ("/a/x".to_owned(), Aspect::Value, json!(1), json!(2)),
            ("/a/y/1".to_owned(), Aspect::Presence, json!(2), json!("-")),
            ("/b".to_owned(), Aspect::Presence, json!(null), json!("-")),
            ("/c".to_owned(), Aspect::Value, json!("s"), json!({})),
            ("/d".to_owned(), Aspect::Presence, json!("-"), json!(0)),
        ]
    );
}

#[test]
fn encodings_are_told_apart() {
    let encoding = |pointer: &str, original, rebuild| (pointer.to_owned(), Aspect::Encoding, original, rebuild);
    assert_eq!(found(r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#), [encoding("", json!(["a", "b"]), json!(["b", "a"]))]);
    assert_eq!(found(r#"{"a": 1, "b": 2}"#, r#"{"b": 2, "a": 1}"#).len(), 1);
    assert_eq!(found("[1,1.0]", "[1e0,1.0]"), [encoding("/0", json!("1"), json!("1e0"))]);
    assert_eq!(found(r#"["<"]"#, r#"["\u003c"]"#), [encoding("/0", json!("\"<\""), json!("\"\\u003c\""))]);
    assert_eq!(found(r#"{"a":1}"#, r#"{"\u0061":1}"#), [encoding("/a", json!("\"a\""), json!("\"\\u0061\""))]);
    assert_eq!(found("{\n  \"a\": [1]\n}", "{\"a\":[1]}\n"), [encoding("", json!(""), json!("\n"))]);
    assert_eq!(found("{\n  \"a\": [1]\n}", "{\n    \"a\": [1]\n}"), [encoding("", json!("\n  "), json!("\n    "))]);
    let long = " ".repeat(100);
    assert_eq!(found(&format!("1{long}"), &format!("1{long}\n")), [encoding("", json!(""), json!("\n"))]);
}

#[test]
fn keyed_elements_are_found_by_key() {
    assert_eq!(
        found(r#"{"keyed":["a","b","c"]}"#, r#"{"keyed":["b","a","d"]}"#),
        [
            ("/keyed".to_owned(), Aspect::Order, json!(["a", "b"]), json!(["b", "a"])),
            ("/keyed/c".to_owned(), Aspect::Presence, json!("c"), json!("-")),
            ("/keyed/d".to_owned(), Aspect::Presence, json!("-"), json!("d")),
        ]
    );
}

#[test]
fn ranges_point_at_the_bytes() {
    let (original, rebuild) = (parse(r#"{"a":1,"bb":"x"}"#), parse(r#"{"a":1234}"#));
    let findings = compare(&original, &rebuild);
    assert_eq!(findings[0].location.range, Sides::new(Some((5, 6)), Some((5, 9))));
    assert_eq!(findings[0].bytes, 4);
    assert_eq!(findings[1].location.range, Sides::new(Some((7, 15)), None));
    assert_eq!(findings[1].bytes, 8);
}

#[test]
fn too_many_findings_become_one() {
    let limits = Limits { document_findings: 3, ..Limits::default() };
    let documents = Sides::new(parse("[1,2,3,4]"), parse("[5,6,7,8]"));
    let base = Location::field_of(Kind::Index, "/base");
    let findings = compare_documents(&base, documents.as_ref(), &ByPosition, &limits);
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!((finding.location.field_name(), finding.aspect, finding.bytes), ("/base", Aspect::Value, 9));
    assert!(matches!(finding.values.original, Value::Content { size: 9, .. }));
}

/// A document as text, with arbitrary spacing, key order and spelling.
fn text() -> impl Strategy<Value = String> {
    let space = || prop::sample::select(vec!["", "", " ", "\n\t"]);
    let leaf = prop::sample::select(vec![
        "null",
        "1",
        "1.0",
        "10e-1",
        "-0",
        "0",
        r#""a""#,
        r#""\u0061""#,
        r#""/""#,
        r#""\/""#,
    ]);
    let leaf = leaf.prop_map(str::to_owned);
    let document = leaf.prop_recursive(4, 24, 4, move |inner| {
        let element = (space(), inner, space()).prop_map(|(before, value, after)| format!("{before}{value}{after}"));
        let key = prop::sample::subsequence(vec!["a", "b", "keyed", "a/b"], 0..=4).prop_shuffle();
        let members = key.prop_flat_map({
            let element = element.clone();
            move |keys| {
                let count = keys.len();
                (Just(keys), prop::collection::vec((space(), space(), element.clone()), count))
            }
        });
        let object = (members, space()).prop_map(|((keys, values), close)| {
            let members = keys
                .iter()
                .zip(values)
                .map(|(key, (before, after, value))| format!("{before}\"{key}\"{after}:{value}"));
            let members: Vec<String> = members.collect();
            format!("{{{}{close}}}", members.join(","))
        });
        let array = (prop::collection::vec(element, 0..4), space())
            .prop_map(|(elements, close)| format!("[{}{close}]", elements.join(",")));
        prop_oneof![object, array]
    });
    (space(), document, space()).prop_map(|(before, value, after)| format!("{before}{value}{after}"))
}

/// The findings in an order that mirror images share too.
pub(in crate::compare) fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| format!("{finding:?}"));
    findings
}

pub(in crate::compare) fn mirrored(findings: Vec<Finding>) -> Vec<Finding> {
    let mirror = |mut finding: Finding| {
        finding.values = finding.values.swapped();
        finding.location.range = finding.location.range.swapped();
        finding.location.layer = finding.location.layer.swapped();
        finding
    };
    findings.into_iter().map(mirror).collect()
}

/// How many bytes count in each finding, and where one is of no finding.
fn measured(findings: &[Finding]) -> (Vec<u64>, bool) {
    let bytes = findings.iter().map(|finding| finding.location.measured.unwrap()).collect();
    (bytes, findings.iter().any(|finding| finding.location.field_name() == UNCOVERED))
}

#[test]
fn stored_bytes_are_counted_once() {
    let bytes = |original: &str, rebuild: &str| measured(&compare(&parse(original), &parse(rebuild)));
    assert_eq!(bytes(r#"{"a":12,"b":"xy"}"#, r#"{"a":13,"b":"xz"}"#), (vec![1, 1], false));
    assert_eq!(bytes(r#"{"a":1,"b":2}"#, r#"{"a":1}"#), (vec![6], false), "with its comma");
    assert_eq!(bytes(r#"{"a":1, "b":2}"#, r#"{"b":2}"#), (vec![7], false), "with its comma and space");
    assert_eq!(bytes(r#"[1,2,{"x":3}]"#, r#"[1,2,{"x":4},{}]"#), (vec![1, 3], false));
    assert_eq!(bytes(r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#), (vec![0], false), "what has only moved is set aside");
    assert_eq!(bytes(r#"{"a":1,"b":2}"#, r#"{"b":2,"a":3}"#), (vec![7, 1], false), "what has moved and changed counts");
    assert_eq!(bytes("{\n  \"a\": 1\n}", "{\"a\":1}"), (vec![5], false));
}

proptest! {
    #[test]
    fn different_bytes_have_findings_and_equal_ones_have_none(original in text(), rebuild in text()) {
        let (original_document, rebuild_document) = (parse(&original), parse(&rebuild));
        let findings = compare(&original_document, &rebuild_document);
        prop_assert_eq!(findings.is_empty(), original == rebuild);
        prop_assert!(compare(&original_document, &original_document).is_empty());
        for finding in &findings {
            // The fallback for what the walk misses is never needed.
            let missed = matches!(finding.values.original, Value::Content { .. });
            prop_assert!(!missed, "{:?}", finding);
            prop_assert!(finding.bytes > 0 && finding.values.original != finding.values.rebuild, "{:?}", finding);
        }
        prop_assert_eq!(compare(&rebuild_document, &original_document), mirrored(findings));
    }

    #[test]
    fn any_other_byte_is_an_error_or_a_finding(original in text(), at: prop::sample::Index, byte: u8) {
        prop_assume!(!original.is_empty());
        let mut rebuild = original.clone().into_bytes();
        let at = at.index(rebuild.len());
        prop_assume!(rebuild[at] != byte);
        rebuild[at] = byte;
        if let Ok(rebuild) = Document::parse(rebuild.into(), &Limits::default()) {
            let findings = compare(&parse(&original), &rebuild);
            prop_assert!(!findings.is_empty());
        }
    }

    #[test]
    fn equal_values_have_only_encoding_findings(value in text()) {
        let original = parse(&value);
        let rebuild = parse(serde_json::to_string_pretty(&original.to_value()).unwrap());
        for finding in compare(&original, &rebuild) {
            prop_assert_eq!(finding.aspect, Aspect::Encoding);
        }
    }

    #[test]
    fn what_differs_is_covered_and_a_lost_finding_is_missed(
        original in text(), rebuild in text(), which in any::<prop::sample::Index>(),
    ) {
        let (original, rebuild) = (parse(original), parse(rebuild));
        let documents = Sides::new(&original, &rebuild);
        let (bytes, uncovered) = measured(&compare(&original, &rebuild));
        prop_assert!(!uncovered);
        let base = Location::new(Kind::Config);
        let mut report = walked(&base, documents, &Keyed, &Limits::default());
        if report.partial || report.found.len() < 2 {
            return Ok(());
        }
        let lost = report.found.remove(which.index(report.found.len()));
        // White space that has gone to the other side of a value that changed is the same bytes in the same order.
        let is_space = lost.structural && lost.finding.aspect != Aspect::Presence;
        let wider = |found: &measure::Found| {
            let (own, other) = (lost.finding.location.range, found.finding.location.range);
            let holds = |own: Range, other: Range| other.0 <= own.0 && own.1 <= other.1;
            let sides = own.zip(other).map(|(own, other)| own.is_none() || own.zip(other).is_some_and(|(own, other)| holds(own, other)));
            sides.original && sides.rebuild
        };
        if is_space || report.found.iter().any(wider) || bytes.iter().all(|bytes| *bytes == 0) {
            return Ok(());
        }
        let left = report.finish(documents);
        prop_assert!(measured(&left).1, "{:?} is missed", lost.finding);
    }
}
