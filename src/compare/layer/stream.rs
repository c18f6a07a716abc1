//! Two contents read side by side; kept only where they differ.

use std::io;

use crate::content::notes::Notes;
use crate::content::{self, recorded};
use crate::finding::{Secret, Side, Sides};
use crate::image::layer::{LayerError, LayerReader};
use crate::limits::Limits;
use crate::spill::{Content, Spill};

use super::LayerFailure;

/// What two contents turned out to be.
pub(super) enum Outcome {
    Same,
    Differ(Sides<Content>),
    /// They differ beyond the prefix that is kept: to be read again.
    DifferBeyondPrefix,
}

/// The content of one entry, read alone.
pub(crate) struct Taken {
    pub(crate) sha256: [u8; 32],
    pub(crate) size: u64,
    /// The kind of secret that path and first bytes show it to be.
    pub(crate) secret: Option<Secret>,
    /// The first bytes, for as long as the entry is at hand: they are not written down with it.
    pub(crate) head: Vec<u8>,
    /// All bytes, where they were to be kept.
    pub(crate) content: Option<Content>,
}

const HEAD: usize = 4096;

/// Takes in a piece of a content as far as it belongs to the first bytes.
fn grow(head: &mut Vec<u8>, piece: &[u8]) {
    let room = recorded::HEAD.saturating_sub(head.len());
    if room > 0 {
        head.extend_from_slice(piece.get(..room).unwrap_or(piece));
    }
}

/// Reads both current contents to their end; `heads` is then how they begin, and `notes` have read them. `prefix` is
/// scratch space that is reused from call to call.
pub(super) fn compare(
    readers: &mut Sides<LayerReader>,
    prefix: &mut Vec<u8>,
    heads: &mut Sides<Vec<u8>>,
    notes: &mut Sides<Notes>,
    limits: &Limits,
) -> Result<Outcome, LayerFailure> {
    prefix.clear();
    heads.original.clear();
    heads.rebuild.clear();
    let mut beyond = false;
    let Sides { original, rebuild } = readers.as_mut();
    let (mut ahead, mut behind): (&[u8], &[u8]) = (&[], &[]);
    loop {
        if ahead.is_empty() {
            ahead = next(original, Side::Original)?;
            notes.original.push(ahead);
            grow(&mut heads.original, ahead);
        }
        if behind.is_empty() {
            behind = next(rebuild, Side::Rebuild)?;
            notes.rebuild.push(behind);
            grow(&mut heads.rebuild, behind);
        }
        let count = ahead.len().min(behind.len());
        if count == 0 && ahead.len() == behind.len() {
            return Ok(Outcome::Same);
        }
        if count == 0 || ahead[..count] != behind[..count] {
            break;
        }
        beyond = beyond || prefix.len() + count > limits.prefix_bytes;
        if !beyond {
            prefix.extend_from_slice(&ahead[..count]);
        }
        (ahead, behind) = (&ahead[count..], &behind[count..]);
    }
    if beyond {
        for (side, reader) in [(Side::Original, original), (Side::Rebuild, rebuild)] {
            read_on(reader, side, notes.get_mut(side))?;
        }
        return Ok(Outcome::DifferBeyondPrefix);
    }
    let mut spills = Sides::from_fn(|_| Spill::new(limits.memory_content_bytes));
    for (side, rest) in [(Side::Original, ahead), (Side::Rebuild, behind)] {
        let spill = spills.get_mut(side);
        spill.push(prefix).and_then(|()| spill.push(rest)).map_err(|error| spill_failure(side, &error))?;
    }
    for (side, reader) in [(Side::Original, original), (Side::Rebuild, rebuild)] {
        drain(reader, side, spills.get_mut(side), heads.get_mut(side), notes.get_mut(side))?;
    }
    Ok(Outcome::Differ(spills.map(Spill::finish)))
}

/// Reads the current content of one side alone, that of the entry at `path`, and keeps it where that is asked for.
pub(super) fn take(
    reader: &mut LayerReader,
    side: Side,
    path: &[u8],
    keep: bool,
    notes: &mut Notes,
    limits: &Limits,
) -> Result<Taken, LayerFailure> {
    let mut spill = keep.then(|| Spill::new(limits.memory_content_bytes));
    let mut identity = crate::digest::Sha256Sum::default();
    let mut head = Vec::new();
    loop {
        let chunk = next(reader, side)?;
        if chunk.is_empty() {
            break;
        }
        notes.push(chunk);
        head.extend_from_slice(&chunk[..chunk.len().min(HEAD.saturating_sub(head.len()))]);
        match &mut spill {
            Some(spill) => spill.push(chunk).map_err(|error| spill_failure(side, &error))?,
            None => identity.update(chunk),
        }
    }
    let kept = spill.map(Spill::finish);
    let (sha256, size) = kept.as_ref().map_or_else(|| identity.finish(), |content| (content.sha256(), content.size()));
    let secret = content::secret::of_start(path, &head);
    head.truncate(recorded::HEAD);
    Ok(Taken { sha256, size, secret, head, content: kept })
}

fn read_on(reader: &mut LayerReader, side: Side, notes: &mut Notes) -> Result<(), LayerFailure> {
    loop {
        let chunk = next(reader, side)?;
        if chunk.is_empty() {
            return Ok(());
        }
        notes.push(chunk);
    }
}

fn drain(
    reader: &mut LayerReader,
    side: Side,
    spill: &mut Spill,
    head: &mut Vec<u8>,
    notes: &mut Notes,
) -> Result<(), LayerFailure> {
    loop {
        let chunk = next(reader, side)?;
        if chunk.is_empty() {
            return Ok(());
        }
        notes.push(chunk);
        grow(head, chunk);
        spill.push(chunk).map_err(|error| spill_failure(side, &error))?;
    }
}

fn next(reader: &mut LayerReader, side: Side) -> Result<&[u8], LayerFailure> {
    match reader.read_content() {
        Ok(chunk) => Ok(chunk.unwrap_or(&[])),
        Err(error) => Err(LayerFailure { side, error }),
    }
}

pub(super) fn spill_failure(side: Side, error: &io::Error) -> LayerFailure {
    LayerFailure { side, error: LayerError::no_room(error) }
}
