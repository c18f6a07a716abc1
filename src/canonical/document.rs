//! Manifest and config: values, not the way they are written (`docs/canonical-form.md`, "Documents").

use crate::codec::json::{Document, Node as Json, NodeKind, Span, decimal};
use crate::digest::Sha256Sum;
use crate::finding::{Aspect, Finding, Side};

use super::claims::{Claims, Positions};
use super::form::{Form, Node, list, optional};

/// The form of a document; there may be none.
pub(super) fn of(document: Option<&Document>, side: Side, claims: &Claims<'_>, positions: &Positions) -> Form {
    let findings = claims.findings_of(positions);
    let presence = |finding: &Finding| finding.aspect == Aspect::Presence && finding.location.field.is_none();
    let gone = findings.iter().any(presence);
    let document = document.filter(|_| !gone);
    let value = document.and_then(|document| Writer::new(side, &findings).value(&document.root, 0));
    let spelled = document.filter(|_| positions.spelled).map(|document| {
        let mut sum = Sha256Sum::default();
        sum.update(&document.raw);
        sum.finish().0
    });
    Node::new("document").item(&optional(value)).item(&optional(spelled)).item(&claims.of_document(positions)).end()
}

/// The form of a value of which no claim is made.
pub(super) fn plain(value: &Json) -> Option<Form> {
    Writer::new(Side::Original, &[]).value(value, 0)
}

/// Values are known by the bytes that they are: no two of them share those, whatever keys they are under.
struct Writer {
    /// What claims are about, sorted, none in another one.
    gone: Vec<(u64, u64)>,
    /// Of these the values that both sides have, with their depth, sorted.
    values: Vec<((u64, u64), usize)>,
    /// Arrays whose order is claimed, sorted.
    sorted: Vec<(u64, u64)>,
}

impl Writer {
    fn new(side: Side, findings: &[Finding]) -> Self {
        let mut writer = Writer { gone: Vec::new(), values: Vec::new(), sorted: Vec::new() };
        for finding in findings {
            let range = &finding.location.range;
            let Some(here) = *range.get(side) else { continue };
            match finding.aspect {
                Aspect::Encoding => {}
                Aspect::Order => writer.sorted.push(here),
                _ => {
                    writer.gone.push(here);
                    if finding.aspect == Aspect::Value && range.get(side.other()).is_some() {
                        writer.values.push((here, finding.location.field_name().matches('/').count()));
                    }
                }
            }
        }
        writer.gone.sort_unstable();
        writer.gone = outermost(writer.gone);
        writer.values.sort_unstable();
        writer.sorted.sort_unstable();
        writer
    }

    /// The form of a value; `None` where a claim leaves nothing of it, not even its place.
    fn value(&self, node: &Json, depth: usize) -> Option<Form> {
        if self.is_gone(node.span) {
            // Where elements are claimed as one, nothing says how many they were.
            let stays = self.values.binary_search(&(range(node.span), depth)).is_ok();
            return stays.then(|| Node::new("claimed").end());
        }
        Some(match &node.kind {
            NodeKind::Null => Node::new("null").end(),
            NodeKind::Bool(true) => Node::new("true").end(),
            NodeKind::Bool(false) => Node::new("false").end(),
            NodeKind::String(text) => Node::new("string").item(text.as_bytes()).end(),
            NodeKind::Number(text) => number(text),
            NodeKind::Array(elements) => {
                let mut forms: Vec<Form> =
                    elements.iter().filter_map(|element| self.value(element, depth + 1)).collect();
                if self.sorted.binary_search(&range(node.span)).is_ok() {
                    forms.sort_unstable();
                    return Some(list("set", forms));
                }
                list("array", forms)
            }
            NodeKind::Object(members) => {
                let rest = members.iter().filter(|member| !self.is_gone(member.span()));
                let mut rest: Vec<(&str, Form)> =
                    rest.filter_map(|member| Some((&*member.key, self.value(&member.value, depth + 1)?))).collect();
                // A size follows from what the digest beside it is of, and may be the same by chance.
                let claimed = Node::new("claimed").end();
                if rest.iter().any(|(key, form)| *key == "digest" && *form == claimed) {
                    rest.iter_mut().filter(|(key, _)| *key == "size").for_each(|(_, form)| *form = claimed);
                }
                rest.sort_unstable();
                list("object", rest.iter().flat_map(|(key, form)| [key.as_bytes(), &form[..]]))
            }
        })
    }

    fn is_gone(&self, span: Span) -> bool {
        let (start, end) = range(span);
        let before = self.gone.partition_point(|gone| gone.0 <= start);
        before.checked_sub(1).and_then(|last| self.gone.get(last)).is_some_and(|gone| end <= gone.1)
    }
}

