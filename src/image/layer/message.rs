//! What goes from thread to thread while a layer is read.

use crate::codec::compression::Framing;
use crate::codec::fault::Fault;
use crate::digest::Digest;
use crate::finding::Unread;

/// A layer that was decompressed to its end, its stored bytes verified, its uncompressed ones not yet.
pub(super) struct Unhashed {
    pub(super) framing: Framing,
    /// The diff ID, where verifying the stored bytes has verified it too.
    pub(super) known_diff_id: Option<Digest>,
    pub(super) size: u64,
}

/// What goes from thread to thread.
pub(super) enum Message<E> {
    /// More bytes.
    Block(Block),
    /// No more bytes.
    End(Box<Result<E, Fault>>),
}

/// A buffer that is used up to a length.
#[derive(Default)]
pub(super) struct Block {
    pub(super) buffer: Vec<u8>,
    pub(super) length: usize,
    /// Whether the diff ID is to be made of it.
    pub(super) unhashed: bool,
}

impl Block {
    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.length).unwrap_or(&[])
    }
}

/// A thread is gone, and has not said why.
pub(super) fn died() -> Fault {
    Fault::unsupported(Unread::ThreadDied)
}
