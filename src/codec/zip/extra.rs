//! Extra fields: an identifier, a size and as many bytes (section 4.5).

use std::ops::Range;

use super::bytes::u16_at;
use crate::spill::Window;

/// The identifier of zip64.
pub(super) const ZIP64: u16 = 0x0001;
/// The identifier of Info-ZIP's extended timestamp.
pub(super) const TIMES: u16 = 0x5455;
/// The identifier of Info-ZIP's Unicode path, which takes the place of the name for some readers.
pub(super) const UNICODE_PATH: u16 = 0x7075;

/// An extra field.
pub(super) struct Extra {
    pub(super) id: u16,
    /// Identifier and size.
    pub(super) header: Range<usize>,
    pub(super) data: Range<usize>,
}

/// The fields in a range, and what is behind the last whole one.
pub(super) fn fields(bytes: &Window<'_>, range: &Range<usize>) -> (Vec<Extra>, Range<usize>) {
    let mut fields = Vec::new();
    let mut at = range.start;
    while let Some(field) = field(bytes, at, range.end) {
        at = field.data.end;
        fields.push(field);
    }
    (fields, at..range.end)
}

fn field(bytes: &Window<'_>, at: usize, end: usize) -> Option<Extra> {
    let data = at.checked_add(4).filter(|data| *data <= end)?;
    let size = usize::from(u16_at(bytes, at + 2).ok()?);
    let next = data.checked_add(size).filter(|next| *next <= end)?;
    Some(Extra { id: u16_at(bytes, at).ok()?, header: at..data, data: data..next })
}

/// How the data of an extended timestamp is divided: its flags, and the times that these say are there. Central headers
/// have the first time at most. `None` where it is something else.
pub(super) fn times(data: &[u8], is_central: bool) -> Option<Vec<&'static str>> {
    let (flags, times) = data.split_first()?;
    let named = [(1, "mtime"), (2, "atime"), (4, "ctime")];
    let there: Vec<_> = named.into_iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| name).collect();
    let short = is_central && times.len() == 4 && there.first() == Some(&"mtime");
    if short {
        return Some(vec!["mtime"]);
    }
    let all = times.len() == there.len() * 4 || (is_central && times.is_empty());
    all.then(|| there.into_iter().take(times.len() / 4).collect())
}
