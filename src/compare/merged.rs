//! Where the split into layers differs: the trees that both runs of layers make, compared path by path, and what the
//! layers hold that these trees do not show.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use serde_json::json;

use crate::finding::{Aspect, Finding, GapReason, Kind, Location, Side, Sides, Uncompared, Value};
use crate::image::entry::Entry;
use crate::image::layer::{Folds, LayerError};
use crate::image::rootfs::same_attributes;
use crate::limits::Limits;

use self::place::{Place, Stands};
use self::record::Node;
use self::run::{Run, load};
use self::unseen::{beside, cleared, hidden, sought};
use self::ways::check_ways;
use super::layer::{Difference, Doubts, LayerFailure, Sink, emit_contents, is_telling};
use super::{attributes, presence, reread};

pub use self::failure::RunFailure;
pub use self::overlaid::is_of_overlayfs;
pub use self::run::{OpenLayer, Promised};
pub use self::unseen::{CLEARED, ELSEWHERE, HIDDEN};

mod bequests;
mod carried;
mod failure;
mod globals;
mod hidden;
mod overlaid;
mod place;
mod record;
mod run;
mod unseen;
mod ways;

/// What two runs of layers leave to say beyond their entries.
pub struct Outcome {
    /// Findings of layers as a whole.
    pub findings: Vec<Finding>,
    /// What may keep runtimes from unpacking them.
    pub doubts: Sides<Doubts>,
    /// The names of each layer, where those that differ in case are one file.
    pub folds: Sides<Vec<(u32, Folds)>>,
}

