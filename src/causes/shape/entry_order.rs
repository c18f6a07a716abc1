//! The order of the entries of a layer.

use crate::causes::View;
use crate::causes::scope::{Field, Place};
use crate::finding::{Aspect, Value};
use crate::image::rootfs::Rootfs;

/// The order of the entries of a layer.
pub(in crate::causes) const ORDER: Place =
    Place { aspects: &[Aspect::Order], field: Field::Like(&["entries"]), ..Place::LAYER };

/// By which rule this side's entries are sorted, where no two of them meet: neither by what the layer itself says nor
/// through symlinks of the layers below.
pub(in crate::causes) fn rule<'a>(view: &View<'a>, tree: &Rootfs) -> Option<&'a str> {
    let Value::Json(value) = view.value else { return None };
    let first = view.first()?;
    view.implied?.iter().all(|directory| tree.is_plain_below(first, directory)).then_some(())?;
    let links = value.get("linksBeforeTargets")?.as_u64()?;
    let meet = value.get("entriesMeet").is_some();
    value.get("sortedBy")?.as_str().filter(|_| links == 0 && !meet)
}
