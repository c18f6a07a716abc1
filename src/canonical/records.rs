//! The name-sorted records of the entries of layers, what claims name left out.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::compare::layer::LayerFailure;
use crate::compare::merged::{self, RunFailure};
use crate::explain::Explained;
use crate::finding::{Aspect, Side, Sides};
use crate::image::entry::Entry;
use crate::image::layer::{Item, LayerError, LayerReader};
use crate::image::load::Image;
use crate::limits::Limits;
use crate::spill::Arena;

use super::Claimed;

/// The cause of entries that another one of the same layer takes the place of.
const DUPLICATE: &str = "tar-duplicate-entry";

/// Bytes that are read at once for one record; most are shorter.
const ONE: usize = 1 << 10;

/// What claims are about at one path.
#[derive(Default)]
struct Claims {
    aspects: Vec<(Aspect, String)>,
    /// The byte ranges of claimed contents; `None` where a claim covers the whole content or a nested part of it.
    ranges: Option<Vec<(u64, u64)>>,
    content: bool,
}

/// Hands out the records of the tree that one side's of these layers, which belong together, make, in order of name.
///
/// # Errors
/// [`RunFailure`] where a layer cannot be read to its verified end, or a temporary file cannot be written or read.
pub(super) fn of_layers(
    image: &Image,
    side: Side,
    runs: &Sides<Range<u32>>,
    claimed: &Claimed<'_>,
    limits: &Limits,
    out: &mut dyn FnMut(&[u8]),
) -> Result<(), RunFailure> {
    let layers = runs.get(side).clone();
    let others = runs.get(side.other()).clone();
    let claims = by_path(side, claimed.in_layers(layers.clone(), others));
    let tree = merged::tree(side, layers.clone(), &|_, index| image.open_layer(index, limits), limits)?;
    let mut records = Arena::new(limits.findings_memory_bytes / 2);
    let mut places = BTreeMap::new();
    for layer in layers {
        let failure = |error| RunFailure { failure: LayerFailure { side, error }, layer };
        let mut reader = image.open_layer(layer, limits).map_err(failure)?;
        while let Some(item) = reader.next_item().map_err(failure)? {
            let Item::Entry(entry) = item else { continue };
            let Some((path, origin)) = tree.get_key_value(&entry.path) else { continue };
            if *origin != (layer, entry.ordinal) {
                continue;
            }
            if let Some(record) = record(&mut reader, &entry, claims.get(path)).map_err(failure)? {
                let place = records.push(&record).map_err(|error| RunFailure::no_room(side, layer, &error))?;
                places.insert(path, (place, layer));
            }
        }
        reader.finish().map_err(failure)?;
    }
    let mut reader = records.reader(ONE);
    for (place, layer) in places.into_values() {
        out(reader.record(place).map_err(|error| RunFailure::no_room(side, layer, &error))?.0);
    }
    Ok(())
}

fn by_path(side: Side, claimed: impl Iterator<Item = Explained>) -> BTreeMap<Arc<[u8]>, Claims> {
    let mut by_path: BTreeMap<Arc<[u8]>, Claims> = BTreeMap::new();
    for explained in claimed {
        let finding = &explained.finding;
        let location = &finding.location;
        let Some(path) = &location.path else { continue };
        let header = location.field_name().starts_with("header.") && location.inside.is_empty();
        let content =
            !header && matches!(finding.aspect, Aspect::Content | Aspect::Compression | Aspect::Order | Aspect::Size);
        // Of several entries of one path the last holds, on either side: ranges are those of another's content.
        let of_duplicate = explained.cause.is_some_and(|cause| cause.id == DUPLICATE);
        if of_duplicate && (content || finding.aspect == Aspect::Presence) {
            continue;
        }
        let claims =
            by_path.entry(path.clone()).or_insert_with(|| Claims { ranges: Some(Vec::new()), ..Claims::default() });
        if content {
            claims.content = true;
            // A field that only the other side has is nowhere here, and what has no range on either side is everywhere.
            let in_part = location.inside.is_empty() && (location.range.original.or(location.range.rebuild)).is_some();
            claims.ranges = claims.ranges.take().filter(|_| in_part);
            if let Some(ranges) = &mut claims.ranges {
                ranges.extend(*location.range.get(side));
            }
        } else {
            claims.aspects.push((finding.aspect, location.field_name().to_owned()));
        }
    }
    by_path
}

/// The record of one entry; `None` where its presence is claimed.
fn record(reader: &mut LayerReader, entry: &Entry, claims: Option<&Claims>) -> Result<Option<Vec<u8>>, LayerError> {
    let has =
        |aspect: Aspect| claims.is_some_and(|claims| claims.aspects.iter().any(|(claimed, _)| *claimed == aspect));
    if has(Aspect::Presence) {
        return Ok(None);
    }
    let mut record = Vec::new();
    let mut put = |bytes: &[u8]| {
        record.extend((bytes.len() as u64).to_le_bytes());
        record.extend(bytes);
    };
    put(&entry.path);
    let attributes: [(Aspect, Vec<u8>); 11] = [
        (Aspect::Type, format!("{:?}", entry.entry_type).into_bytes()),
        (Aspect::Mode, (entry.mode & 0o7777).to_le_bytes().to_vec()),
        (Aspect::Uid, entry.uid.to_le_bytes().to_vec()),
        (Aspect::Gid, entry.gid.to_le_bytes().to_vec()),
        (Aspect::Uname, entry.uname.to_vec()),
        (Aspect::Gname, entry.gname.to_vec()),
        (Aspect::Mtime, format!("{:?}", entry.mtime).into_bytes()),
        (Aspect::LinkName, entry.link_name.to_vec()),
        (Aspect::Device, format!("{:?}", entry.device).into_bytes()),
        (Aspect::Atime, format!("{:?}", entry.atime).into_bytes()),
        (Aspect::Ctime, format!("{:?}", entry.ctime).into_bytes()),
    ];
    for (aspect, value) in attributes {
        put(if has(aspect) { b"" } else { &value });
    }
    for (name, value) in &entry.xattrs {
        let field = format!("xattr.{}", String::from_utf8_lossy(name));
        if !claims.is_some_and(|claims| claims.aspects.iter().any(|(_, claimed)| *claimed == field)) {
            put(name);
            put(value);
        }
    }
    put(&content(reader, claims)?);
    Ok(Some(record))
}

/// BLAKE3 of the content without the claimed ranges; nothing where the whole of it is claimed.
fn content(reader: &mut LayerReader, claims: Option<&Claims>) -> Result<Vec<u8>, LayerError> {
    let mut ranges = match claims {
        Some(claims) if claims.content => match &claims.ranges {
            Some(ranges) => ranges.clone(),
            None => return Ok(Vec::new()),
        },
        _ => Vec::new(),
    };
    ranges.sort_unstable();
    let mut hasher = blake3::Hasher::new();
    let mut offset = 0;
    while let Some(chunk) = reader.read_content()? {
        let end = offset + chunk.len() as u64;
        let mut at = offset;
        for (from, to) in ranges.iter().filter(|(from, to)| *to > offset && *from < end) {
            hasher.update(part(chunk, offset, at, (*from).max(at)));
            at = at.max((*to).min(end));
        }
        hasher.update(part(chunk, offset, at, end));
        offset = end;
    }
    Ok(hasher.finalize().as_bytes().to_vec())
}

fn part(chunk: &[u8], offset: u64, from: u64, to: u64) -> &[u8] {
    let index = |position: u64| usize::try_from(position.saturating_sub(offset)).unwrap_or(usize::MAX);
    chunk.get(index(from)..index(to)).unwrap_or(&[])
}
