//! Hard links and copies.

use crate::causes::View;
use crate::finding::{Aspect, Finding, Kind, Value};
use crate::image::entry::EntryType;

/// Whether a finding may come from a path that is a link on one side or links to another name.
pub(in crate::causes) fn scope(finding: &Finding) -> bool {
    let values = &finding.values;
    let one_is = |test: fn(&Value) -> bool| test(&values.original) || test(&values.rebuild);
    let location = &finding.location;
    location.kind == Kind::Entry
        && location.inside.is_empty()
        && match finding.aspect {
            Aspect::Type => one_is(|value| value.as_str() == Some("hardlink")),
            Aspect::LinkName => true,
            Aspect::Content => location.field.is_none() && one_is(|value| *value == Value::Absent),
            Aspect::Size => one_is(|value| matches!(value, Value::Json(size) if size.as_u64() == Some(0))),
            _ => false,
        }
}

/// The claim is about links and regular files only.
pub(in crate::causes) fn linkable(view: &View<'_>) -> Option<()> {
    matches!(view.entry?.entry_type, EntryType::File | EntryType::Hardlink).then_some(())
}
