//! Two contents of a file to findings: field by field where both decode alike, else by the range that differs.
//!
//! Contents that differ give at least one finding, equal ones give none, and exchanging the sides exchanges the sides of
//! every finding and nothing else. The ranges of the findings, and the members findings are in, cover every differing byte.

use std::sync::Arc;

use crate::content::{self, secret};
use crate::finding::{Aspect, Finding, Location, Range, Secret, Side, Sides};
use crate::limits::Limits;
use crate::spill::Content;

mod bytes;
mod fields;
mod large;

/// A finding in the content of a file, with the file it is in.
#[derive(Debug, Clone)]
pub struct ContentDifference {
    /// What differs.
    pub finding: Finding,
    /// The innermost file's bytes, on the sides where there is one and it is small enough to look into.
    pub files: Sides<Option<Arc<[u8]>>>,
    /// Set where either of `files` holds a secret anywhere: then no excerpt of them may be shown.
    pub secret: Option<Secret>,
}

/// Compares two contents of the file at `base`, which already names the layer, the entry and what the file is inside of.
pub fn compare(base: &Location, contents: Sides<&Content>, limits: &Limits, out: &mut dyn FnMut(ContentDifference)) {
    if contents.original.same(contents.rebuild) {
        return;
    }
    let limit = limits.decoded_content_bytes;
    let files = contents.map(|content| content.bytes(limit).ok().flatten());
    match files.both() {
        Some(files) => Pair::new(base, files).compare(limits, out),
        None => out(large::difference(base, contents)),
    }
}

/// Two files in memory that differ.
struct Pair<'a> {
    base: &'a Location,
    files: Sides<Arc<[u8]>>,
    secrets: Sides<Option<Secret>>,
}

impl<'a> Pair<'a> {
    fn new(base: &'a Location, files: Sides<Arc<[u8]>>) -> Self {
        let secrets = files.as_ref().map(|file| secret::of(path(base), file));
        Pair { base, files, secrets }
    }

    fn compare(&self, limits: &Limits, out: &mut dyn FnMut(ContentDifference)) {
        let depth = self.base.inside.len();
        let decoded = self.files.as_ref().map(|file| content::decode(path(self.base), file, limits, depth));
        let mut found = false;
        if let Some(decoded) = decoded.both()
            && decoded.original.format == decoded.rebuild.format
        {
            fields::compare(self, decoded.as_ref(), limits, &mut |difference| {
                found = true;
                out(difference);
            });
        }
        if !found {
            out(self.trimmed(Aspect::Content, None));
        }
    }

    /// The finding of everything between the common start and the common end of the files.
    fn trimmed(&self, aspect: Aspect, field: Option<&'static str>) -> ContentDifference {
        let ranges = bytes::trim(self.files.as_ref().map(|file| &file[..]));
        let mut location = self.base.clone().with_range(ranges.map(Some));
        location.field = field.map(Into::into);
        let values = Sides::from_fn(|side| {
            bytes::value(content::slice(self.files.get(side), *ranges.get(side)), either(self.secrets, side))
        });
        self.difference(Finding { location, aspect, values, bytes: bytes::longer(ranges) })
    }

    fn difference(&self, finding: Finding) -> ContentDifference {
        ContentDifference { finding, files: self.files.clone().map(Some), secret: most(self.secrets) }
    }

    /// The location of a field, or of the file itself.
    fn location(&self, field: &str, range: Sides<Option<Range>>) -> Location {
        self.base.clone().with_field(field.to_owned()).with_range(range)
    }
}

/// The path by which a file at this location is recognized: its name in what it is inside of, else the entry's.
fn path(location: &Location) -> &[u8] {
    location.inside.last().map_or(location.path_bytes(), |name| name)
}

/// The secret of a side, else the other side's: what is left of a key on one side gives away the other.
fn either(secrets: Sides<Option<Secret>>, side: Side) -> Option<Secret> {
    secrets.get(side).or_else(|| most(secrets))
}

/// A secret of either side, the same when the sides are exchanged.
fn most(secrets: Sides<Option<Secret>>) -> Option<Secret> {
    secrets.original.max(secrets.rebuild)
}

#[cfg(test)]
mod tests;
