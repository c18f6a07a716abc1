//! What the fuzz targets share: images in memory, what must hold of every comparison, and pieces of input.

pub mod check;
pub mod fixtures;
pub mod image;
pub mod input;
pub mod partition;
pub mod tar;

use reprove::limits::Limits;

/// Caps that make what they cut off quick to reach, so that a run spends its time below them and at them.
pub fn limits() -> Limits {
    Limits {
        document_bytes: 1 << 20,
        document_nodes: 20_000,
        document_findings: 200,
        index_descriptors: 64,
        layers: 32,
        layer_bytes: 16 << 20,
        layer_entries: 2_000,
        extension_bytes: 64 << 10,
        compression_members: 64,
        zstd_window_log: 23,
        memory_content_bytes: 4 << 10,
        prefix_bytes: 16 << 10,
        decoded_content_bytes: 256 << 10,
        nesting: 3,
        nested_bytes: 1 << 20,
        archive_members: 2_000,
        archive_name_bytes: 1 << 20,
        archive_bytes: 16 << 20,
        pending_entries: 1_000,
        ..Limits::default()
    }
}
