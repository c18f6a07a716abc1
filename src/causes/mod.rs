//! Why things differ: a folder per group of the catalogue, one file per cause, one ordered list.
//!
//! A cause owns one narrow aspect. It looks at one side alone, maps what it finds there to a canonical form within
//! stated bounds, or declines; it cannot assert anything. The engine in `explain` makes the claim, and only when both
//! sides canonicalize and meet.
//!
//! A time after the day on which the comparison is judged is claimed by none of them: the engine looks for it in what a
//! finding is about, causes that look into files look for it there ([`Day`]).
//!
//! Adding a cause is one file in the folder of its group, one folder in `testdata/causes/<id>/`, and two lines: `mod` in
//! the group's `mod.rs`, its place in the list below (`scripts/new-cause ID` writes all of it). What several causes share
//! is in `shape`. The file opens with four headings (What differs / Why it happens /
//! How to fix the build / When it is not harmless): `reprove causes ID` prints them.

mod archives;
mod cause;
mod compression;
mod day;
mod debian;
mod fix;
mod fixes;
mod image;
mod node;
mod pattern;
mod python;
mod scope;
mod shape;
mod table;
mod tar;
mod text;

use std::collections::BTreeMap;

pub use self::shape::history::copied_by_digest;
pub use cause::{
    Canonical, Cause, Evidence, Hazard, ImageFacts, InputKind, OfTree, Proof, Record, RecordedFile, Referent, Severity,
    Told, View, Witness,
};
pub use day::Day;
pub use fix::{Builder, Change, Edit, Fix, Need, Reach, Runs, Spot};
pub use scope::{Field, Inside, Names, Path, Place, Whose};
pub use table::Table;

/// The list as it stands, and beside it the group of each.
macro_rules! listed {
    ($(&$group:ident::$module:ident::$name:ident),* $(,)?) => {
        /// Every cause, most specific first: of the causes that could claim a finding, the first one does.
        pub const LIST: &[&Cause] = &[$(&$group::$module::$name),*];

        /// The group of each cause of [`LIST`].
        const GROUPS: &[&str] = &[$(stringify!($group)),*];
    };
}

