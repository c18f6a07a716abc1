//! What several causes share: one file per shape.

pub(super) mod annotations;
pub(super) mod ar;
pub(super) mod base;
pub(super) mod entries;
pub(super) mod entry_order;
pub(super) mod environment;
pub(super) mod gzip;
pub(super) mod hard_links;
pub(super) mod hidden;
pub(super) mod history;
pub(super) mod identifiers;
pub(super) mod json;
pub(super) mod keys;
pub(super) mod labels;
pub(super) mod leftover;
pub(super) mod long_names;
pub(super) mod media_types;
pub(super) mod provenance;
pub(super) mod recompression;
pub(super) mod tar_headers;
pub(super) mod tar_member;
pub(super) mod tar_numbers;
pub(super) mod times;
pub(super) mod whiteouts;
pub(super) mod zip;
pub(super) mod zip_order;
