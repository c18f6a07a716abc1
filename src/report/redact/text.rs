//! Texts with their secrets withheld, and everything else shown.

use super::MARK;
use crate::content::secret::{Extent, spans};
use crate::finding::Secret;

/// A text with its secrets withheld.
pub(crate) fn text(text: &str) -> String {
    redact(text, Extent::Line).0
}

/// The text with `[redacted]` in place of secrets, and the kind of the first of them.
pub(super) fn redact(text: &str, extent: Extent) -> (String, Option<Secret>) {
    let spans = spans(text, extent);
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for span in &spans {
        shown.push_str(text.get(at..span.from).unwrap_or_default());
        shown.push_str(MARK);
        at = span.to;
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    (shown, spans.first().map(|span| span.secret))
}
