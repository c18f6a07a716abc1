//! Which elements of two JSON arrays belong together.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::finding::{AttestationPlace, Side, Sides};
use crate::image::json::Node;

/// How the elements of two arrays are matched.
///
/// Every element is in one row or in the merged ranges, unless the alignment is partial.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alignment {
    /// The pairs and single elements, in an order that does not depend on which side is which.
    pub rows: Vec<Row>,
    /// Elements that are one finding together, because they stand for the same thing in another division.
    pub merged: Option<Sides<Range<usize>>>,
    /// Whether elements are left out because the user did not ask for them.
    pub partial: bool,
}

/// Two elements that belong together, or one that has no counterpart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The token of the JSON pointer that stands for them, unescaped.
    pub name: String,
    /// Positions in the arrays.
    pub elements: Sides<Option<usize>>,
    /// The layers that they stand for.
    pub layer: Sides<Option<u32>>,
    /// The attestation manifest that they stand for.
    pub attestation: Option<Box<AttestationPlace>>,
}

impl Row {
    /// A row named by the lower of its positions.
    pub fn at(elements: Sides<Option<usize>>) -> Self {
        let position = elements.original.into_iter().chain(elements.rebuild).min().unwrap_or(0);
        Row { name: position.to_string(), elements, ..Row::default() }
    }

    /// What the row is called in a sequence of rows.
    pub fn title(&self) -> String {
        match &self.attestation {
            Some(_) => format!("{} attestation", self.name),
            None => self.name.clone(),
        }
    }

    /// Whether it stands for something that locations name.
    pub const fn places(&self) -> bool {
        self.layer.original.is_some() || self.layer.rebuild.is_some() || self.attestation.is_some()
    }
}

/// Decides how arrays are matched.
pub trait Containers {
    /// The alignment of two arrays at a JSON pointer counted from the root of the document; `None` for by position.
    fn align(&self, pointer: &str, elements: Sides<&[Node]>) -> Option<Alignment>;
}

/// Every array is matched by position.
pub struct ByPosition;

impl Containers for ByPosition {
    fn align(&self, _: &str, _: Sides<&[Node]>) -> Option<Alignment> {
        None
    }
}

/// Matches elements by position; what the longer array has more is on one side only.
pub fn by_position(lengths: Sides<usize>) -> Alignment {
    let rows = (0..lengths.original.max(lengths.rebuild)).map(|position| {
        let elements = lengths.map(|length| (position < length).then_some(position));
        Row::at(elements)
    });
    Alignment { rows: rows.collect(), ..Alignment::default() }
}

/// Matches elements by key. The second element of the same key in an array is called `key#2`, and so on.
pub fn by_key(keys: Sides<Vec<String>>) -> Alignment {
    let mut rows: BTreeMap<(&str, usize), Sides<Option<usize>>> = BTreeMap::new();
    for side in Side::BOTH {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (position, key) in keys.get(side).iter().enumerate() {
            let count = seen.entry(key).or_default();
            *count += 1;
            *rows.entry((key, *count)).or_default().get_mut(side) = Some(position);
        }
    }
    let rows = rows.into_iter().map(|((key, count), elements)| {
        let name = if count == 1 { key.to_owned() } else { format!("{key}#{count}") };
        Row { name, elements, ..Row::default() }
    });
    Alignment { rows: rows.collect(), ..Alignment::default() }
}

/// Matches elements by what `key` makes of each; `None` where it declines one of them.
pub fn by_key_of(elements: Sides<&[Node]>, key: impl Fn(&Node) -> Option<String>) -> Option<Alignment> {
    let keys = elements.map(|elements| elements.iter().map(&key).collect::<Option<Vec<_>>>());
    keys.both().map(by_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_keys_are_numbered_and_never_lost() {
        let keys = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let alignment = by_key(Sides::new(keys("A A#2 A"), keys("B A")));
        let rows: Vec<_> = alignment.rows.iter().map(|row| (row.name.as_str(), row.elements)).collect();
        let pair = |original, rebuild| Sides::new(original, rebuild);
        assert_eq!(
            rows,
            [
                ("A", pair(Some(0), Some(1))),
                ("A#2", pair(Some(2), None)),
                ("A#2", pair(Some(1), None)),
                ("B", pair(None, Some(0))),
            ]
        );
    }
}
