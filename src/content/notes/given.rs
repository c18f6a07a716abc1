//! What decoders of packed files hand on.

/// What comes out of a decoder.
pub(super) enum Given<'a> {
    /// What follows is another member of an archive.
    Begins,
    Bytes(&'a [u8]),
}
