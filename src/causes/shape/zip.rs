//! Fields of zip archives.

use crate::causes::View;
use crate::content::Member;
use crate::finding::Finding;

/// The name of the field of a zip archive that a finding is of, without the member.
pub(in crate::causes) fn field(finding: &Finding) -> Option<&str> {
    let part = finding.location.part.as_ref().filter(|part| part.format == "zip")?;
    Some(&part.name)
}

/// The member that the field at hand is about.
pub(in crate::causes) fn member<'a>(view: &View<'a>) -> Option<&'a Member> {
    view.node?.members.get(view.part?.member?)
}
