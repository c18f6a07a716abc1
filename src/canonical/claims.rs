//! The claims that map both sides of an image to one form, sorted by what they are about.

use std::ops::Range;
use std::sync::Arc;

use crate::compare::pairs::LayerPairs;
use crate::explain::{Claim, Explained, Reader, Store};
use crate::finding::{Aspect, Finding, Kind, Location, Side, Sides};
use crate::image::name_hash::name_hash;

use super::form::{Form, Node, list};

/// The claims of one platform: the same for both sides.
pub(super) struct Claims<'a> {
    findings: &'a Store,
    pub(super) manifest: Positions,
    pub(super) config: Positions,
    /// By part of the image.
    pub(super) parts: Vec<Part>,
}

/// The findings that claims map away, and whether others are there too.
#[derive(Default)]
pub(super) struct Positions {
    mapped: Vec<u32>,
    /// Whether the document is written in two ways, and no claim maps that away.
    pub(super) spelled: bool,
}

/// Layers that belong together: one of each side, or two runs where the split into layers differs.
pub(super) struct Part {
    /// The layers of each side.
    pub(super) layers: Sides<Range<u32>>,
    pub(super) merged: bool,
    mapped: Vec<u32>,
    /// The hash of the path of each of them that is of an entry, with its position, in order.
    paths: Vec<(u64, u32)>,
    /// Whether a claim maps the diff IDs away.
    diff_ids: bool,
    /// Whether some finding is mapped away by no claim.
    open: bool,
}

impl Part {
    /// Whether the part is what its entries are; else it is what its diff IDs say.
    pub(super) const fn is_taken_apart(&self) -> bool {
        self.diff_ids && !self.open
    }

    /// Whether something about it is mapped away by no claim.
    pub(super) const fn is_open(&self) -> bool {
        self.open
    }
}

impl<'a> Claims<'a> {
    pub(super) fn new(findings: &'a Store, pairs: &LayerPairs) -> Self {
        let mut claims =
            Claims { findings, manifest: Positions::default(), config: Positions::default(), parts: parts(pairs) };
        let mut reader = findings.reader();
        for position in 0..findings.len() {
            let (Some(explained), Ok(number)) = (reader.get(position), u32::try_from(position)) else { continue };
            claims.note(&explained, number);
        }
        for part in &mut claims.parts {
            part.paths.sort_unstable();
        }
        claims
    }

    fn note(&mut self, explained: &Explained, position: u32) {
        let location = &explained.finding.location;
        let mapped = explained.converges;
        if location.kind == Kind::Config
            && mapped
            && let Some(part) = self.diff_ids(location)
        {
            part.diff_ids = true;
        }
        match location.kind {
            Kind::Manifest => {
                self.manifest.note(&explained.finding, mapped, position);
                // What descriptors of a run say is gone with the run, unless all of the run is what its diff IDs say.
                let of_layers = location.field_name().starts_with("/layers/");
                if let Some(part) = self.part_of(location.layer).filter(|part| of_layers && part.merged && !mapped) {
                    part.open = true;
                }
            }
            Kind::Config => self.config.note(&explained.finding, mapped, position),
            Kind::Layer | Kind::Entry => {
                let Some(part) = self.part_of(location.layer) else { return };
                if !mapped {
                    part.open = true;
                    return;
                }
                part.mapped.push(position);
                if let Some(path) = &location.path {
                    part.paths.push((name_hash(path), position));
                }
            }
            Kind::Index => {}
        }
    }

    /// The part whose diff IDs a finding of the config is about.
    fn diff_ids(&mut self, location: &Location) -> Option<&mut Part> {
        let rest = location.field_name().strip_prefix("/rootfs/diff_ids")?;
        if rest.is_empty() { self.parts.iter_mut().find(|part| part.merged) } else { self.part_of(location.layer) }
    }

    fn part_of(&mut self, layer: Sides<Option<u32>>) -> Option<&mut Part> {
        let holds = |part: &&mut Part| {
            Side::BOTH.iter().any(|side| layer.get(*side).is_some_and(|layer| part.layers.get(*side).contains(&layer)))
        };
        self.parts.iter_mut().find(holds)
    }

