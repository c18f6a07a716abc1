//! What an archive records of its own members: names that are digests, and lists of digests among them (images in an
//! archive, signed jars, packages of gems), and signatures beside them. A member that differs fits the same record on one
//! side at most.

use std::cell::OnceCell;

use super::{Costs, Pair};
use crate::content::notes::{Noted, Notes, Sums};
use crate::content::{Node, Shape};
use crate::finding::{Side, Sides};
use crate::image::name_hash::name_hash;
use crate::image::path::clean;
use crate::spill::Content;

/// Bytes of the largest member that is read for what it records.
const MOST: u64 = 4 << 20;

/// The records in two archives, read when they are first asked for.
pub(super) struct Records<'a> {
    pair: &'a Pair<'a>,
    nodes: Sides<&'a Node>,
    /// `None` where that would cost too much.
    noted: OnceCell<Option<Sides<Noted>>>,
}

impl<'a> Records<'a> {
    pub(super) const fn new(pair: &'a Pair<'a>, nodes: Sides<&'a Node>) -> Self {
        Records { pair, nodes, noted: OnceCell::new() }
    }

    /// Whether both archives record a digest of what a member holds on either side, or may do so, or have one signature of
    /// the member of this name.
    pub(super) fn name(&self, name: &[u8], contents: Sides<&Content>, costs: &mut Costs<'_, '_>) -> bool {
        // What is the only one is recorded by nothing beside it.
        if self.nodes.original.shape == Shape::Envelope {
            return false;
        }
        let Some(noted) = self.noted.get_or_init(|| self.read(costs)) else { return true };
        if noted.original.is_empty() || noted.rebuild.is_empty() {
            return false;
        }
        if is_signed(noted, &clean(name)) {
            return true;
        }
        let is_noted = |content: &Content| {
            let Ok(sums) = Sums::of(content) else { return true };
            let mut hashes = sums.hashes().chain([name_hash(&content.sha256())]);
            hashes.any(|hash| noted.original.holds(hash) && noted.rebuild.holds(hash))
        };
        Side::BOTH.into_iter().any(|side| is_noted(contents.get(side)))
    }

    fn read(&self, costs: &mut Costs<'_, '_>) -> Option<Sides<Noted>> {
        let Costs { limits, meter, .. } = costs;
        meter.measured(|room| {
            Sides::from_fn(|side| {
                let (node, file) = (*self.nodes.get(side), self.pair.files.get(side));
                let mut notes = Notes::default();
                for (number, member) in node.members.iter().enumerate() {
                    notes.begin(&member.name);
                    let size = member.check.size.unwrap_or(member.range.1 - member.range.0);
                    let content = (size <= MOST).then(|| node.open(file, number, limits, room)).flatten();
                    if let Some(bytes) = content.and_then(|content| content.bytes(MOST).ok().flatten()) {
                        notes.push(&bytes);
                    }
                }
                let mut noted = notes.finish();
                noted.settle();
                noted
            })
        })
    }
}

/// Whether both sides have the same signature beside a member, which holds on one of them at most.
fn is_signed(noted: &Sides<Noted>, path: &[u8]) -> bool {
    let rows = noted.as_ref().map(|noted| noted.rows(path));
    let Some(Sides { original, rebuild }) = rows.both() else { return true };
    original.iter().any(|row| row.length == 0 && rebuild.contains(row))
}
