//! Text of any kind of file, after what knows the format.

pub(super) mod text_build_stamp;
pub(super) mod text_timestamp;
pub(super) mod wget_hsts;