    /// The form of what the proven ones of these claims say, in order.
    pub(super) fn form(&self, positions: &[u32]) -> Form {
        let mut reader = self.findings.reader();
        let proven = positions.iter().filter_map(|position| reader.get(*position as usize));
        list("claims", proven.filter_map(|explained| claim(&explained)))
    }

    pub(super) fn findings_of(&self, positions: &Positions) -> Vec<Finding> {
        let mut reader = self.findings.reader();
        let get = |position: &u32| reader.get(*position as usize).map(|explained| explained.finding);
        positions.mapped.iter().filter_map(get).collect()
    }

    /// The form of the claims of a part.
    pub(super) fn of_part(&self, part: &Part) -> Form {
        self.form(&part.mapped)
    }

    /// The form of the claims in a document.
    pub(super) fn of_document(&self, positions: &Positions) -> Form {
        self.form(&positions.mapped)
    }

    /// What claims say of the layers of a part as a whole.
    pub(super) fn of_layers(&self, part: &Part) -> Vec<Mark> {
        let mut reader = self.findings.reader();
        let all = part.mapped.iter().filter_map(|position| reader.get(*position as usize));
        let of_layer = all.filter(|explained| explained.finding.location.kind == Kind::Layer);
        of_layer.map(|explained| Mark::new(explained.finding, Side::Original)).collect()
    }

    /// A way to look up what is claimed of the entries of one side.
    pub(super) const fn lookup<'c>(&self, part: &'c Part, side: Side) -> Lookup<'c>
    where
        'a: 'c,
    {
        Lookup { part, side, reader: self.findings.reader() }
    }
}

/// The layers that belong together, base first.
fn parts(pairs: &LayerPairs) -> Vec<Part> {
    let part = |layers: Sides<Range<u32>>, merged| Part {
        layers,
        merged,
        mapped: Vec::new(),
        paths: Vec::new(),
        diff_ids: false,
        open: false,
    };
    let both = pairs.pairs.iter().filter_map(|pair| pair.layer.both());
    let mut parts: Vec<Part> = both.map(|layer| part(layer.map(|layer| layer..layer + 1), false)).collect();
    parts.extend(pairs.merged.clone().map(|runs| part(runs, true)));
    // One of the runs may be empty: what is above it ends above it.
    parts.sort_by_key(|part| (part.layers.original.end, part.layers.rebuild.end));
    parts
}

impl Positions {
    fn note(&mut self, finding: &Finding, mapped: bool, position: u32) {
        if mapped {
            self.mapped.push(position);
        } else {
            self.spelled |= finding.aspect == Aspect::Encoding;
        }
    }
}

/// Looks up the claims of entries.
pub(super) struct Lookup<'c> {
    part: &'c Part,
    side: Side,
    reader: Reader<'c>,
}

impl Lookup<'_> {
    /// What claims say of a path, in order.
    pub(super) fn at(&mut self, path: &[u8]) -> Vec<Mark> {
        let hash = name_hash(path);
        let start = self.part.paths.partition_point(|(known, _)| *known < hash);
        let positions = self.part.paths.iter().skip(start).take_while(|(known, _)| *known == hash);
        let all = positions.filter_map(|(_, position)| self.reader.get(*position as usize));
        let here = all.filter(|explained| explained.finding.location.path_bytes() == path);
        here.map(|explained| Mark::new(explained.finding, self.side)).collect()
    }
}

/// What is claimed of one entry, as one side needs it.
pub(super) struct Mark {
    pub(super) aspect: Aspect,
    pub(super) field: String,
    pub(super) inside: Vec<Arc<[u8]>>,
    /// The bytes on this side.
    pub(super) range: Option<(u64, u64)>,
    /// Whether there are such bytes on the other side.
    pub(super) beyond: bool,
}

