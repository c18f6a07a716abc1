//! Where the split into layers differs: the trees that both runs of layers make, compared path by path.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use crate::finding::{Aspect, Finding, Gap, Kind, Location, Secret, Side, Sides, Value};
use crate::image::entry::{Entry, EntryType};
use crate::image::layer::{Item, LayerError, LayerReader};
use crate::image::path::Whiteout;
use crate::image::rootfs::whiteout_target;
use crate::limits::Limits;
use crate::spill::Arena;
use crate::spill::codec::{Coded, Cursor};

use self::carried::Carried;
use super::layer::{Difference, LayerFailure, Sink, emit_contents, is_telling, opens_telling};
use super::{attributes, compression, presence, reread};

mod carried;

/// Opens a layer of one side by its index.
pub type OpenLayer<'a> = dyn Fn(Side, u32) -> Result<LayerReader, LayerError> + Sync + 'a;

/// A layer of a run that could not be read to its verified end.
pub struct RunFailure {
    /// Whose.
    pub failure: LayerFailure,
    /// Which.
    pub layer: u32,
}

impl RunFailure {
    /// A temporary file that a layer needs could not be written, or not be read back.
    pub(crate) fn no_room(side: Side, layer: u32, error: &io::Error) -> Self {
        RunFailure { failure: LayerFailure { side, error: LayerError::no_room(error) }, layer }
    }

    /// The gap that it leaves.
    pub(crate) fn gap(self) -> Gap {
        self.failure.error.gap(self.failure.side, self.layer)
    }
}

struct Node {
    layer: u32,
    entry: Entry,
    sha256: [u8; 32],
    secret: Option<Secret>,
    /// The first bytes, where they say something of others.
    head: Vec<u8>,
}

/// Where the node of a path is.
#[derive(Clone, Copy)]
struct Place {
    layer: u32,
    ordinal: u64,
    record: u64,
}

/// The tree of one run of layers; whiteouts stay in it, for what is below the run.
struct Run {
    records: Arena,
    places: BTreeMap<Arc<[u8]>, Place>,
    carried: Vec<Carried>,
}

