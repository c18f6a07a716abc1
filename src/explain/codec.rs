//! Claims, witnesses and references as few bytes.

#[cfg(test)]
mod tests;

use super::{Claim, FindingRef};
use crate::causes::Witness;
use crate::spill::codec::{Coded, Cursor, one_byte, put_bytes};

one_byte!(Claim { Proven, Derived, Attributed, Random, Excluded, Unexplained });

impl Coded for FindingRef {
    fn put(&self, out: &mut Vec<u8>) {
        self.section.put(out);
        self.position.put(out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(FindingRef { section: Coded::take(from)?, position: Coded::take(from)? })
    }
}

impl Coded for Witness {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Witness::SourceFile { path, mtime, size } => {
                out.push(0);
                put_bytes(path, out);
                mtime.put(out);
                size.put(out);
            }
            // Both are words to show and nothing else.
            Witness::Holds(text) => {
                out.push(1);
                put_bytes(text.as_bytes(), out);
            }
            Witness::Records(text) => {
                out.push(1);
                text.put(out);
            }
        }
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(match u8::take(from)? {
            0 => Witness::SourceFile {
                path: from.bytes()?.to_vec(),
                mtime: Coded::take(from)?,
                size: Coded::take(from)?,
            },
            1 => Witness::Records(Coded::take(from)?),
            _ => return None,
        })
    }
}
