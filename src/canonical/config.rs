//! The canonical config: what claims name is gone, the rest is in one spelling.

use crate::finding::{Aspect, Finding, Side};
use crate::image::json::{Document, Node, NodeKind};

/// The config as canonical JSON (keys sorted, no white space) without the values that `claimed` findings are about.
pub(super) fn canonical(document: &Document, side: Side, claimed: &[Finding]) -> Vec<u8> {
    let config = claimed.iter();
    let spans = config.clone().filter(|finding| !matches!(finding.aspect, Aspect::Encoding | Aspect::Order));
    let spans = spans.filter_map(|finding| *finding.location.range.get(side)).collect();
    let sorted = config
        .filter(|finding| finding.aspect == Aspect::Order)
        .map(|finding| finding.location.field_name().to_owned());
    let writer = Writer { spans, sorted: sorted.collect() };
    writer.write(&document.root, "").unwrap_or_default()
}

struct Writer {
    spans: Vec<(u64, u64)>,
    /// Arrays whose order is claimed.
    sorted: Vec<String>,
}

impl Writer {
    /// `None` for a value that a claim is about.
    fn write(&self, node: &Node, pointer: &str) -> Option<Vec<u8>> {
        let (start, end) = (node.span.0 as u64, node.span.1 as u64);
        if self.spans.iter().any(|span| span.0 <= start && end <= span.1) {
            return None;
        }
        let mut out = Vec::new();
        match &node.kind {
            NodeKind::Array(elements) => {
                let inner = elements.iter().filter_map(|element| self.write(element, &format!("{pointer}/-")));
                let mut parts: Vec<_> = inner.collect();
                if self.sorted.iter().any(|sorted| sorted == pointer) {
                    parts.sort();
                }
                out.push(b'[');
                out.extend(parts.join(&b","[..]));
                out.push(b']');
            }
            NodeKind::Object(members) => {
                let inner = members.iter().filter_map(|member| {
                    let value = self.write(&member.value, &format!("{pointer}/{}", member.key))?;
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
