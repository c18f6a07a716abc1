//! The tree that one run of layers makes, entry after entry as a runtime unpacks them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io;
use std::ops::Range;
use std::sync::Arc;

use crate::compare::compression;
use crate::compare::layer::{self, Doubts, LayerFailure};
use crate::content::notes::Notes;
use crate::content::recorded::is_font_directory;
use crate::finding::{GapReason, Kind, Location, Obstacle, Side, Sides, Uncompared, Value};
use crate::image::entry::{Entry, EntryType};
use crate::image::layer::{Folds, Item, LayerError, LayerReader};
use crate::image::path::{self, Unresolved, Whiteout};
use crate::limits::Limits;

use super::bequests::{Bequests, INHERITED};
use super::carried::{Carried, entry_base, one_sided};
use super::failure::{RunFailure, malformed};
use super::globals::Globals;
use super::hidden::{Hidden, sets_the_same};
use super::overlaid::{BARE, HIDING, LINKED, MADE, Overlaid, REMADE, is_plain};
use super::place::{Place, Stands};
use super::record::{Node, Records};

/// The compression that the media type of a layer names, by side and index.
pub type Promised<'a> = dyn Fn(Side, u32) -> Option<&'static str> + Sync + 'a;

/// Opens a layer of one side by its index.
pub type OpenLayer<'a> = dyn Fn(Side, u32) -> Result<LayerReader, LayerError> + Sync + 'a;

/// The tree of one run of layers; whiteouts stay in it, for what is below the run.
#[derive(Default)]
pub(super) struct Run {
    pub(super) records: Records,
    /// By the path that an entry lands at.
    pub(super) places: BTreeMap<Arc<[u8]>, Place>,
    pub(super) carried: Vec<Carried>,
    pub(super) hidden: Hidden,
    /// Directories that were something else in between: what the layers below the run had there is gone.
    pub(super) cleared: BTreeSet<Arc<[u8]>>,
    /// Directories on the way to entries of which only layers below the run say what they are.
    pub(super) open: BTreeSet<Arc<[u8]>>,
    /// What may keep runtimes from unpacking it.
    pub(super) doubts: Doubts,
    /// The names of each layer, where those that differ in case are one file.
    pub(super) folds: Vec<(u32, Folds)>,
    /// What contents record of others.
    pub(super) notes: Notes,
    /// Directories that the current layer has made opaque.
    opaque: HashSet<Arc<[u8]>>,
    overlaid: Overlaid,
    bequests: Bequests,
    globals: Globals,
    /// What looking up directories has cost, and how many bytes the names of the open ones take.
    looked_up: usize,
    open_bytes: usize,
}

/// How often directories are looked up, long names counting more, and bytes of names that only the layers below the run can
/// tell of. No layers that a builder makes come near.
const LOOKED_UP: usize = 1 << 24;
const OPEN_BYTES: usize = 32 << 20;

