//! Claims, witnesses and references as few bytes.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{Claim, FindingRef};
use crate::causes::{Evidence, Witness};
use crate::content::recorded::{Recorded, Stamp};
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
            Witness::Recorded(Recorded { path, stamp, of_directory }) => {
                out.push(0);
                put_bytes(path, out);
                stamp.seconds.put(out);
                stamp.rest.put(out);
                of_directory.put(out);
            }
            // Words to show and nothing else, as those of records are once they are known to hold.
            Witness::Holds(text) => {
                out.push(1);
                put_bytes(text.as_bytes(), out);
                put_bytes(b"", out);
                None::<Arc<str>>.put(out);
            }
            Witness::Records(Evidence { words, name, value }) => {
                out.push(1);
                words.put(out);
                name.put(out);
                value.put(out);
            }
        }
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(match u8::take(from)? {
            0 => Witness::Recorded(Recorded {
                path: from.bytes()?.into(),
                stamp: Stamp { seconds: Coded::take(from)?, rest: Coded::take(from)? },
                of_directory: Coded::take(from)?,
            }),
            1 => Witness::Records(Evidence {
                words: Coded::take(from)?,
                name: Coded::take(from)?,
                value: Coded::take(from)?,
            }),
            _ => return None,
        })
    }
}
