//! Python.

pub(super) mod pip_record_derived_hash;
pub(super) mod pyc_header_mtime;
pub(super) mod pyc_revalidated;
pub(super) mod pyc_stale_after_clamp;
