//! Where the split into layers differs: the tree that a run of layers makes, and what the layers hold beside it
//! (`docs/canonical-form.md`, "Runs").

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::compare::layer::LayerFailure;
use crate::compare::merged::{self, CLEARED, HIDDEN, RunFailure, Tree};
use crate::finding::{Aspect, Side};
use crate::image::layer::{GlobalHeader, Item};
use crate::image::load::Image;
use crate::limits::Limits;

use super::claims::{Claims, Lookup, Mark, Part};
use super::form::{Form, Node, list};
use super::layer::{Entries, global_headers};

/// The form of one side of a part that is split into layers in another way on the other side.
///
/// # Errors
/// [`RunFailure`], as for one layer; and where not every runtime makes the same tree of the layers.
pub(super) fn of(
    image: &Image,
    side: Side,
    part: &Part,
    claims: &Claims<'_>,
    limits: &Limits,
) -> Result<Form, RunFailure> {
    let layers = part.layers.get(side).clone();
    let tree = merged::tree(side, layers.clone(), &|_, index| image.open_layer(index, limits), limits)?;
    let mut lookup = claims.lookup(part, side);
    let mut read = Read::default();
    for layer in layers {
        let failure = |error| RunFailure { failure: LayerFailure { side, error }, layer };
        let mut reader = image.open_layer(layer, limits).map_err(failure)?;
        let mut seen = Entries::new(claims.lookup(part, side), limits);
        while let Some(item) = reader.next_item().map_err(failure)? {
            let entry = match item {
                Item::Entry(entry) => entry,
                Item::Global(header) => {
                    read.globals.push(header);
                    continue;
                }
            };
            if tree.origins.get(&entry.path) == Some(&(layer, entry.ordinal)) {
                if let Some(form) = seen.of(&mut reader, &entry).map_err(failure)? {
                    read.tree.insert(entry.path.clone(), form);
                }
            } else if !is_claimed_away(&lookup.at(&entry.path)) {
                read.hidden.push(seen.plain(&mut reader, &entry).map_err(failure)?);
            }
        }
        let end = reader.finish().map_err(failure)?;
        read.rests.extend(end.trailer.rest.map(|rest| rest.sha256()));
    }
    read.hidden.sort_unstable();
    read.rests.sort_unstable();
    read.globals.sort_by(|one, other| one.raw.cmp(&other.raw));
    let globals = global_headers(&claims.of_layers(part), &read.globals);
    let node = Node::new("tree")
        .item(&claims.of_part(part))
        .item(&list("array", read.tree.into_values()))
        .item(&list("hidden", read.hidden))
        .item(&linked(&tree, &mut lookup))
        .item(&cleared(&tree, &mut lookup))
        .item(&globals)
        .item(&list("rests", read.rests));
    Ok(node.end())
}

/// What a run holds.
#[derive(Default)]
struct Read {
    tree: BTreeMap<Arc<[u8]>, Form>,
    hidden: Vec<Form>,
    globals: Vec<GlobalHeader>,
    rests: Vec<[u8; 32]>,
}

/// Whether what layers hide at a path is claimed, on either side.
fn is_claimed_away(marks: &[Mark]) -> bool {
    marks.iter().any(|mark| mark.aspect == Aspect::Presence && mark.field == HIDDEN)
}

fn linked(tree: &Tree, lookup: &mut Lookup<'_>) -> Form {
    let claimed = |marks: &[Mark]| {
        marks
            .iter()
            .any(|mark| matches!(mark.aspect, Aspect::Value | Aspect::LinkName | Aspect::Type) || mark.is_of_presence())
    };
    let left = tree.linked.iter().filter(|(path, ..)| !claimed(&lookup.at(path)));
    let forms = left.map(|(path, content, still)| {
        Node::new("link").item(path).item(content).item(if *still { b"still" } else { b"" }).end()
    });
    list("links", forms)
}

fn cleared(tree: &Tree, lookup: &mut Lookup<'_>) -> Form {
    let claimed = |marks: &[Mark]| {
        marks.iter().any(|mark| mark.aspect == Aspect::Presence && (mark.field == CLEARED || mark.is_of_presence()))
    };
    let left: BTreeSet<_> = tree.cleared.iter().filter(|path| !claimed(&lookup.at(path))).collect();
    list("cleared", left)
}
