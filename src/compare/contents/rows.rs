//! What is compared with what: the n-th of a key with the n-th of the same key.
//!
//! There may be many: what is held of each here is a number or two, and nothing is looked for in a list of all.

use std::cmp::Ordering;

use crate::finding::{Side, Sides};

/// The positions of what is compared with each other.
pub(super) type Row = Sides<Option<usize>>;

/// Pairs up the n-th of a key with the n-th of the same key; by key, then by position.
pub(super) fn rows<'a, T, K: Ord>(items: Sides<&'a [T]>, key: impl Fn(Side, &'a T) -> K) -> Vec<Row> {
    let key_at = |side: Side, position: usize| items.get(side).get(position).map(|item| key(side, item));
    let sorted = Sides::from_fn(|side| {
        let mut sorted: Vec<usize> = (0..items.get(side).len()).collect();
        // The sort is stable: what has one key stays in order.
        sorted.sort_by_key(|position| key_at(side, *position));
        sorted
    });
    let mut rest = sorted.as_ref().map(|sorted| sorted.iter().copied().peekable());
    let mut rows = Vec::with_capacity(sorted.original.len().max(sorted.rebuild.len()));
    loop {
        let next = rest.as_mut().map(|rest| rest.peek().copied());
        let keys = Sides::from_fn(|side| next.get(side).and_then(|position| key_at(side, position)));
        let order = match keys {
            Sides { original: None, rebuild: None } => return rows,
            Sides { original: Some(original), rebuild: Some(rebuild) } => original.cmp(&rebuild),
            Sides { original: Some(_), .. } => Ordering::Less,
            Sides { rebuild: Some(_), .. } => Ordering::Greater,
        };
        rows.push(Sides {
            original: rest.original.next_if(|_| order.is_le()),
            rebuild: rest.rebuild.next_if(|_| order.is_ge()),
        });
    }
}

/// What is at the positions of a row.
pub(super) fn at<T>(items: Sides<&[T]>, row: Row) -> Sides<Option<&T>> {
    items.zip(row).map(|(items, position)| items.get(position?))
}

/// The row of each position of a side.
pub(super) fn numbers(side: Side, count: usize, rows: &[Row]) -> Vec<usize> {
    let mut numbers = vec![usize::MAX; count];
    for (number, row) in rows.iter().enumerate() {
        if let Some(place) = row.get(side).and_then(|position| numbers.get_mut(position)) {
            *place = number;
        }
    }
    numbers
}

/// The rows that both sides have, in the order in which one of them has them.
pub(super) fn order(side: Side, count: usize, rows: &[Row]) -> Vec<usize> {
    let both = |number: &usize| rows.get(*number).is_some_and(|row| row.both().is_some());
    numbers(side, count, rows).into_iter().filter(both).collect()
}
