//! Archives inside the image.

pub(super) mod zip_compression;
