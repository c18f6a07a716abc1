//! Why a file is not read: what ends a run where it is the image, and is a gap where it is a part of one.

pub use crate::finding::{FileKind, UnreadFile as Unread};
