//! Parts that consist of fields, side by side: where they differ, their fields in their place.

use std::borrow::Cow;

use super::rows::{order, rows};
use super::{Costs, Pair};
use crate::content::{Node, Part, slice};
use crate::finding::{Side, Sides};

/// A part, or a field of one, beside its counterpart.
pub(super) struct Beside<'p> {
    pub(super) parts: Sides<Option<Cow<'p, Part>>>,
    /// Whether both are the same bytes.
    pub(super) same: bool,
}

/// What two parts are compared as.
pub(super) struct Divided<'p> {
    pub(super) fields: Vec<Beside<'p>>,
    /// Whether fields that both have come in another order.
    pub(super) is_moved: bool,
}

/// The fields of two parts that differ; the parts themselves where they do not, where they consist of no fields, or where
/// that would cost too much.
pub(super) fn divided<'p>(
    pair: &Pair<'_>,
    nodes: Sides<&Node>,
    parts: Sides<Option<&'p Part>>,
    costs: &mut Costs<'_, '_>,
) -> Divided<'p> {
    let whole = |same| {
        let parts = parts.map(|part| part.map(Cow::Borrowed));
        Divided { fields: vec![Beside { parts, same }], is_moved: false }
    };
    if is_same(pair, parts) {
        return whole(true);
    }
    let fields = Sides::from_fn(|side| {
        let of_part = |part: &Part| nodes.get(side).fields(part, pair.files.get(side));
        parts.get(side).map_or_else(Vec::new, of_part)
    });
    let count = fields.original.len() + fields.rebuild.len();
    if count == 0 || costs.meter.measured(|room| room.take_fields(count)).is_none() {
        return whole(false);
    }
    let rows = rows(fields.as_ref().map(Vec::as_slice), |_, field| &field.name);
    let order = |side| order(side, fields.get(side).len(), &rows);
    let is_moved = order(Side::Original) != order(Side::Rebuild);
    let mut fields = fields.map(|fields| fields.into_iter().map(Some).collect::<Vec<_>>());
    let mut take =
        |side: Side, position: Option<usize>| fields.get_mut(side).get_mut(position?)?.take().map(Cow::Owned);
    let bytes = Sides::from_fn(|side| {
        let part = (*parts.get(side))?;
        Some((part.range.0, part.of(pair.files.get(side))?))
    });
    let beside = rows.iter().map(|row| {
        let parts: Sides<Option<Cow<'p, Part>>> = Sides::from_fn(|side| take(side, *row.get(side)));
        let field = |side| {
            let ((start, bytes), (from, to)) = (bytes.get(side).as_ref()?, parts.get(side).as_ref()?.range);
            Some(slice(bytes, (from - start, to - start)))
        };
        let same = Sides::from_fn(field).both().is_some_and(|fields| fields.same());
        Beside { parts, same }
    });
    Divided { fields: beside.collect(), is_moved }
}

/// Whether there are both, of the same bytes.
pub(super) fn is_same(pair: &Pair<'_>, parts: Sides<Option<&Part>>) -> bool {
    let files = &pair.files;
    parts.both().is_some_and(|Sides { original, rebuild }| {
        files.original.same_in(original.range, &files.rebuild, rebuild.range)
    })
}
