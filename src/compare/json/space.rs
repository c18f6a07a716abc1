//! White space between the tokens of a document, which carries no meaning and is compared all the same.

use crate::finding::{Sides, Value};
use crate::image::json::{Document, Span};

/// Bytes of white space shown.
const SAMPLE: usize = 64;

/// White space around one element or member.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// From the opening bracket or the comma before it.
    pub(super) before: Span,
    /// To the comma after it; `None` for the last.
    pub(super) after: Option<Span>,
}

/// White space in a container outside its elements.
pub(super) struct Slots {
    /// Around each element.
    pub(super) around: Vec<Slot>,
    /// Before the closing bracket.
    pub(super) close: Span,
}

/// Finds the white space in the container at `outer`, whose elements or members are at `spans`.
pub(super) fn slots(document: &Document, outer: Span, spans: &[Span]) -> Slots {
    let mut around = Vec::with_capacity(spans.len());
    let mut start = outer.0 + 1;
    for (position, span) in spans.iter().enumerate() {
        let before = (start, span.0);
        let after = spans.get(position + 1).map(|next| {
            let gap = document.bytes((span.1, next.0));
            (span.1, span.1 + gap.iter().take_while(|byte| **byte != b',').count())
        });
        start = after.map_or(span.1, |after| after.1 + 1);
        around.push(Slot { before, after });
    }
    Slots { around, close: (start, outer.1.saturating_sub(1)) }
}

/// The white space that differs: the first such run, and how much there is of it.
#[derive(Debug, Default)]
pub(super) struct Spacing {
    first: Option<(Sides<Span>, Sides<Value>)>,
    bytes: Sides<u64>,
}

impl Spacing {
    /// Takes in two runs that should be the same.
    pub(super) fn compare(&mut self, texts: Sides<&[u8]>, spans: Sides<Span>) {
        if texts.same() {
            return;
        }
        self.bytes.original += texts.original.len() as u64;
        self.bytes.rebuild += texts.rebuild.len() as u64;
        self.first.get_or_insert_with(|| (spans, sample(texts)));
    }

    /// The place of the first run that differs, the bytes of all on the longer side, and what the first one holds.
    pub(super) fn found(&self) -> Option<(Sides<Span>, u64, Sides<Value>)> {
        let (spans, values) = self.first.clone()?;
        Some((spans, self.bytes.original.max(self.bytes.rebuild), values))
    }
}

/// The start of both runs, or of what follows their common start where that is too long.
fn sample(texts: Sides<&[u8]>) -> Sides<Value> {
    let common = texts.original.iter().zip(texts.rebuild).take_while(|(original, rebuild)| original == rebuild).count();
    let skip = if common < SAMPLE { 0 } else { common };
    texts.map(|text| {
        Value::text(String::from_utf8_lossy(
            text.get(skip..).unwrap_or_default().get(..SAMPLE.min(text.len() - skip)).unwrap_or_default(),
        ))
    })
}