/// Compares the trees of two runs of layers. The findings of entries go to `sink`. `shared` are the layers of the original
/// that are in no run: the rebuild has the same. `by_times` says whether the
/// times of directories count: those of runtimes differ with the split.
///
/// # Errors
/// [`RunFailure`] where a layer cannot be read to its verified end, or where not every runtime makes the same tree of a
/// run. Then nothing that the sink has got may be concluded from.
pub fn compare(
    runs: &Sides<Range<u32>>,
    shared: &[u32],
    (open, promised, by_times): (&OpenLayer<'_>, &Promised<'_>, bool),
    sink: &mut dyn Sink,
    limits: &Limits,
) -> Result<Outcome, RunFailure> {
    let (original, rebuild) = std::thread::scope(|scope| {
        let other = scope.spawn(|| load(Side::Rebuild, runs.rebuild.clone(), (open, promised, by_times), limits));
        let original = load(Side::Original, runs.original.clone(), (open, promised, by_times), limits);
        (original, other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let starts = runs.as_ref().map(|run| run.start);
    let mut runs = Sides::new(original?, rebuild?);
    for side in Side::BOTH {
        check_ways(runs.get(side), side, *starts.get(side), open, limits)?;
    }
    for side in Side::BOTH {
        sink.noted(side, runs.get_mut(side).notes.finish());
    }
    let enough = |sink: &dyn Sink| {
        let full = |error| RunFailure { failure: LayerFailure { side: Side::Original, error }, layer: starts.original };
        sink.full().map_or(Ok(()), |error| Err(full(error)))
    };
    let unread = |side: Side, layer: u32| move |error: io::Error| RunFailure::no_room(side, layer, &error);
    let mut differing = Vec::new();
    for (path, places) in both(runs.as_ref().map(|run| &run.places)) {
        enough(sink)?;
        let mut nodes = Sides::new(None, None);
        for side in Side::BOTH {
            if let Some(place) = *places.get(side) {
                let node = node_at(runs.get(side), path, place).map_err(unread(side, place.layer))?;
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
                if let Some(places) = places.both() {
                    let failed = |error| RunFailure::no_room(Side::Original, places.original.layer, &error);
                    linked(runs.as_ref(), places, Sides::new(original, rebuild), sink).map_err(failed)?;
                }
            }
            Sides { original: Some(node), .. } => one_sided(Side::Original, node, sink),
            Sides { rebuild: Some(node), .. } => one_sided(Side::Rebuild, node, sink),
            _ => {}
        }
    }
    contents(&runs, &differing, open, sink)?;
    let sought = sought(runs.as_ref()).map_err(|error| RunFailure::no_room(Side::Original, starts.original, &error))?;
    let beside = beside(&sought, shared, open);
    for side in Side::BOTH {
        let (run, other) = (runs.get(side), runs.get(side.other()));
        cleared(side, run, other, sink);
        hidden(side, run, (other, &beside), sink)
            .map_err(|error| RunFailure::no_room(side, *starts.get(side), &error))?;
    }
    enough(sink)?;
    let Sides { original, rebuild } = runs;
    let findings = carried::on_one_side(Sides::new(original.carried, rebuild.carried));
    let doubts = Sides::new(original.doubts, rebuild.doubts);
    Ok(Outcome { findings, doubts, folds: Sides::new(original.folds, rebuild.folds) })
}

/// Whether the layers of a run can be read and make a tree, on one side alone.
///
/// # Errors
/// [`RunFailure`], as for [`compare`].
pub fn check(side: Side, layers: Range<u32>, open: &OpenLayer<'_>, limits: &Limits) -> Result<(), RunFailure> {
    let start = layers.start;
    let run = load(side, layers, (open, &|_, _| None, false), limits)?;
    check_ways(&run, side, start, open, limits)
}

/// Layer and ordinal of the entry that gives each path of a tree.
pub type Origins = BTreeMap<Arc<[u8]>, (u32, u64)>;

/// The tree that a run of layers makes, as far as the entries of its paths do not tell.
pub struct Tree {
    /// Which layer and which of its entries gives each path.
    pub origins: Origins,
    /// What hard links were made to, which their names need not tell: the path of the link, the SHA-256 of the content that
    /// it had then, and whether that still is at the path that it names.
    pub linked: Vec<(Arc<[u8]>, [u8; 32], bool)>,
    /// Directories that were something else in between.
    pub cleared: Vec<Arc<[u8]>>,
}

/// The tree that a run of layers makes, on one side alone.
///
/// # Errors
/// [`RunFailure`] where a layer cannot be read to its verified end, or where entries go elsewhere than their names say.
pub fn tree(side: Side, layers: Range<u32>, open: &OpenLayer<'_>, limits: &Limits) -> Result<Tree, RunFailure> {
    let start = layers.start;
    let run = load(side, layers, (open, &|_, _| None, false), limits)?;
    check_ways(&run, side, start, open, limits)?;
    let mut tree = Tree { origins: Origins::new(), linked: Vec::new(), cleared: Vec::new() };
    for (path, place) in &run.places {
        let failed = |error| RunFailure::no_room(side, place.layer, &error);
        let node = run.records.node(*place).map_err(failed)?;
        if node.entry.path != *path {
            let name = node.entry.name.escape_ascii().to_string();
            return Err(unsupported(side, place.layer, Uncompared::Elsewhere(name)));
        }
        if let Stands::Hardlink(Some(record)) = place.stands {
            let (target, sha256, _) = run.records.read(record).map_err(failed)?;
            tree.linked.push((path.clone(), sha256, still_stands(&run, &target, record)));
        }
        if place.stands == Stands::Directory && run.cleared.contains(path) {
            tree.cleared.push(path.clone());
        }
        tree.origins.insert(path.clone(), (place.layer, place.ordinal));
    }
    Ok(tree)
}

/// Whether what a hard link was made to is still there.
fn still_stands(run: &Run, target: &Entry, record: u64) -> bool {
    let now = run.places.get(&target.place()).map(|place| match place.stands {
        Stands::Hardlink(record) => record,
        _ => Some(place.record),
    });
    now == Some(Some(record))
}

fn unsupported(side: Side, layer: u32, detail: Uncompared) -> RunFailure {
    let error = LayerError { reason: GapReason::Unsupported, detail: detail.into() };
    RunFailure { failure: LayerFailure { side, error }, layer }
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

/// The node of a path. What a name leads to by way of symlinks counts, not the name.
fn node_at(run: &Run, path: &Arc<[u8]>, place: Place) -> io::Result<Node> {
    let mut node = run.records.node(place)?;
    if node.entry.place() != *path {
        node.entry.path = path.clone();
    }
    Ok(node)
}

fn location(nodes: Sides<Option<&Node>>) -> Location {
    Location::new(Kind::Entry).in_layer(nodes.map(|node| node.map(|node| node.layer)))
}

/// Of two names that lead to one path either will do, as long as the side does not matter.
fn name(entries: Sides<&Entry>) -> Arc<[u8]> {
    entries.original.path.clone().min(entries.rebuild.path.clone())
}

/// Compares two nodes of one path but for contents; whether those differ and are to be read.
fn pair(nodes: Sides<&Node>, sink: &mut dyn Sink) -> bool {
    let entries = nodes.map(|node| &node.entry);
    let base = location(nodes.map(Some)).at_path(name(entries));
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
                node_at(runs.get(side), path, place).map_err(|error| RunFailure::no_room(side, place.layer, &error))
            };
            let nodes = Sides::new(node(Side::Original)?, node(Side::Rebuild)?);
            let base = location(nodes.as_ref().map(Some));
            let name = name(nodes.as_ref().map(|node| &node.entry));
            let entries = nodes.map(|node| Entry { path: name.clone(), ..node.entry });
            emit_contents(&base, sink, entries, contents.map(Clone::clone));
        }
    }
    Ok(())
}

/// What the hard links of one path were made to, which their names need not tell: a layer may replace the target later.
fn linked(runs: Sides<&Run>, places: Sides<Place>, nodes: Sides<&Node>, sink: &mut dyn Sink) -> io::Result<()> {
    let Sides { original: Stands::Hardlink(original), rebuild: Stands::Hardlink(rebuild) } =
        places.map(|place| place.stands)
    else {
        return Ok(());
    };
    let records = Sides::new(original, rebuild);
    let mut targets = Sides::new(None, None);
    for side in Side::BOTH {
        if let Some(record) = *records.get(side) {
            let run = runs.get(side);
            let (entry, sha256, secret) = run.records.read(record)?;
            let still = still_stands(run, &entry, record);
            *targets.get_mut(side) = Some((entry, sha256, secret, still));
        }
    }
    let same = match targets.as_ref().map(Option::as_ref) {
        Sides { original: None, rebuild: None } => true,
        Sides { original: Some((one, sha, _, still)), rebuild: Some((other, other_sha, _, still_other)) } => {
            same_attributes(one, other) && sha == other_sha && still == still_other
        }
        _ => false,
    };
    if same {
        return Ok(());
    }
    let values = targets.map(|target| match target {
        None => Value::Absent,
        Some((entry, sha256, secret, still)) => {
            let mut value = json!({ "path": String::from_utf8_lossy(&entry.path), "linked": still });
            if secret.is_none() && entry.has_content() {
                value["sha256"] = json!(hex::encode(sha256));
            }
            Value::Json(value)
        }
    });
    let base = location(nodes.map(Some)).at_path(name(nodes.map(|node| &node.entry)));
    let finding = Finding { location: base.with_field("target"), aspect: Aspect::Value, values, bytes: 0 };
    sink.difference(Difference::plain(finding, nodes.map(|node| Some(&node.entry))));
    Ok(())
}
