//! Tar archives that get past the checksum, which no mutation would.

use reprove::codec::fault::Fault;
use reprove::codec::tar::{Feed, InMemory, Item, Piece, Scanner, raw_fields};

const BLOCK: usize = 512;
const CHECKSUM: std::ops::Range<usize> = 148..156;

/// Writes the right checksum into every block that says `ustar`, and into the first one.
pub fn with_checksums(archive: &[u8]) -> Vec<u8> {
    let mut archive = archive.to_vec();
    for (number, block) in archive.chunks_exact_mut(BLOCK).enumerate() {
        if number == 0 || block[257..].starts_with(b"ustar") {
            seal(block);
        }
    }
    archive
}

/// Writes the right checksum into a header.
pub fn seal(block: &mut [u8]) {
    block[CHECKSUM].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// A header of this name, type and size.
pub fn header(name: &[u8], typeflag: u8, size: usize) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let length = name.len().min(100);
    block[..length].copy_from_slice(&name[..length]);
    block[100..108].copy_from_slice(b"0000644\0");
    block[108..116].copy_from_slice(b"0000000\0");
    block[116..124].copy_from_slice(b"0000000\0");
    block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    block[136..148].copy_from_slice(b"14000000000\0");
    block[156] = typeflag;
    block[257..265].copy_from_slice(b"ustar\x0000");
    seal(&mut block);
    block
}

/// A header with its content, padded.
pub fn member(name: &[u8], typeflag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = header(name, typeflag, content.len()).to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    bytes
}

/// Feeds an archive in pieces of one size.
pub struct Pieces<'a> {
    rest: &'a [u8],
    piece: &'a [u8],
    size: usize,
}

impl Feed for Pieces<'_> {
    fn advance(&mut self) -> Result<bool, Fault> {
        (self.piece, self.rest) = self.rest.split_at(self.size.min(self.rest.len()));
        Ok(!self.piece.is_empty())
    }

    fn piece(&self) -> &[u8] {
        self.piece
    }
}

/// Scans an archive: its parts are all of it, and where it is cut into pieces changes nothing.
pub fn scan(archive: &[u8], size: usize) {
    let whole = walk(InMemory::new(archive), archive);
    let pieces = walk(Pieces { rest: archive, piece: &[], size: size.max(1) }, archive);
    assert_eq!(whole, pieces, "read in pieces of {size} bytes it is another archive");
}

fn walk(feed: impl Feed, archive: &[u8]) -> Result<Vec<Item>, Fault> {
    let mut scanner = Scanner::new(feed, &crate::limits());
    let (mut items, mut all) = (Vec::new(), Vec::new());
    while let Some(item) = scanner.next_item()? {
        let (offset, raw, size) = match &item {
            Item::Global(global) => (global.offset, &global.raw, 0),
            Item::Entry(entry) => (entry.offset, &entry.raw, entry.size),
        };
        assert_eq!(offset, all.len() as u64);
        check_fields(raw);
        all.extend_from_slice(raw);
        let mut count = 0;
        while let Some(piece) = scanner.next_piece()? {
            let bytes = scanner.look(piece);
            assert!(!bytes.is_empty());
            count += bytes.len() as u64;
            if matches!(piece, Piece::Data { .. }) {
                all.extend_from_slice(bytes);
            }
        }
        assert_eq!(count, size, "content and size differ");
        all.extend_from_slice(&scanner.padding()?);
        items.push(item);
    }
    let trailer = scanner.drain()?;
    assert_eq!(trailer.offset, all.len() as u64);
    let zeros = trailer.zero_blocks * BLOCK as u64 + trailer.partial;
    all.resize(all.len() + usize::try_from(zeros).unwrap(), 0);
    if let Some(rest) = &trailer.rest {
        all.extend_from_slice(&rest.bytes(u64::MAX).unwrap().unwrap());
    }
    assert!(all == archive, "the parts are not the archive");
    Ok(items)
}

/// Every header byte is in exactly one field, and no field is there twice.
fn check_fields(raw: &[u8]) {
    let mut names = std::collections::BTreeSet::new();
    let mut end = 0;
    for field in raw_fields(raw) {
        assert_eq!(field.range.0, end);
        assert!(field.range.1 > end);
        end = field.range.1;
        assert!(names.insert(field.name));
    }
    assert_eq!(end, raw.len() as u64);
}
