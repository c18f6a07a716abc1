//! Fields of tar archives that are files of the image.

use crate::causes::View;
use crate::content::Member;

/// The name of the part at hand, as fields of layers have it.
pub(in crate::causes) fn field_at_hand<'a>(view: &View<'a>) -> Option<&'a str> {
    view.node.filter(|node| node.format == "tar")?;
    view.part?.name.strip_prefix("tar.")
}

/// The member that the field at hand is about.
pub(in crate::causes) fn member<'a>(view: &View<'a>) -> Option<&'a Member> {
    view.node?.members.get(view.part?.member?)
}
