//! Archives inside the image.

pub(super) mod zip_compression;
pub(super) mod zip_dos_mtime;