/// Compares the trees of two runs of layers. Findings of layers as a whole are returned, those of entries go to `sink`.
///
/// # Errors
/// [`RunFailure`] where a layer cannot be read to its verified end. Then nothing that the sink has got may be concluded
/// from.
pub fn compare(
    runs: &Sides<Range<u32>>,
    open: &OpenLayer<'_>,
    sink: &mut dyn Sink,
    limits: &Limits,
) -> Result<Vec<Finding>, RunFailure> {
    let (original, rebuild) = std::thread::scope(|scope| {
        let other = scope.spawn(|| load(Side::Rebuild, runs.rebuild.clone(), open, limits));
        let original = load(Side::Original, runs.original.clone(), open, limits);
        (original, other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let runs = Sides::new(original?, rebuild?);
    let unread = |side: Side, layer: u32| move |error: io::Error| RunFailure::no_room(side, layer, &error);
    let mut differing = Vec::new();
    for (path, places) in both(runs.as_ref().map(|run| &run.places)) {
        let mut nodes = Sides::new(None, None);
        for side in Side::BOTH {
            if let Some(place) = *places.get(side) {
                let node = runs.get(side).node(place).map_err(unread(side, place.layer))?;
                if is_telling(&node.entry) {
                    sink.passing(side, &node.entry);
                }
                if !node.head.is_empty() {
                    sink.opening(side, &node.entry, &node.head);
                }
                *nodes.get_mut(side) = Some(node);
            }
        }
        match nodes.as_ref().map(Option::as_ref) {
            Sides { original: Some(original), rebuild: Some(rebuild) } => {
                differing.extend(pair(Sides::new(original, rebuild), sink).then(|| path.clone()));
            }
            Sides { original: Some(node), .. } => one_sided(Side::Original, node, sink),
            Sides { rebuild: Some(node), .. } => one_sided(Side::Rebuild, node, sink),
            _ => {}
        }
    }
    contents(&runs, &differing, open, sink)?;
    Ok(carried::on_one_side(runs.map(|run| run.carried)))
}

/// Layer and ordinal of the entry that gives each path of a tree.
pub type Origins = BTreeMap<Arc<[u8]>, (u32, u64)>;

/// Which layer and which of its entries gives each path of the tree that a run of layers makes.
///
/// # Errors
/// [`RunFailure`] where a layer cannot be read to its verified end.
pub fn tree(side: Side, layers: Range<u32>, open: &OpenLayer<'_>, limits: &Limits) -> Result<Origins, RunFailure> {
    let run = load(side, layers, open, limits)?;
    Ok(run.places.into_iter().map(|(path, place)| (path, (place.layer, place.ordinal))).collect())
}

/// The paths of both runs in order, each with where it is.
fn both(places: Sides<&BTreeMap<Arc<[u8]>, Place>>) -> impl Iterator<Item = (&Arc<[u8]>, Sides<Option<Place>>)> {
    let mut rests = places.map(|places| places.iter().peekable());
    std::iter::from_fn(move || {
        let next = rests.as_mut().map(|rest| rest.peek().map(|(path, _)| *path));
        let path = match next {
            Sides { original: Some(original), rebuild: Some(rebuild) } => original.min(rebuild),
            Sides { original, rebuild } => original.or(rebuild)?,
        };
        Some((path, rests.as_mut().map(|rest| rest.next_if(|(other, _)| *other == path).map(|(_, place)| *place))))
    })
}

fn load(side: Side, layers: Range<u32>, open: &OpenLayer<'_>, limits: &Limits) -> Result<Run, RunFailure> {
    let records = Arena::new(limits.findings_memory_bytes / 4);
    let mut run = Run { records, places: BTreeMap::new(), carried: Vec::new() };
    for layer in layers {
        let failure = |error| RunFailure { failure: LayerFailure { side, error }, layer };
        let mut reader = open(side, layer).map_err(failure)?;
        let base = Location::new(Kind::Layer).in_layer(Sides::only(side, layer));
        run.apply(side, layer, &base, &mut reader, limits).map_err(failure)?;
        let end = reader.finish().map_err(failure)?;
        let findings = compression::carried(&base, side, &end).into_iter();
        run.carried.extend(findings.map(|finding| {
            // Nothing is left out of these values.
            let value = format!("{:?}", finding.values.get(side));
            Carried::new(finding, &[value.as_bytes()])
        }));
    }
    Ok(run)
}

impl Run {
    fn apply(
        &mut self,
        side: Side,
        layer: u32,
        base: &Location,
        reader: &mut LayerReader,
        limits: &Limits,
    ) -> Result<(), LayerError> {
        while let Some(item) = reader.next_item()? {
            let entry = match item {
                Item::Entry(entry) => entry,
                Item::Global(header) => {
                    let value = Value::from_bytes(&header.raw);
                    let finding = one_sided_value(base, side, "pax.global", value, header.raw.len() as u64);
                    self.carried.push(Carried::new(finding, &[&header.raw]));
                    continue;
                }
            };
            let taken = super::layer::take(reader, side, &entry.path, limits).map_err(|failure| failure.error)?;
            let padding = reader.padding()?;
            if padding.iter().any(|byte| *byte != 0) {
                let mut finding =
                    one_sided_value(base, side, "padding", Value::from_bytes(&padding), padding.len() as u64);
                finding.location.kind = Kind::Entry;
                finding.location.path = Some(entry.path.clone());
                self.carried.push(Carried::new(finding, &[&padding]));
            }
            let head = if opens_telling(&entry.path, &taken.head) { taken.head } else { Vec::new() };
            let node = Node { layer, entry, sha256: taken.sha256, secret: taken.secret, head };
            self.put(side, node).map_err(LayerError::no_room)?;
            self.check(limits)?;
        }
        Ok(())
    }

    /// Entries that were replaced in their own layer count too: each is a finding.
    fn check(&self, limits: &Limits) -> Result<(), LayerError> {
        let most = limits.pending_entries;
        if self.places.len() + self.carried.len() <= most {
            return Ok(());
        }
        let detail = format!("the tree of these layers has more than {most} entries (see --limit pending-entries)");
        Err(LayerError { reason: crate::finding::GapReason::Limit, detail })
    }

    fn put(&mut self, side: Side, node: Node) -> io::Result<()> {
        let Node { layer, entry, sha256, secret, head } = &node;
        let (layer, path) = (*layer, &entry.path);
        if let Some(place) = self.places.get(path).copied().filter(|shadowed| shadowed.layer == layer) {
            let shadowed = self.node(place)?;
            let base = location(Sides::only(side, &shadowed)).at_path(path.clone()).with_field("shadowed");
            let sha256 = (shadowed.entry.has_content() && shadowed.secret.is_none()).then_some(shadowed.sha256);
            let finding = presence::of_entry(base, side, &shadowed.entry, sha256, shadowed.secret);
            self.carried.push(Carried::new(finding, &[&shadowed.entry.raw, &shadowed.sha256]));
        }
        match entry.whiteout() {
            Some(Whiteout::Opaque | Whiteout::Malformed) => self.remove_below(layer, entry.parent()),
            Some(Whiteout::Of(_)) => {
                if let Some(target) = whiteout_target(entry) {
                    self.remove_below(layer, &target);
                    if self.places.get(&target[..]).is_some_and(|place| place.layer < layer) {
                        self.places.remove(&target[..]);
                    }
                }
            }
            None if entry.entry_type != EntryType::Directory => self.remove_below(layer, path),
            None => {}
        }
        let mut bytes = Vec::with_capacity(512);
        entry.put(&mut bytes);
        (*sha256, (*secret, head.clone())).put(&mut bytes);
        let place = Place { layer, ordinal: entry.ordinal, record: self.records.push(&bytes)? };
        self.places.insert(path.clone(), place);
        Ok(())
    }

    fn node(&self, place: Place) -> io::Result<Node> {
        let mut reader = self.records.reader(1 << 10);
        let (bytes, _) = reader.record(place.record)?;
        let known = <(Entry, ([u8; 32], (Option<Secret>, Vec<u8>)))>::take(&mut Cursor(bytes));
        let (entry, (sha256, (secret, head))) = known.ok_or(io::ErrorKind::InvalidData)?;
        Ok(Node { layer: place.layer, entry, sha256, secret, head })
    }

    /// Removes what lower layers of the run have below a directory.
    fn remove_below(&mut self, layer: u32, directory: &[u8]) {
        let prefix: Arc<[u8]> =
            if directory.is_empty() { Arc::from(&b""[..]) } else { [directory, b"/"].concat().into() };
        let below = self.places.range(prefix.clone()..).take_while(|(path, _)| path.starts_with(&prefix));
        let gone: Vec<_> = below.filter(|(_, place)| place.layer < layer).map(|(path, _)| path.clone()).collect();
        for path in gone {
            self.places.remove(&path);
        }
    }
}

fn one_sided_value(base: &Location, side: Side, field: &'static str, value: Value, bytes: u64) -> Finding {
    let mut values = Sides::new(Value::Absent, Value::Absent);
    *values.get_mut(side) = value;
    Finding { location: base.clone().with_field(field), aspect: Aspect::Content, values, bytes }
}

fn location(nodes: Sides<Option<&Node>>) -> Location {
    Location::new(Kind::Entry).in_layer(nodes.map(|node| node.map(|node| node.layer)))
}

/// Compares two nodes of one path but for contents; whether those differ and are to be read.
fn pair(nodes: Sides<&Node>, sink: &mut dyn Sink) -> bool {
    let entries = nodes.map(|node| &node.entry);
    let base = location(nodes.map(Some)).at_path(nodes.original.entry.path.clone());
    for finding in attributes::compare(&base, entries) {
        sink.difference(Difference::plain(finding, entries.map(Some)));
    }
    let has = entries.map(Entry::has_content);
    if has.original && has.rebuild {
        return !nodes.map(|node| node.sha256).same();
    }
    for side in Side::BOTH {
        let node = nodes.get(side);
        if *has.get(side) && node.entry.size > 0 {
            let mut values = Sides::new(Value::Absent, Value::Absent);
            *values.get_mut(side) = Value::Content { sha256: node.sha256, size: node.entry.size, secret: node.secret };
            let finding = Finding { location: base.clone(), aspect: Aspect::Content, values, bytes: node.entry.size };
            sink.difference(Difference::plain(finding, entries.map(Some)));
        }
    }
    false
}

fn one_sided(side: Side, node: &Node, sink: &mut dyn Sink) {
    let base = location(Sides::only(side, node)).at_path(node.entry.path.clone());
    let sha256 = (node.entry.has_content() && node.secret.is_none()).then_some(node.sha256);
    let finding = presence::of_entry(base, side, &node.entry, sha256, node.secret);
    sink.difference(Difference::plain(finding, Sides::only(side, &node.entry)));
}

/// Reads the contents that differ and compares them.
fn contents(
    runs: &Sides<Run>,
    differing: &[Arc<[u8]>],
    open: &OpenLayer<'_>,
    sink: &mut dyn Sink,
) -> Result<(), RunFailure> {
    let mut read = Sides::new(BTreeMap::new(), BTreeMap::new());
    for side in Side::BOTH {
        let mut wanted: BTreeMap<u32, BTreeMap<u64, &Arc<[u8]>>> = BTreeMap::new();
        for path in differing {
            if let Some(place) = runs.get(side).places.get(path) {
                wanted.entry(place.layer).or_default().insert(place.ordinal, path);
            }
        }
        for (layer, by_ordinal) in wanted {
            let ordinals = by_ordinal.keys().copied().collect();
            let reopen = |side| open(side, layer);
            let outcome = reread::contents(&reopen, side, &ordinals, &mut |ordinal, content| {
                if let Some(path) = by_ordinal.get(&ordinal) {
                    read.get_mut(side).insert((*path).clone(), content);
                }
            });
            outcome.map_err(|failure| RunFailure { failure, layer })?;
        }
    }
    for path in differing {
        let places = runs.as_ref().map(|run| run.places.get(path).copied()).both();
        let contents = read.as_ref().map(|read| read.get(path)).both();
        if let (Some(places), Some(contents)) = (places, contents) {
            let node = |side: Side| {
                let place = *places.get(side);
                runs.get(side).node(place).map_err(|error| RunFailure::no_room(side, place.layer, &error))
            };
            let nodes = Sides::new(node(Side::Original)?, node(Side::Rebuild)?);
            let base = location(nodes.as_ref().map(Some));
            emit_contents(&base, sink, nodes.map(|node| node.entry), contents.map(Clone::clone));
        }
    }
    Ok(())
}
