//! A layer that is taken apart: its entries, and what is around them (`docs/canonical-form.md`, "Layers").

use std::collections::HashSet;

use crate::compare::layer::LayerFailure;
use crate::compare::merged::RunFailure;
use crate::finding::{Aspect, Detail, GapReason, Side};
use crate::image::entry::Entry;
use crate::image::layer::{GlobalHeader, Item, LayerEnd, LayerError, LayerReader};
use crate::image::load::Image;
use crate::image::name_hash::name_hash;
use crate::limits::Limits;
use crate::spill::Spill;

use super::claims::{Claims, Lookup, Mark, Part};
use super::file::{self, Reading, Undecodable};
use super::form::{Form, Node, list};
use super::header;

/// The form of one side of a part that is one layer.
///
/// # Errors
/// [`RunFailure`] where the layer cannot be read to its verified end, or where claims do not tell what they are about.
pub(super) fn of(
    image: &Image,
    side: Side,
    part: &Part,
    claims: &Claims<'_>,
    limits: &Limits,
) -> Result<Form, RunFailure> {
    let layer = part.layers.get(side).start;
    let failure = |error| RunFailure { failure: LayerFailure { side, error }, layer };
    let reader = image.open_layer(layer, limits).map_err(failure)?;
    let whole = claims.of_layers(part);
    let read = read(reader, &mut Entries::new(claims.lookup(part, side), limits)).map_err(failure)?;
    let entries = match has(&whole, Aspect::Order, "entries") {
        true => {
            let mut entries = read.entries;
            entries.sort_unstable();
            list("set", entries)
        }
        false => list("array", read.entries),
    };
    let node = Node::new("entries").item(&claims.of_part(part)).item(&entries);
    Ok(around(node, &whole, &read.globals, &read.end).end())
}

/// What is around the entries.
pub(super) fn around(node: Node, whole: &[Mark], globals: &[GlobalHeader], end: &LayerEnd) -> Node {
    let globals = global_headers(whole, globals);
    let trailer = &end.trailer;
    let zeros = trailer.zero_blocks.saturating_mul(512).saturating_add(trailer.partial).to_be_bytes();
    let zeros = if has(whole, Aspect::Encoding, "trailer.zeros") { &[][..] } else { &zeros };
    let claimed = whole.iter().any(|mark| mark.field == "trailer.data");
    let data = trailer.rest.as_ref().filter(|_| !claimed).map(|content| content.sha256());
    node.item(&globals).item(zeros).item(data.as_ref().map_or(&[][..], |data| data))
}

/// Global headers whole or, where claims are made of them, the records that none is made of.
pub(super) fn global_headers(whole: &[Mark], globals: &[GlobalHeader]) -> Form {
    let claimed: Vec<&str> =
        whole.iter().map(|mark| &*mark.field).filter(|field| field.starts_with("pax.global")).collect();
    if claimed.is_empty() {
        return list("global headers", globals.iter().map(|header| &header.raw));
    }
    let records = globals.iter().flat_map(|header| &header.records);
    let name = |key: &[u8]| format!("pax.global.{}", String::from_utf8_lossy(key));
    let left = records.filter(|(key, _)| !claimed.contains(&&*name(key)));
    list("global records", left.flat_map(|(key, value)| [key, value]))
}

fn has(whole: &[Mark], aspect: Aspect, field: &str) -> bool {
    whole.iter().any(|mark| mark.aspect == aspect && mark.field == field)
}

/// A layer read to its verified end.
struct Read {
    entries: Vec<Form>,
    globals: Vec<GlobalHeader>,
    end: LayerEnd,
}

fn read(mut reader: LayerReader, entries: &mut Entries<'_, '_>) -> Result<Read, LayerError> {
    let (mut forms, mut globals) = (Vec::new(), Vec::new());
    while let Some(item) = reader.next_item()? {
        match item {
            Item::Entry(entry) => forms.extend(entries.of(&mut reader, &entry)?),
            Item::Global(header) => globals.push(header),
        }
    }
    Ok(Read { entries: forms, globals, end: reader.finish()? })
}

/// Makes the forms of entries.
pub(super) struct Entries<'c, 'l> {
    lookup: Lookup<'c>,
    limits: &'l Limits,
    /// The paths of which claims are made that are about one entry.
    claimed: HashSet<u64>,
}

impl<'c, 'l> Entries<'c, 'l> {
    pub(super) fn new(lookup: Lookup<'c>, limits: &'l Limits) -> Self {
        Entries { lookup, limits, claimed: HashSet::new() }
    }

    /// The form of the entry that a reader is at; `None` where a claim leaves nothing of it.
    ///
    /// # Errors
    /// [`LayerError`]: the reader's own; `Unsupported` where it is not clear what a claim is about.
    pub(super) fn of(&mut self, reader: &mut LayerReader, entry: &Entry) -> Result<Option<Form>, LayerError> {
        let marks = self.lookup.at(&entry.path);
        if marks.iter().any(Mark::is_of_presence) {
            return Ok(None);
        }
        if !marks.is_empty() && !self.claimed.insert(name_hash(&entry.path)) {
            return Err(unclear(entry, true));
        }
        self.form(reader, entry, &marks).map(Some)
    }

    /// The form of an entry of which nothing is claimed.
    ///
    /// # Errors
    /// [`LayerError`]: the reader's own.
    pub(super) fn plain(&self, reader: &mut LayerReader, entry: &Entry) -> Result<Form, LayerError> {
        self.form(reader, entry, &[])
    }

    fn form(&self, reader: &mut LayerReader, entry: &Entry, marks: &[Mark]) -> Result<Form, LayerError> {
        let content = content(reader, entry, marks, self.limits)?;
        let padding = reader.padding()?;
        let plain = padding.iter().all(|byte| *byte == 0) || marks.iter().any(Mark::is_of_padding);
        let form = Node::new("entry").item(&entry.path).item(&header::of(entry, marks)).item(&content).item(if plain {
            &[][..]
        } else {
            &padding
        });
        Ok(form.end())
    }
}

fn unclear(entry: &Entry, twice: bool) -> LayerError {
    let detail = Detail::NoForm { name: entry.name.escape_ascii().to_string(), twice };
    LayerError { reason: GapReason::Unsupported, detail }
}

fn content(reader: &mut LayerReader, entry: &Entry, marks: &[Mark], limits: &Limits) -> Result<Form, LayerError> {
    let marks: Vec<&Mark> = marks.iter().filter(|mark| !mark.is_of_header()).collect();
    match file::reading(&marks) {
        Reading::Mapped => Ok(file::mapped()),
        Reading::Stream(mut cuts) => {
            while let Some(piece) = reader.read_content()? {
                cuts.push(piece);
            }
            Ok(cuts.end([]))
        }
        Reading::Whole => {
            let mut spill = Spill::new(limits.memory_content_bytes);
            while let Some(piece) = reader.read_content()? {
                spill.push(piece).map_err(LayerError::no_room)?;
            }
            file::of(&entry.path, &spill.finish(), 0, &marks, limits).map_err(|Undecodable| unclear(entry, false))
        }
    }
}
