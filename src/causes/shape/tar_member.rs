//! Fields of tar archives that are files of the image.

use crate::causes::View;
use crate::content::Member;
use crate::finding::Finding;

/// The name of the field of an archive that a finding is of, as layers have it.
pub(in crate::causes) fn field(finding: &Finding) -> Option<&str> {
    let part = finding.location.part.as_ref().filter(|part| part.format == "tar")?;
    part.name.strip_prefix("tar.")
}

/// The same of the part at hand.
pub(in crate::causes) fn field_at_hand<'a>(view: &View<'a>) -> Option<&'a str> {
    view.node.filter(|node| node.format == "tar")?;
    view.part?.name.strip_prefix("tar.")
}

/// The member that the field at hand is about.
pub(in crate::causes) fn member<'a>(view: &View<'a>) -> Option<&'a Member> {
    view.node?.members.get(view.part?.member?)
}
