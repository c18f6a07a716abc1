//! JSON: what is accepted is what another parser reads, spans included, and two documents differ in every byte they do.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove::compare::alignment::ByPosition;
use reprove::compare::json::compare_documents;
use reprove::finding::{Kind, Location, Sides};
use reprove::image::json::{Document, Node, NodeKind};
use reprove_fuzz::input::Input;

fuzz_target!(|data: &[u8]| {
    let limits = reprove_fuzz::limits();
    let (original, rebuild) = Input(data).halves();
    let documents = [original, rebuild].map(|bytes| parse(bytes));
    let [Some(original), Some(rebuild)] = &documents else { return };
    let sides = Sides::new(original, rebuild);
    let compare = |sides| compare_documents(&Location::new(Kind::Config), sides, &ByPosition, &limits);
    let (found, mirrored) = (compare(sides), compare(sides.swapped()));
    assert_eq!(found.is_empty(), original.raw == rebuild.raw, "findings and bytes disagree");
    assert_eq!(found.len(), mirrored.len());
    for (finding, mirror) in found.iter().zip(&mirrored) {
        assert_eq!(finding.values, mirror.values.clone().swapped());
        assert_eq!(finding.location.range, mirror.location.range.swapped());
        assert_eq!((finding.aspect, finding.bytes), (mirror.aspect, mirror.bytes));
    }
});

fn parse(bytes: &[u8]) -> Option<Document> {
    let limits = reprove_fuzz::limits();
    let document = Document::parse(bytes.into(), &limits).ok()?;
    let other: serde_json::Value = serde_json::from_slice(bytes).expect("another parser accepts it");
    assert_eq!(document.to_value(), other);
    check(&document, &document.root);
    Some(document)
}

/// A value lies in its own span, what is in it in its part of that, in order.
fn check(document: &Document, node: &Node) {
    let read = serde_json::from_slice::<serde_json::Value>(document.bytes(node.span)).expect("a span is a value");
    if !matches!(node.kind, NodeKind::Array(_) | NodeKind::Object(_)) {
        assert_eq!(read, node.to_value());
    }
    let mut end = node.span.0;
    for member in node.members() {
        assert!(end < member.key_span.0 && member.key_span.1 < member.value.span.0);
        end = member.value.span.1;
        check(document, &member.value);
    }
    for element in node.elements() {
        assert!(end < element.span.0);
        end = element.span.1;
        check(document, element);
    }
    assert!(end <= node.span.1 && node.span.1 <= document.raw.len());
}
