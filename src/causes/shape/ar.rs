//! Fields of archives of `ar`.

use crate::causes::View;
use crate::content::Member;

/// The name of the field of an archive at hand.
pub(in crate::causes) fn field_at_hand<'a>(view: &View<'a>) -> Option<&'a str> {
    view.node.filter(|node| node.format == "ar")?;
    view.part?.name.strip_prefix("ar.")
}

/// The member that the field at hand is about.
pub(in crate::causes) fn member<'a>(view: &View<'a>) -> Option<&'a Member> {
    view.node?.members.get(view.part?.member?)
}

/// Whether the archive has a table of symbols: a linker reads it.
pub(in crate::causes) fn is_library(view: &View<'_>) -> bool {
    let first = view.node.and_then(|node| node.members.first());
    first.is_some_and(|first| matches!(&first.name[..], b"/" | b"/SYM64/"))
}
