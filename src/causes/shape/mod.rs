//! What several causes share: one file per shape.

pub(super) mod leftover;