const fn range(span: Span) -> (u64, u64) {
    (span.0 as u64, span.1 as u64)
}

/// By value: `1`, `1.0` and `10e-1` have one form. What has an exponent beyond 64 bits is what is written.
fn number(text: &str) -> Form {
    match decimal(text) {
        Some((negative, digits, exponent)) => {
            let sign: &[u8] = if negative { b"-" } else { b"" };
            Node::new("number").item(sign).item(&digits).item(exponent.to_string().as_bytes()).end()
        }
        None => Node::new("numeral").item(text.as_bytes()).end(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Kind, Location, Sides, Value};
    use crate::limits::Limits;

    const CONFIG: &str = r#"{"config":{"Labels":{"a/b~c":["y","x"]},"Env":["B=2","A=1"]},"config/Env":["d","c"]}"#;

    fn parsed(text: &str) -> Document {
        Document::parse(text.as_bytes().into(), &Limits::default()).unwrap()
    }

    fn plain(text: &str) -> Option<Form> {
        super::plain(&parsed(text).root)
    }

    fn claimed(claims: &[(Aspect, &str, &str)]) -> Option<Form> {
        let finding = |(aspect, field, value): &(Aspect, &str, &str)| {
            let start = CONFIG.find(value).unwrap();
            let range = Some((start as u64, (start + value.len()) as u64));
            let other = range.filter(|_| *aspect != Aspect::Presence);
            let location = Location::field_of(Kind::Config, (*field).to_owned()).with_range(Sides::new(range, other));
            Finding { location, aspect: *aspect, values: Sides::new(Value::Absent, Value::Absent), bytes: 1 }
        };
        let claims: Vec<Finding> = claims.iter().map(finding).collect();
        Writer::new(Side::Original, &claims).value(&parsed(CONFIG).root, 0)
    }

    #[test]
    fn the_way_it_is_written_does_not_matter() {
        assert_eq!(plain(r#"{"a": 1.0, "b":"\u00e9"}"#), plain("{\"b\":\"\u{e9}\",\n\"a\":10e-1}"));
        for other in [r#"{"a":1,"b":"e"}"#, r#"{"a":"1","b":"\u00e9"}"#, r#"{"a":-1,"b":"\u00e9"}"#, r#"{"a":1}"#] {
            assert_ne!(plain(r#"{"a": 1.0, "b":"\u00e9"}"#), plain(other), "{other}");
        }
        assert_ne!(plain(r#"["a","b"]"#), plain(r#"["b","a"]"#));
    }

    #[test]
    fn an_array_is_a_set_where_its_own_order_is_claimed_and_nowhere_else() {
        // Under keys that a JSON pointer has to escape too (RFC 6901, section 3).
        for array in [r#"["B=2","A=1"]"#, r#"["y","x"]"#, r#"["d","c"]"#] {
            let set = claimed(&[(Aspect::Order, "", array)]);
            assert_ne!(set, plain(CONFIG), "{array}");
        }
    }

    #[test]
    fn a_size_goes_with_the_digest_beside_it() {
        let of = |size: u32, field: &str| {
            let text = format!(r#"{{"digest":"abc","size":{size}}}"#);
            let range = if field == "/digest" { Some((10, 15)) } else { None };
            let location = Location::field_of(Kind::Manifest, field.to_owned()).with_range(Sides::new(range, range));
            let values = Sides::new(Value::Absent, Value::Absent);
            let finding = Finding { location, aspect: Aspect::Value, values, bytes: 1 };
            Writer::new(Side::Original, &[finding]).value(&parsed(&text).root, 0)
        };
        assert_eq!(of(1, "/digest"), of(2, "/digest"));
        assert_ne!(of(1, "/other"), of(2, "/other"));
    }

    #[test]
    fn what_a_claim_is_about_is_gone_and_its_key_stays() {
        let one_sided = claimed(&[(Aspect::Presence, "/config/Env", r#""Env":["B=2","A=1"]"#)]);
        let rest = r#"{"config":{"Labels":{"a/b~c":["y","x"]}},"config/Env":["d","c"]}"#;
        assert_eq!(one_sided, plain(rest));
        let value = claimed(&[(Aspect::Value, "/config/Env", r#"["B=2","A=1"]"#)]);
        assert_ne!(value, plain(rest));
        let element = claimed(&[(Aspect::Value, "/config/Env/B", r#""B=2""#)]);
        assert_ne!(element, value);
        assert_ne!(element, claimed(&[(Aspect::Value, "/config/Env/A", r#""A=1""#)]));
        assert_eq!(claimed(&[(Aspect::Encoding, "/config/Env/A", r#""A=1""#)]), plain(CONFIG));
    }
}
