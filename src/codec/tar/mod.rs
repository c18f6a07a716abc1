//! Tar archives without loss: every byte is an entry's header, its content, its padding, or the trailer.
//!
//! What implementations disagree about (a hard link with content, a PAX `size` for all entries, two names for one
//! entry) is refused as malformed: what one tool extracts must not differ from what another one compared.

mod block;
mod bytes;
mod contested;
mod decode;
mod entry;
mod fields;
mod globals;
mod number;
mod pax;
mod scanner;
mod sparse;
mod trailer;

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod tests;

pub(crate) use self::block::is_start;
pub use self::bytes::{Feed, InMemory};
pub use self::entry::{Entry, EntryType, Time};
pub use self::fields::{RawField, raw_fields};
pub use self::globals::GlobalHeader;
pub use self::scanner::{Item, Piece, Scanner};
pub use self::trailer::Trailer;
