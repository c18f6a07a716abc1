//! What the layers of a run hold or do and their tree does not show, on one side only.

use std::io;
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::json;

use crate::compare::layer::{Difference, Sink};
use crate::compare::presence;
use crate::finding::{Aspect, Finding, Kind, Location, Side, Sides, Value};

use super::hidden::{Hidden, Sought};
use super::place::Stands;
use super::run::{OpenLayer, Run};

/// The field of a finding of an entry that is in the image and in no tree: a later layer of the run takes it away.
pub const HIDDEN: &str = "hidden";
/// The member of such a finding's value that says whether the other image holds the same: a file's bytes, with set-id bits
/// and capabilities where it has any, or a device.
pub const ELSEWHERE: &str = "elsewhere";
/// The field of a finding of a directory that was something else in between, so that nothing of the layers below is left
/// in it.
pub const CLEARED: &str = "cleared";

/// Directories that were something else in between, on one side only.
pub(super) fn cleared(side: Side, run: &Run, other: &Run, sink: &mut dyn Sink) {
    let is_directory =
        |run: &Run, path: &[u8]| run.places.get(path).is_some_and(|place| place.stands == Stands::Directory);
    let holds = |run: &Run, path: &Arc<[u8]>| run.cleared.contains(path) && is_directory(run, path);
    for path in run.cleared.iter().filter(|path| holds(run, path) && !holds(other, path)) {
        if sink.full().is_some() {
            break;
        }
        let Some(place) = run.places.get(path) else { continue };
        let base = Location::new(Kind::Entry).in_layer(Sides::only(side, place.layer));
        let mut values = Sides::new(Value::Absent, Value::Absent);
        *values.get_mut(side) = Value::text("emptied");
        let location = base.at_path(path.clone()).with_field(CLEARED);
        let finding = Finding { location, aspect: Aspect::Presence, values, bytes: 0 };
        sink.difference(Difference::plain(finding, Sides::new(None, None)));
    }
}

/// What is hidden in one run and not in the other one at all.
pub(super) fn sought(runs: Sides<&Run>) -> io::Result<Sought> {
    let mut sought = Sought::default();
    for side in Side::BOTH {
        let (run, other) = (runs.get(side), runs.get(side.other()));
        for gone in run.hidden.only_here(&other.hidden).into_iter().filter(|gone| gone.plain && !gone.shadowed) {
            let (entry, sha256, _) = run.records.read(gone.record)?;
            if !other.hidden.has(&entry, &sha256) {
                sought.add(&entry, &sha256);
            }
        }
    }
    Ok(sought)
}

/// What of it the layers hold that both images share. One that cannot be read holds nothing.
pub(super) fn beside(sought: &Sought, shared: &[u32], open: &OpenLayer<'_>) -> Hidden {
    let mut all = Hidden::default();
    if sought.is_nothing() {
        return all;
    }
    let among = |layer: &u32| open(Side::Original, *layer).and_then(|reader| sought.among(reader)).ok();
    let found: Vec<Option<Hidden>> = shared.par_iter().map(among).collect();
    found.into_iter().flatten().for_each(|found| all.holds_all(found));
    all
}

/// Entries that the trees do not show, on one side only. The other image has its run, and what is beside both.
pub(super) fn hidden(side: Side, run: &Run, (other, beside): (&Run, &Hidden), sink: &mut dyn Sink) -> io::Result<()> {
    for gone in run.hidden.only_here(&other.hidden) {
        if sink.full().is_some() {
            break;
        }
        let (entry, sha256, secret) = run.records.read(gone.record)?;
        let base = Location::new(Kind::Entry).in_layer(Sides::only(side, gone.layer));
        let base = base.at_path(entry.path.clone()).with_field(if gone.shadowed { "shadowed" } else { HIDDEN });
        let shown = (entry.has_content() && secret.is_none()).then_some(sha256);
        let mut finding = presence::of_entry(base, side, &entry, shown, secret);
        if let Value::Json(value) = finding.values.get_mut(side)
            && !gone.shadowed
        {
            value[ELSEWHERE] = json!(gone.plain && (other.hidden.has(&entry, &sha256) || beside.has(&entry, &sha256)));
        }
        sink.difference(Difference::plain(finding, Sides::new(None, None)));
    }
    Ok(())
}
