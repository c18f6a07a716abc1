//! Bytes to immutable views, raw beside parsed: index, manifest, config, layer, entry, root file system.

pub use crate::codec::json;
pub mod platform;
pub mod index;
pub mod manifest;
pub(crate) mod name_hash;
pub mod config;
pub mod capability;
pub mod path;
pub mod entry;
mod coded;
pub mod layer;
pub mod chunked;
pub mod rootfs;
pub mod load;
pub mod provenance;
