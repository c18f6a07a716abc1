//! Every hard cap in one table. Reaching one ends in a gap with a clear sentence, never in a crash or a green verdict.

/// The caps that bound memory and time on hostile input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one JSON document (manifest, index, config).
    pub document_bytes: u64,
    /// Nesting of a JSON document.
    pub document_depth: usize,
    /// Members and elements of one JSON document.
    pub document_nodes: usize,
    /// Findings between two JSON documents; beyond it the two are one finding as a whole.
    pub document_findings: usize,
    /// Descriptors in an index, over all its levels.
    pub index_descriptors: usize,
    /// Indexes inside indexes.
    pub index_depth: usize,
    /// Layers of one image.
    pub layers: usize,
    /// Uncompressed bytes of one layer.
    pub layer_bytes: u64,
    /// Entries of one layer.
    pub layer_entries: u64,
    /// Bytes of the extension records (PAX, GNU long names) of one entry.
    pub extension_bytes: u64,
    /// Compressed members or frames of one layer that are recorded one by one.
    pub compression_members: usize,
    /// Window of a zstd frame, as a power of two (RFC 8878 recommends 8 MiB, `--long` goes to 27 and beyond).
    pub zstd_window_log: u32,
    /// Content of one file that is kept in memory; what is longer goes to an anonymous temporary file.
    pub memory_content_bytes: usize,
    /// Equal bytes at the start of two contents that are kept in case the rest differs.
    pub prefix_bytes: usize,
    /// Content of one file that is looked into; a longer one is compared as bytes.
    pub decoded_content_bytes: u64,
    /// Archives inside archives.
    pub nesting: usize,
    /// Decompressed bytes of one nested member.
    pub nested_bytes: u64,
    /// Members of an outer archive (docker or OCI archive).
    pub archive_members: usize,
    /// Bytes of the names of all members of an outer archive.
    pub archive_name_bytes: usize,
    /// Uncompressed bytes of an outer archive that is compressed as a whole.
    pub archive_bytes: u64,
    /// Seconds to wait for a connection to a registry or an engine.
    pub connect_seconds: u64,
    /// Seconds without a byte after which a transfer counts as broken.
    pub idle_seconds: u64,
    /// Seconds that the transfer of one blob may take in all.
    pub transfer_seconds: u64,
    /// Tries of one request before it counts as failed; progress starts the count again.
    pub transfer_tries: u32,
    /// Times that the transfer of one blob goes on after it broke.
    pub transfer_resumes: u32,
    /// The longest wait, in seconds, that a server may ask for.
    pub retry_after_seconds: u64,
    /// Entries that wait for their counterpart when the order differs.
    pub pending_entries: usize,
    /// Lines of context and changed lines shown of one unexplained difference.
    pub diff_lines: usize,
    /// Bytes of either side of an unexplained text that is diffed line by line.
    pub diff_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            document_bytes: 16 << 20,
            document_depth: 128,
            document_nodes: 2_000_000,
            document_findings: 100_000,
            index_descriptors: 100_000,
            index_depth: 4,
            layers: 4096,
            layer_bytes: 256 << 30,
            layer_entries: 20_000_000,
            extension_bytes: 2 << 20,
            compression_members: 100_000,
            zstd_window_log: 27,
            memory_content_bytes: 1 << 20,
            prefix_bytes: 32 << 20,
            decoded_content_bytes: 64 << 20,
            nesting: 4,
            nested_bytes: 256 << 20,
            archive_members: 1_000_000,
            archive_name_bytes: 256 << 20,
            archive_bytes: 1 << 40,
            connect_seconds: 15,
            idle_seconds: 60,
            transfer_seconds: 6 * 3600,
            transfer_tries: 5,
            transfer_resumes: 100,
            retry_after_seconds: 120,
            pending_entries: 4_000_000,
            diff_lines: 120,
            diff_bytes: 4 << 20,
        }
    }
}
