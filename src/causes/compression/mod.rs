//! Compression of layers and files.

pub(super) mod estargz_toc;
pub(super) mod gzip_deflate_encoder;
pub(super) mod gzip_extra_field;
pub(super) mod gzip_header_mtime;
pub(super) mod gzip_header_name_comment;
pub(super) mod gzip_header_xfl_os;
pub(super) mod gzip_header_zero_time_artifact;
pub(super) mod gzip_multi_member;
pub(super) mod layer_recompressed_same_diffid;
pub(super) mod xz_bzip2_encoder;
pub(super) mod zstd_chunked_toc;
pub(super) mod zstd_encoder;
pub(super) mod zstd_skippable_frames;