listed![
    &image::index_ref_name_annotation::CAUSE,
    &image::config_created_time::CAUSE,
    &image::config_history_created_time::CAUSE,
    &image::config_null_empty_absent::CAUSE,
    &image::layer_count_squash::CAUSE,
    &image::config_history_command_format::CAUSE,
    &image::config_history_build_arg_leak::CAUSE,
    &image::config_env_order::CAUSE,
    &image::config_env_build_host_leak::CAUSE,
    &image::config_locale_tz_env::CAUSE,
    &image::config_label_build_metadata::CAUSE,
    &image::config_builder_identity_label::CAUSE,
    &image::config_legacy_container_fields::CAUSE,
    &image::config_platform_detail::CAUSE,
    &image::config_secret_exposed::CAUSE,
    &image::config_inline_cache::CAUSE,
    &image::json_key_order_whitespace::CAUSE,
    &image::manifest_media_type_family::CAUSE,
    &image::layer_media_type_compression::CAUSE,
    &image::manifest_annotation_builder::CAUSE,
    &image::config_label_source_identity::CAUSE,
    &image::index_attestation_manifest::CAUSE,
    &image::provenance_run_metadata::CAUSE,
    &image::sbom_document_identity::CAUSE,
    &image::index_shape::CAUSE,
    &image::index_manifest_order::CAUSE,
    &image::image_archive_wrapper::CAUSE,
    &compression::layer_recompressed_same_diffid::CAUSE,
    &compression::gzip_header_zero_time_artifact::CAUSE,
    &compression::gzip_header_mtime::CAUSE,
    &compression::gzip_header_name_comment::CAUSE,
    &compression::gzip_header_xfl_os::CAUSE,
    &compression::gzip_extra_field::CAUSE,
    &compression::gzip_deflate_encoder::CAUSE,
    &compression::gzip_multi_member::CAUSE,
    &compression::zstd_encoder::CAUSE,
    &compression::zstd_skippable_frames::CAUSE,
    &compression::zstd_chunked_toc::CAUSE,
    &compression::estargz_toc::CAUSE,
    &compression::xz_bzip2_encoder::CAUSE,
    &archives::ar_member_header::CAUSE,
    &archives::zip_dos_mtime::CAUSE,
    &archives::zip_extended_timestamp::CAUSE,
    &archives::zip_compression::CAUSE,
    &archives::zip_entry_order::CAUSE,
    &python::pyc_header_mtime::CAUSE,
    &python::pyc_stale_after_clamp::CAUSE,
    &python::pyc_revalidated::CAUSE,
    &debian::ldconfig_aux_cache::CAUSE,
    &debian::shadow_last_change::CAUSE,
    &debian::account_backup_files::CAUSE,
    &debian::leftovers::DPKG_BACKUPS,
    &debian::machine_id::CAUSE,
    &debian::ssh_host_keys::CAUSE,
    &debian::fontconfig_cache_mtime::CAUSE,
    &python::pip_record_derived_hash::CAUSE,
    &node::npm_cacache_index::CAUSE,
    &node::npm_debug_log::CAUSE,
    &debian::logs::DPKG,
    &debian::logs::ALTERNATIVES,
    &debian::logs::APT,
    &debian::apt_eipp_log::CAUSE,
    &debian::bootstrap_log::CAUSE,
    &debian::leftovers::APT_CACHES,
    &debian::leftovers::APT_ARCHIVES,
    &debian::apt_lists::CAUSE,
    &text::wget_hsts::CAUSE,
    &text::text_build_stamp::CAUSE,
    &text::text_timestamp::CAUSE,
    &tar::cache_revalidated::CAUSE,
    &tar::stamp_file_mtime::CAUSE,
    &tar::tar_whiteout_timestamp::CAUSE,
    &tar::tar_dir_mtime_side_effect::CAUSE,
    &tar::remote_add_metadata::CAUSE,
    &tar::context_checkout_mtime::CAUSE,
    &tar::tar_subsecond_mtime::CAUSE,
    &tar::tar_mtime::CAUSE,
    &tar::tar_atime_ctime::CAUSE,
    &tar::tar_uid_gid::CAUSE,
    &tar::tar_uname_gname::CAUSE,
    &tar::tar_mode_umask::CAUSE,
    &tar::tar_mode_file_type_bits::CAUSE,
    &tar::tar_xattr_presence::CAUSE,
    &tar::tar_xattr_capability_revision::CAUSE,
    &tar::tar_acl::CAUSE,
    &tar::tar_pax_header_name::CAUSE,
    &tar::tar_pax_global_header::CAUSE,
    &tar::tar_numeric_field_style::CAUSE,
    &tar::tar_typeflag_regular::CAUSE,
    &tar::tar_devfields_fill::CAUSE,
    &tar::tar_name_style::CAUSE,
    // Fields that are empty tell of the dialect alone, whatever else they may hold.
    &tar::tar_dialect::CAUSE,
    &tar::tar_long_name_encoding::CAUSE,
    &tar::tar_sparse_encoding::CAUSE,
    &tar::tar_header_checksum::CAUSE,
    &tar::tar_entry_order_walk_vs_path::CAUSE,
    &tar::tar_entry_order::CAUSE,
    &tar::tar_trailer_padding::CAUSE,
    &tar::tar_special_file::CAUSE,
    &tar::builder_mount_residue::CAUSE,
    &tar::tar_root_entry::CAUSE,
    &tar::tar_parent_dir_entries::CAUSE,
    &tar::layer_noop_copy_up::CAUSE,
    &tar::tar_needless_whiteout::CAUSE,
    &tar::tar_opaque_whiteout::CAUSE,
    &tar::tar_delete_recreate::CAUSE,
    &tar::tar_hardlink_primary::CAUSE,
    &tar::tar_hardlink_vs_copy::CAUSE,
    &tar::tar_duplicate_entry::CAUSE,
    &image::layer_hidden_copy::CAUSE,
    &image::layer_hidden_entry::CAUSE,
    &image::layer_boundary_shift::CAUSE,
    &image::config_timestamp_fraction_width::CAUSE,
    &image::derived_digest_cascade::CAUSE,
    &image::platform_mismatch::CAUSE,
    &image::image_architecture_contradiction::CAUSE,
    &image::provenance_frontend::CAUSE,
    &image::base_image_drift::CAUSE,
    &image::provenance_source::CAUSE,
    &image::provenance_dockerfile::CAUSE,
    &image::provenance_build_arguments::CAUSE,
    &image::provenance_subject_mismatch::CAUSE,
    &image::warm_cache_suspected::CAUSE,
];

/// The causes by group, the groups and the causes of each in order of name.
pub fn by_group() -> BTreeMap<&'static str, Vec<&'static Cause>> {
    let mut groups: BTreeMap<&str, Vec<&Cause>> = BTreeMap::new();
    for (cause, group) in LIST.iter().zip(GROUPS) {
        groups.entry(group).or_default().push(cause);
    }
    groups.values_mut().for_each(|causes| causes.sort_by_key(|cause| cause.id));
    groups
}

/// The cause with this id.
pub fn find(id: &str) -> Option<&'static Cause> {
    LIST.iter().copied().find(|cause| cause.id == id)
}

/// Fixes of what no cause explains, each with those that go with it, where a step of the build has something to fix so.
pub const SUSPECTS: &[&[&Fix]] = fixes::SUSPECTS;

/// The same where nothing of the above is to be fixed, or the step makes a directory of its own (`mktemp`).
pub const SUSPECTS_ELSEWHERE: &[&[&Fix]] = fixes::SUSPECTS_ELSEWHERE;

/// All fixes of all causes and of none, and what they need, each once.
pub fn fixes() -> Vec<&'static Fix> {
    let mut found: Vec<&'static Fix> = Vec::new();
    let of_none = SUSPECTS.iter().chain(SUSPECTS_ELSEWHERE).copied().flatten();
    let mut waiting: Vec<&'static Fix> = LIST.iter().flat_map(|cause| cause.remedies).chain(of_none).copied().collect();
    while let Some(fix) = waiting.pop() {
        if !found.contains(&fix) {
            found.push(fix);
            waiting.extend(fix.needs.iter().flat_map(|need| need.one_of).copied());
        }
    }
    found
}

/// The fix with this id.
pub fn fix_of(id: &str) -> Option<&'static Fix> {
    fixes().into_iter().find(|fix| fix.id == id)
}

#[cfg(test)]
mod tests;
