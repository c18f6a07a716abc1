//! Hard links and copies.

use crate::causes::View;
use crate::causes::scope::{Inside, Place};
use crate::finding::{Aspect, Finding, Value};
use crate::image::entry::EntryType;

/// What may come from a path that is a link on one side or links to another name.
pub(in crate::causes) const LINKED: &[Place] = &[
    Place { aspects: &[Aspect::LinkName], inside: Inside::No, ..Place::ENTRY },
    // Which side is the link, and has no content of its own, is in the values.
    Place {
        aspects: &[Aspect::Type, Aspect::Size],
        inside: Inside::No,
        when: Some(is_link_on_one_side),
        ..Place::ENTRY
    },
    Place { when: Some(is_link_on_one_side), ..Place::WHOLE_FILE },
];

fn is_link_on_one_side(finding: &Finding) -> bool {
    let is_link = |value: &Value| match finding.aspect {
        Aspect::Type => value.as_str() == Some("hardlink"),
        Aspect::Size => matches!(value, Value::Json(size) if size.as_u64() == Some(0)),
        _ => *value == Value::Absent,
    };
    is_link(&finding.values.original) || is_link(&finding.values.rebuild)
}

/// The claim is about links and regular files only.
pub(in crate::causes) fn linkable(view: &View<'_>) -> Option<()> {
    matches!(view.entry?.entry_type, EntryType::File | EntryType::Hardlink).then_some(())
}
