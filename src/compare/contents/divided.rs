//! Parts that consist of fields, side by side: where they differ, their fields in their place.

use std::borrow::Cow;

use super::rows::{order, rows};
use super::{Costs, Pair};
use crate::content::{Node, Part};
use crate::finding::{Side, Sides};

/// A part, or a field of one, beside its counterpart.
pub(super) type Beside<'p> = Sides<Option<Cow<'p, Part>>>;

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
    let whole = || Divided { fields: vec![parts.map(|part| part.map(Cow::Borrowed))], is_moved: false };
    if Sides::from_fn(|side| parts.get(side).map(|part| part.bytes(pair.files.get(side)))).same() {
        return whole();
    }
    let fields = Sides::from_fn(|side| {
        let of_part = |part: &Part| nodes.get(side).fields(part, pair.files.get(side));
        parts.get(side).map_or_else(Vec::new, of_part)
    });
    let count = fields.original.len() + fields.rebuild.len();
    if count == 0 || costs.meter.measured(|room| room.take_fields(count)).is_none() {
        return whole();
    }
    let rows = rows(fields.as_ref().map(Vec::as_slice), |_, field| &field.name);
    let order = |side| order(side, fields.get(side).len(), &rows);
    let is_moved = order(Side::Original) != order(Side::Rebuild);
    let mut fields = fields.map(|fields| fields.into_iter().map(Some).collect::<Vec<_>>());
    let mut take =
        |side: Side, position: Option<usize>| fields.get_mut(side).get_mut(position?)?.take().map(Cow::Owned);
    let beside = rows.iter().map(|row| Sides::from_fn(|side| take(side, *row.get(side))));
    Divided { fields: beside.collect(), is_moved }
}
