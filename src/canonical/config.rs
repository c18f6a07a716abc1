//! The canonical config: what claims name is gone, the rest is in one spelling.

use crate::finding::{Aspect, Finding, Side};
use crate::image::json::{Document, Node, NodeKind};

/// The config as canonical JSON (keys sorted, no white space) without the values that `claimed` findings are about.
pub(super) fn canonical(document: &Document, side: Side, claimed: &[Finding]) -> Vec<u8> {
    let spans = |wanted: fn(Aspect) -> bool| {
        let wanted = claimed.iter().filter(|finding| wanted(finding.aspect));
        let mut spans: Vec<_> = wanted.filter_map(|finding| *finding.location.range.get(side)).collect();
        spans.sort_unstable();
        spans
    };
    let gone = outermost(spans(|aspect| !matches!(aspect, Aspect::Encoding | Aspect::Order)));
    let writer = Writer { gone, sorted: spans(|aspect| aspect == Aspect::Order) };
    writer.write(&document.root).unwrap_or_default()
}

/// Those of sorted spans that are in no other one.
fn outermost(spans: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    let mut outer: Vec<(u64, u64)> = Vec::new();
    for span in spans {
        match outer.last_mut() {
            Some(last) if last.0 == span.0 => last.1 = last.1.max(span.1),
            Some(last) if span.1 <= last.1 => {}
            _ => outer.push(span),
        }
    }
    outer
}

/// Values are known by the bytes that they are: no two of them share those, whatever keys they are under.
struct Writer {
    /// What claims are about, sorted, none in another one.
    gone: Vec<(u64, u64)>,
    /// Arrays whose order is claimed, sorted.
    sorted: Vec<(u64, u64)>,
}

impl Writer {
    /// `None` for a value that a claim is about.
    fn write(&self, node: &Node) -> Option<Vec<u8>> {
        let span = (node.span.0 as u64, node.span.1 as u64);
        let before = self.gone.partition_point(|gone| gone.0 <= span.0);
        if before.checked_sub(1).and_then(|last| self.gone.get(last)).is_some_and(|gone| span.1 <= gone.1) {
            return None;
        }
        let mut out = Vec::new();
        match &node.kind {
            NodeKind::Array(elements) => {
                let mut parts: Vec<_> = elements.iter().filter_map(|element| self.write(element)).collect();
                if self.sorted.binary_search(&span).is_ok() {
                    parts.sort();
                }
                out.push(b'[');
                out.extend(parts.join(&b","[..]));
                out.push(b']');
            }
            NodeKind::Object(members) => {
                let inner = members.iter().filter_map(|member| {
                    let value = self.write(&member.value)?;
                    Some([serde_json::Value::from(&*member.key).to_string().as_bytes(), b":", &value].concat())
                });
                let mut parts: Vec<_> = inner.collect();
                parts.sort();
                out.push(b'{');
                out.extend(parts.join(&b","[..]));
                out.push(b'}');
            }
            NodeKind::Null | NodeKind::Bool(_) | NodeKind::Number(_) | NodeKind::String(_) => {
                out.extend(node.to_value().to_string().as_bytes());
            }
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Kind, Location, Sides, Value};
    use crate::limits::Limits;

    const CONFIG: &str = r#"{"config":{"Labels":{"a/b~c":["y","x"]},"Env":["B=2","A=1"]},"config/Env":["d","c"]}"#;

    fn canonical_of(claims: &[(Aspect, &str)]) -> String {
        let document = Document::parse(CONFIG.as_bytes().into(), &Limits::default()).unwrap();
        let finding = |(aspect, value): &(Aspect, &str)| {
            let start = CONFIG.find(value).unwrap();
            let range = Some((start as u64, (start + value.len()) as u64));
            let location = Location::new(Kind::Config).with_range(Sides::new(range, None));
            Finding { location, aspect: *aspect, values: Sides::new(Value::Absent, Value::Absent), bytes: 1 }
        };
        let claims: Vec<Finding> = claims.iter().map(finding).collect();
        String::from_utf8(canonical(&document, Side::Original, &claims)).unwrap()
    }

    #[test]
    fn an_array_is_sorted_where_its_own_order_is_claimed_and_nowhere_else() {
        let plain = r#"{"config":{"Env":["B=2","A=1"],"Labels":{"a/b~c":["y","x"]}},"config/Env":["d","c"]}"#;
        assert_eq!(canonical_of(&[]), plain);
        for (array, sorted) in [
            (r#"["B=2","A=1"]"#, r#"["A=1","B=2"]"#),
            // Under keys that a JSON pointer has to escape (RFC 6901, section 3).
            (r#"["y","x"]"#, r#"["x","y"]"#),
            (r#"["d","c"]"#, r#"["c","d"]"#),
        ] {
            assert_eq!(canonical_of(&[(Aspect::Order, array)]), plain.replace(array, sorted));
        }
    }

    #[test]
    fn what_a_claim_is_about_is_gone_with_all_that_is_in_it() {
        let claims = [(Aspect::Value, r#""x""#), (Aspect::Presence, r#"["B=2","A=1"]"#), (Aspect::Value, r#""A=1""#)];
        let rest = r#"{"config":{"Labels":{"a/b~c":["y"]}},"config/Env":["d","c"]}"#;
        assert_eq!(canonical_of(&claims), rest);
        assert_eq!(canonical_of(&[(Aspect::Encoding, r#""x""#)]), canonical_of(&[]));
    }
}