/// Reads the layers of one side; last of the three, whether the times of directories count.
pub(super) fn load(
    side: Side,
    layers: Range<u32>,
    (open, promised, by_times): (&OpenLayer<'_>, &Promised<'_>, bool),
    limits: &Limits,
) -> Result<Run, RunFailure> {
    let mut run = Run { records: Records::new(limits.findings_memory_bytes / 4), ..Run::default() };
    let last = layers.end.saturating_sub(1);
    for layer in layers {
        let failure = |error| RunFailure { failure: LayerFailure { side, error }, layer };
        let mut reader = open(side, layer).map_err(failure)?;
        let base = Location::new(Kind::Layer).in_layer(Sides::only(side, layer));
        run.apply(side, layer, &base, &mut reader, limits).map_err(failure)?;
        let end = reader.finish().map_err(failure)?;
        run.folds.extend(end.folds.clone().map(|folds| (layer, folds)));
        let findings = compression::carried(&base, side, &end).into_iter();
        let findings = findings.chain(compression::mislabelled(&base, side, promised(side, layer), &end));
        run.carried.extend(findings.map(|finding| {
            // Nothing is left out of these values.
            let value = format!("{:?}", finding.values.get(side));
            Carried::new(finding, &[value.as_bytes()])
        }));
    }
    run.carry_bare(side, by_times).map_err(|error| RunFailure::no_room(side, last, &error))?;
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
        self.opaque.clear();
        self.overlaid.begin();
        while let Some(item) = reader.next_item()? {
            let entry = match item {
                Item::Entry(entry) => entry,
                Item::Global(header) => {
                    let value = Value::from_bytes(&header.raw);
                    let finding = one_sided(base, side, "pax.global", value, header.raw.len() as u64);
                    self.carried.push(Carried::new(finding, &[&header.raw]));
                    self.globals.note(&header);
                    continue;
                }
            };
            let taken = layer::take(reader, side, &entry.path, &mut self.notes, limits);
            let taken = taken.map_err(|failure| failure.error)?;
            let base = entry_base(base, &entry);
            let padding = reader.padding()?;
            if padding.iter().any(|byte| *byte != 0) {
                let value = Value::from_bytes(&padding);
                let finding = one_sided(&base, side, "padding", value, padding.len() as u64);
                self.carried.push(Carried::new(finding, &[&padding]));
            }
            let path = self.land(side, layer, &base, &entry)?;
            let head = if layer::opens_telling(&entry.path, &taken.head) { taken.head } else { Vec::new() };
            self.put(side, &base, path, Node { layer, entry, sha256: taken.sha256, secret: taken.secret, head })?;
            self.check(limits)?;
        }
        self.globals.check(&self.places)
    }

    /// Takes down the directories that lose what their entries say or have none, once all layers are there.
    fn carry_bare(&mut self, side: Side, by_times: bool) -> io::Result<()> {
        let carried = |field, layer, directory| {
            let base = Location::new(Kind::Entry).in_layer(Sides::only(side, layer)).at_path(directory);
            Carried::new(one_sided(&base, side, field, Value::Json(true.into()), 0), &[])
        };
        let made = self.overlaid.made(&self.places).into_iter();
        self.carried.extend(made.map(|(directory, layer)| carried(MADE, layer, directory)));
        for directory in std::mem::take(&mut self.overlaid.bare) {
            let place = self.places.get(&directory).copied().filter(|place| place.stands == Stands::Directory);
            let Some(Place { layer, record, .. }) = place else { continue };
            // Nor does it keep its time, by which caches of fonts are told to be in date.
            if by_times || !is_plain(&self.records.entry(record)?) || is_font_directory(&directory) {
                self.carried.push(carried(BARE, layer, directory));
            }
        }
        Ok(())
    }

    /// Entries that were replaced in the run count too: each is a finding.
    fn check(&self, limits: &Limits) -> Result<(), LayerError> {
        let most = limits.pending_entries;
        let have = self.places.len() + self.carried.len() + self.hidden.len() + self.open.len();
        if self.looked_up > LOOKED_UP || self.open_bytes > OPEN_BYTES {
            return Err(LayerError { reason: GapReason::Limit, detail: Uncompared::Directories.into() });
        }
        if have <= most {
            return Ok(());
        }
        Err(LayerError { reason: GapReason::Limit, detail: Uncompared::Entries(most).into() })
    }

    /// The path that an entry lands at.
    fn land(&mut self, side: Side, layer: u32, base: &Location, entry: &Entry) -> Result<Arc<[u8]>, LayerError> {
        if entry.entry_type == EntryType::Symlink && entry.link_name.len() > path::PATH_MAX {
            return Err(malformed(entry, Obstacle::TooLong));
        }
        let place = entry.place();
        if !path::is_too_long(&place) && self.is_in_directory(&place) {
            return Ok(place);
        }
        let resolved = self.resolve(&place).map_err(|unresolved| malformed(entry, unresolved.obstacle()))?;
        if !resolved.symlinks.is_empty() {
            // Runtimes that unpack each layer by itself follow only the symlinks of the same layer.
            let own = |path: &Vec<u8>| self.places.get(&path[..]).is_some_and(|place| place.layer == layer);
            let own: Vec<u8> = resolved.symlinks.iter().map(|path| u8::from(own(path))).collect();
            let finding = one_sided(base, side, "resolved", Value::from_bytes(&resolved.path), 0);
            self.carried.push(Carried::new(finding, &[&resolved.path, &own]));
        }
        Ok(resolved.path.into())
    }

    /// Whether the run itself says that all directories on the way are directories, or nothing against it.
    fn is_in_directory(&mut self, path: &[u8]) -> bool {
        for above in path::ancestors(path) {
            self.looked_up += cost(above);
            match self.places.get(above).map(|place| place.stands) {
                Some(Stands::Directory) => return true,
                Some(_) => return false,
                None => self.ask_below(above),
            }
        }
        true
    }

    /// Notes that the layers below the run decide what a directory is.
    fn ask_below(&mut self, directory: &[u8]) {
        if !directory.is_empty() && !self.open.contains(directory) {
            self.open.insert(directory.into());
            self.open_bytes += directory.len();
        }
    }

    fn resolve(&mut self, path: &[u8]) -> Result<path::Resolved, Unresolved> {
        path::resolve(path, &mut |path| {
            self.looked_up += cost(path);
            match self.places.get(path).copied() {
                None => {
                    self.ask_below(path);
                    path::Node::Directory
                }
                Some(Place { stands: Stands::Directory, .. }) => path::Node::Directory,
                Some(Place { stands: Stands::Symlink, record, .. }) => self
                    .records
                    .entry(record)
                    .map_or(path::Node::Other, |node| path::Node::Symlink(node.link_name.to_vec())),
                Some(_) => path::Node::Other,
            }
        })
    }

    fn put(&mut self, side: Side, base: &Location, path: Arc<[u8]>, node: Node) -> Result<(), LayerError> {
        let (layer, entry) = (node.layer, &node.entry);
        let whiteout = path::whiteout(&path);
        let target = path::acts_on(&path);
        let stands = match (whiteout, entry.entry_type) {
            (Some(_), _) => Stands::Whiteout,
            (None, EntryType::Directory) => Stands::Directory,
            (None, EntryType::Symlink) => Stands::Symlink,
            (None, EntryType::Hardlink) => Stands::Hardlink(self.link((side, layer), base, entry, &path)?),
            (None, _) => Stands::Other,
        };
        self.doubts.notice(Some(layer), entry, || stands != Stands::Hardlink(None));
        let inherited = self.bequests.lands(layer, &path, entry, &self.places);
        self.carried.extend(inherited.map(|(directory, how)| {
            let base = base.clone().at_path(path.clone());
            Carried::new(one_sided(&base, side, INHERITED, Value::from_bytes(&directory), 0), &[&directory, &how])
        }));
        self.carried.extend(entry.instructs_overlayfs().then(|| {
            // What that does hangs on the split, which differs.
            let base = base.clone().at_path(path.clone());
            let own = [u8::from(side == Side::Rebuild)];
            Carried::new(one_sided(&base, side, HIDING, Value::Json(true.into()), 0), &[&own])
        }));
        let remade = self.overlaid.lands(layer, &path, entry, &self.places);
        self.carried.extend(remade.map(|directory| {
            // Of the root nobody knows what the layers below have in it: that is never the same on both sides.
            let own = [u8::from(directory.is_empty() && side == Side::Rebuild)];
            let base = base.clone().at_path(directory);
            Carried::new(one_sided(&base, side, REMADE, Value::Json(true.into()), 0), &[&own])
        }));
        match whiteout {
            Some(Whiteout::Opaque | Whiteout::Malformed) => {
                self.overlaid.empties(layer, &target);
                self.empty(side, layer, base, &target)?;
            }
            Some(Whiteout::Of(_)) => {
                self.overlaid.removes(layer, &target);
                self.remove_below(layer, &target, true)?;
                self.remove(layer, &target)?;
            }
            None if stands != Stands::Directory => {
                self.overlaid.replaces(layer, &path);
                self.remove_below(layer, &path, true)?;
            }
            None => {
                let before = self.places.get(&path).map(|place| place.stands);
                if before.is_some_and(|before| before != Stands::Directory) {
                    self.cleared.insert(path.clone());
                }
            }
        }
        self.remove(layer, &path)?;
        let record = self.records.push(&node).map_err(LayerError::no_room)?;
        self.hidden.holds(entry, &node.sha256);
        self.places.insert(path, Place { layer, ordinal: entry.ordinal, record, stands });
        Ok(())
    }

    /// What a hard link is made to: the record of it, or nothing for what is below the run.
    fn link(
        &mut self,
        (side, layer): (Side, u32),
        base: &Location,
        entry: &Entry,
        path: &[u8],
    ) -> Result<Option<u64>, LayerError> {
        let target = path::clean(&entry.link_name);
        let target: Vec<u8> = if !path::is_too_long(&target) && self.is_in_directory(&target) {
            target.into_owned()
        } else {
            self.resolve(&target).map_err(|unresolved| malformed(entry, unresolved.obstacle()))?.path
        };
        // What stands where the link is to be goes first, with all below.
        let is_replaced = target == path || path::is_below(&target, path);
        if self.places.get(&target[..]).is_none_or(|place| place.layer != layer) {
            // Runtimes that unpack each layer by itself find nothing there.
            let finding = one_sided(base, side, LINKED, Value::from_bytes(&target), 0);
            self.carried.push(Carried::new(finding, &[&target]));
        }
        match self.places.get(&target[..]).map(|place| (place.stands, place.record)) {
            _ if is_replaced => Err(malformed(entry, Obstacle::LinkToReplaced)),
            Some((Stands::Hardlink(record), _)) => Ok(record),
            Some((Stands::Other | Stands::Symlink, record)) => Ok(Some(record)),
            Some((Stands::Directory | Stands::Whiteout, _)) => Err(malformed(entry, Obstacle::LinkToNoFile)),
            None if self.is_gone(&target) => Err(malformed(entry, Obstacle::LinkToNothing)),
            None => Ok(None),
        }
    }

    /// Whether the run has taken away what the layers below it may have at a path.
    fn is_gone(&mut self, path: &[u8]) -> bool {
        self.looked_up += path::ancestors(path).map(cost).sum::<usize>();
        let whiteout = |path: &[u8]| path::join(path::parent(path), &[b".wh.", path::file_name(path)].concat());
        let taken = |path: &[u8]| self.places.contains_key(&whiteout(path)[..]);
        let emptied =
            |path: &[u8]| self.cleared.contains(path) || self.places.contains_key(&path::join(path, path::OPAQUE)[..]);
        taken(path) || path::ancestors(path).any(|above| !above.is_empty() && taken(above) || emptied(above))
    }

    /// An opaque marker: what lower layers have in the directory is gone.
    fn empty(&mut self, side: Side, layer: u32, base: &Location, directory: &[u8]) -> Result<(), LayerError> {
        self.looked_up += path::ancestors(directory).map(cost).sum::<usize>();
        // Once is enough: what came since is of this layer.
        if self.opaque.contains(directory) || path::ancestors(directory).any(|above| self.opaque.contains(above)) {
            return Ok(());
        }
        self.opaque.insert(directory.into());
        if self.remove_below(layer, directory, false)? {
            // What the layer has there already goes or stays, as the runtime has it.
            self.carried.push(Carried::new(one_sided(base, side, "late", Value::Json(true.into()), 0), &[]));
        }
        Ok(())
    }

    /// Removes what is below a directory, of the current layer too or not; whether something of that was there.
    fn remove_below(&mut self, layer: u32, directory: &[u8], own: bool) -> Result<bool, LayerError> {
        let prefix = if directory.is_empty() { Vec::new() } else { [directory, b"/"].concat() };
        let from = (std::ops::Bound::Included(&prefix[..]), std::ops::Bound::Unbounded);
        let below = self.places.range::<[u8], _>(from).take_while(|(path, _)| path.starts_with(&prefix));
        let (mut gone, mut kept) = (Vec::new(), false);
        for (path, place) in below {
            self.looked_up += cost(directory);
            // The root's own entry is not below it.
            if !path.is_empty() && (own || place.layer < layer) {
                gone.push(path.clone());
            } else {
                kept |= !path.is_empty();
            }
        }
        for path in gone {
            self.cleared.remove(&path);
            self.remove(layer, &path)?;
        }
        Ok(kept)
    }

    /// Removes one entry, which stays in the image all the same.
    fn remove(&mut self, layer: u32, path: &[u8]) -> Result<(), LayerError> {
        let Some(place) = self.places.remove(path) else { return Ok(()) };
        let (entry, sha256, _) = self.records.read(place.record).map_err(LayerError::no_room)?;
        // The header of a hard link sets mode and owner of the file that it links to.
        let plain = match place.stands {
            Stands::Hardlink(Some(record)) => {
                let target = self.records.entry(record).map_err(LayerError::no_room)?;
                sets_the_same(&entry, &target)
            }
            Stands::Hardlink(None) => false,
            _ => true,
        };
        self.hidden.push(place, &entry, &sha256, place.layer == layer, plain);
        Ok(())
    }
}

/// What looking a directory up costs, as far as it is counted.
const fn cost(directory: &[u8]) -> usize {
    1 + directory.len() / 64
}