impl Mark {
    fn new(finding: Finding, side: Side) -> Self {
        let Location { field, inside, range, .. } = finding.location;
        Mark {
            aspect: finding.aspect,
            field: field.unwrap_or_default().into_owned(),
            inside,
            range: *range.get(side),
            beyond: range.get(side.other()).is_some(),
        }
    }

    /// The same of other bytes.
    pub(super) fn at(&self, range: Option<(u64, u64)>) -> Self {
        let Mark { aspect, beyond, .. } = *self;
        Mark { aspect, field: self.field.clone(), inside: self.inside.clone(), range, beyond }
    }
}

impl Mark {
    /// Whether it is about the entry as a whole.
    pub(super) fn is_of_presence(&self) -> bool {
        self.inside.is_empty() && self.aspect == Aspect::Presence && self.field.is_empty()
    }

    /// Whether it is about the bytes behind the content.
    pub(super) fn is_of_padding(&self) -> bool {
        self.inside.is_empty() && self.aspect == Aspect::Content && self.field == "padding"
    }

    /// Whether it is about the headers of the entry, or about the entry's place among others, not about its content.
    pub(super) fn is_of_header(&self) -> bool {
        let of_header = match self.aspect {
            Aspect::Content => self.field == "padding",
            Aspect::Compression => false,
            Aspect::Order => self.field == "pax.records",
            Aspect::Size => self.field.starts_with("header."),
            Aspect::Encoding => is_header_field(&self.field),
            _ => true,
        };
        of_header && self.inside.is_empty()
    }
}

/// Whether the encoding of a field of this name is that of a tar header.
fn is_header_field(field: &str) -> bool {
    matches!(field, "name" | "name.form" | "linkName.form" | "unparsed")
        || ["header.", "pax.", "gnu."].iter().any(|prefix| field.starts_with(prefix))
}

/// The form of a proven claim. What follows from others, and what is dropped by name, says nothing of itself.
fn claim(explained: &Explained) -> Option<Form> {
    let cause = explained.cause.filter(|_| explained.claim == Claim::Proven)?;
    let Finding { location, aspect, .. } = &explained.finding;
    let node = Node::new("claim")
        .item(kind(location.kind).as_bytes())
        .item(location.path_bytes())
        .item(&list("inside", &location.inside))
        .item(location.field_name().as_bytes())
        .item(name(*aspect).as_bytes())
        .item(cause.id.as_bytes())
        .item(explained.canonical.as_ref().map_or(&[][..], |form| form));
    Some(node.end())
}

/// The name of a kind of location, as reports have it.
const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Index => "index",
        Kind::Manifest => "manifest",
        Kind::Config => "config",
        Kind::Layer => "layer",
        Kind::Entry => "entry",
    }
}

/// The name of an aspect, as reports have it.
const fn name(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Presence => "presence",
        Aspect::Type => "type",
        Aspect::Mode => "mode",
        Aspect::Uid => "uid",
        Aspect::Gid => "gid",
        Aspect::Uname => "uname",
        Aspect::Gname => "gname",
        Aspect::Mtime => "mtime",
        Aspect::Atime => "atime",
        Aspect::Ctime => "ctime",
        Aspect::LinkName => "linkName",
        Aspect::Xattr => "xattr",
        Aspect::Device => "device",
        Aspect::Order => "order",
        Aspect::Encoding => "encoding",
        Aspect::Compression => "compression",
        Aspect::Size => "size",
        Aspect::Content => "content",
        Aspect::Value => "value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aspects_and_kinds_are_named_as_in_reports() {
        for number in 0..=Aspect::Value as u8 {
            let aspect = Aspect::ALL[usize::from(number)];
            assert_eq!(aspect as u8, number, "the list is not whole");
            assert_eq!(serde_json::to_value(aspect).unwrap(), name(aspect));
        }
        for known in [Kind::Index, Kind::Manifest, Kind::Config, Kind::Layer, Kind::Entry] {
            assert_eq!(serde_json::to_value(known).unwrap(), kind(known));
        }
    }
}
