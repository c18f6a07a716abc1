//! A second pass over a layer, for the contents that turned out to be needed after all.

use std::collections::BTreeSet;

use crate::finding::Side;
use crate::image::layer::{Item, LayerError, LayerReader};
use crate::spill::{Content, Spool};

use super::layer::{LayerFailure, Reopen};

/// Hands out the contents of the entries with these ordinals, in order, once the layer has been verified again.
///
/// # Errors
/// [`LayerFailure`] where the layer cannot be read to its verified end this time.
pub fn contents(
    reopen: &Reopen<'_>,
    side: Side,
    ordinals: &BTreeSet<u64>,
    out: &mut dyn FnMut(u64, Content),
) -> Result<(), LayerFailure> {
    let failure = |error| LayerFailure { side, error };
    let mut reader = reopen(side).map_err(failure)?;
    let found = collect(&mut reader, ordinals).map_err(failure)?;
    reader.finish().map_err(failure)?;
    for (ordinal, content) in found {
        out(ordinal, content);
    }
    Ok(())
}

fn collect(reader: &mut LayerReader, ordinals: &BTreeSet<u64>) -> Result<Vec<(u64, Content)>, LayerError> {
    let mut spool = Spool::new().map_err(LayerError::no_room)?;
    let mut found = Vec::new();
    while let Some(item) = reader.next_item()? {
        let Item::Entry(entry) = item else { continue };
        if !ordinals.contains(&entry.ordinal) {
            continue;
        }
        while let Some(chunk) = reader.read_content()? {
            spool.push(chunk).map_err(LayerError::no_room)?;
        }
        found.push((entry.ordinal, spool.finish_content()));
    }
    Ok(found)
}
