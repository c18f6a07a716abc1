//! Secrets in names: of files, of members of archives, of labels. Each gets a number, so that the names of two files do not
//! become one.

use std::collections::BTreeMap;

use crate::content::secret::{Extent, Span, spans};
use crate::finding::Location;

/// The secrets in the names of a report, numbered as they come.
#[derive(Debug, Default)]
pub(in crate::report) struct Names {
    numbers: BTreeMap<String, usize>,
    /// The path that was looked at last: findings of one entry follow each other.
    last: Option<std::sync::Arc<[u8]>>,
}

impl Names {
    /// Numbers the secrets in the names of a place.
    pub(in crate::report) fn see(&mut self, location: &Location) {
        if location.path.is_some() && location.path != self.last {
            self.last.clone_from(&location.path);
            self.see_name(&String::from_utf8_lossy(location.path_bytes()));
        }
        for member in &location.inside {
            self.see_name(&String::from_utf8_lossy(member));
        }
        for part in parts(location.field_name()) {
            self.see_name(&part);
        }
    }

    fn see_name(&mut self, name: &str) {
        for span in spans(name, Extent::Line) {
            let next = self.numbers.len() + 1;
            self.numbers.entry(text(name, span).to_owned()).or_insert(next);
        }
    }

    /// A name without its secrets; `None` where it has none.
    pub(in crate::report) fn shown(&self, name: &str) -> Option<String> {
        let spans = spans(name, Extent::Line);
        let mut shown = String::new();
        let mut at = 0;
        for span in &spans {
            shown.push_str(name.get(at..span.from).unwrap_or_default());
            match self.numbers.get(text(name, *span)) {
                Some(number) => shown.push_str(&format!("[redacted-{number}]")),
                None => shown.push_str(super::MARK),
            }
            at = span.to;
        }
        shown.push_str(name.get(at..).unwrap_or_default());
        (!spans.is_empty()).then_some(shown)
    }

    /// The name of a field, which for JSON is a pointer to it (RFC 6901).
    pub(in crate::report) fn field(&self, field: &str) -> Option<String> {
        if !field.starts_with('/') {
            return self.shown(field);
        }
        let parts: Vec<String> = parts(field);
        let shown: Vec<Option<String>> = parts.iter().map(|part| self.shown(part)).collect();
        if shown.iter().all(Option::is_none) {
            return None;
        }
        let escaped = |part: String| part.replace('~', "~0").replace('/', "~1");
        Some(
            parts
                .into_iter()
                .zip(shown)
                .map(|(part, shown)| escaped(shown.unwrap_or(part)))
                .collect::<Vec<_>>()
                .join("/"),
        )
    }
}

/// The parts of a pointer, all of another name.
fn parts(field: &str) -> Vec<String> {
    match field.starts_with('/') {
        true => field.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect(),
        false => vec![field.to_owned()],
    }
}

fn text(name: &str, span: Span) -> &str {
    name.get(span.from..span.to).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::sample;
    use crate::finding::Kind;

    #[test]
    fn secrets_in_names_are_numbered() {
        let (one, two) = (format!("ghp_{}", "a1".repeat(16)), format!("ghp_{}", "b2".repeat(16)));
        let mut names = Names::default();
        for name in [&one, &two, &one] {
            names.see(&sample::at(1, &format!("root/{name}/x")));
        }
        names.see(&Location::field_of(Kind::Config, format!("/config/Labels/a~1{two}")));
        assert_eq!(names.shown(&format!("root/{one}/x")).as_deref(), Some("root/[redacted-1]/x"));
        assert_eq!(names.shown(&format!("{two}~")).as_deref(), Some("[redacted-2]~"));
        assert_eq!(names.shown("usr/bin/env"), None);
        let label = names.field(&format!("/config/Labels/a~1{two}"));
        assert_eq!(label.as_deref(), Some("/config/Labels/a~1[redacted-2]"));
        assert_eq!(names.field("/config/Env/DB_PASSWORD"), None);
        assert_eq!(names.shown(&format!("ghp_{}", "c3".repeat(16))).as_deref(), Some("[redacted]"));
    }
}
