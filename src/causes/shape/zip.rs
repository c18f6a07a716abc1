//! Fields of zip archives.

use crate::causes::View;
use crate::content::Member;

/// The member that the field at hand is about.
pub(in crate::causes) fn member<'a>(view: &View<'a>) -> Option<&'a Member> {
    view.node?.members.get(view.part?.member?)
}
