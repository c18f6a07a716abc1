//! Archives inside the image.

pub(super) mod ar_member_header;
pub(super) mod zip_compression;
pub(super) mod zip_dos_mtime;
pub(super) mod zip_entry_order;
pub(super) mod zip_extended_timestamp;
