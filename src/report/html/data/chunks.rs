//! Chunks of bytes, each compressed and in an element of its own that no browser runs or shows.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::spill::{Content, Spill};

/// Bytes of chunks that are kept in memory; more are in a temporary file.
const IN_MEMORY: usize = 1 << 20;
/// Their type: of none that a browser runs (HTML, section 4.12.1, data block).
const TYPE: &str = "application/gzip;encoding=base64";

/// Elements that hold chunks, being collected.
pub(super) struct Chunks {
    /// Their ids are `data-KIND-0`, `data-KIND-1`, ….
    kind: &'static str,
    elements: Spill,
    /// The number of the first row of each chunk.
    firsts: Vec<u64>,
    /// Where the element of each ends.
    ends: Vec<u64>,
}

/// Elements that were collected.
pub(super) struct Collected {
    elements: Content,
    firsts: Vec<u64>,
    ends: Vec<u64>,
}

impl Chunks {
    pub(super) fn new(kind: &'static str) -> Self {
        Chunks { kind, elements: Spill::new(IN_MEMORY), firsts: Vec::new(), ends: Vec::new() }
    }

    /// Takes in a chunk, which begins with this row.
    pub(super) fn push(&mut self, first: u64, content: &[u8]) -> io::Result<()> {
        let id = format!("data-{}-{}", self.kind, self.firsts.len());
        self.elements.push(element(&id, content)?.as_bytes())?;
        self.firsts.push(first);
        self.ends.push(self.elements.size());
        Ok(())
    }

    /// Bytes that the elements take in the page.
    pub(super) const fn size(&self) -> u64 {
        self.elements.size()
    }

    pub(super) fn finish(self) -> Collected {
        Collected { elements: self.elements.finish(), firsts: self.firsts, ends: self.ends }
    }
}

impl Collected {
    /// The number of chunks.
    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }

    /// The chunks that take at most so many bytes, from the first on: how many, and how many bytes they take.
    pub(super) fn within(&self, room: u64) -> (usize, u64) {
        let count = self.ends.iter().take_while(|end| **end <= room).count();
        (count, count.checked_sub(1).map_or(0, |last| self.ends[last]))
    }

    /// The first rows of the first so many chunks.
    pub(super) fn firsts(&self, count: usize) -> &[u64] {
        &self.firsts[..count]
    }

    /// Writes the elements that take the first so many bytes.
    pub(super) fn write(&self, bytes: u64, to: &mut impl Write) -> io::Result<()> {
        io::copy(&mut self.elements.reader_of((0, bytes)), to)?;
        Ok(())
    }
}

/// An element that holds a chunk; the same bytes each time, for its header has no time in it.
pub(super) fn element(id: &str, content: &[u8]) -> io::Result<String> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(content)?;
    let packed = STANDARD.encode(packed.finish()?);
    Ok(format!("<script type=\"{TYPE}\" id=\"{id}\">{packed}</script>\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_taken_as_long_as_there_is_room() {
        let mut chunks = Chunks::new("rows");
        for first in [0, 10, 20] {
            chunks.push(first, format!("chunk from {first}").as_bytes()).unwrap();
        }
        let all = chunks.size();
        let collected = chunks.finish();
        assert_eq!(collected.within(all), (3, all));
        let (count, bytes) = collected.within(all - 1);
        assert_eq!((count, collected.firsts(count)), (2, &[0, 10][..]));
        assert_eq!(collected.within(3), (0, 0));
        let mut written = Vec::new();
        collected.write(bytes, &mut written).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert!(
            written.ends_with("</script>\n") && written.contains("id=\"data-rows-1\"") && !written.contains("rows-2")
        );
    }
}
