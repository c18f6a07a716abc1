//! Why things differ: one file per cause, one ordered list.
//!
//! A cause owns one narrow aspect. It looks at one side alone, maps what it finds there to a canonical form within
//! stated bounds, or declines; it cannot assert anything. The engine in `explain` makes the claim, and only when both
//! sides canonicalize and meet.
//!
//! Adding a cause is one file here, one folder in `testdata/causes/<id>/`, and two lines in this file
//! (`scripts/new-cause ID` writes all of it). The file opens with four headings (What differs / Why it happens /
//! How to fix the build / When it is not harmless): `reprove causes ID` prints them.

mod account_backup_files;
mod apt_eipp_log;
mod apt_lists;
mod base_image_drift;
mod bootstrap_log;
mod builder_mount_residue;
mod cause;
mod config_builder_identity_label;
mod config_created_time;
mod config_env_build_host_leak;
mod config_env_order;
mod config_history_build_arg_leak;
mod config_history_command_format;
mod config_history_created_time;
mod config_inline_cache;
mod config_label_build_metadata;
mod config_label_source_identity;
mod config_legacy_container_fields;
mod config_locale_tz_env;
mod config_null_empty_absent;
mod config_platform_detail;
mod config_secret_exposed;
mod config_timestamp_fraction_width;
mod context_checkout_mtime;
mod derived_digest_cascade;
mod estargz_toc;
mod fontconfig_cache_mtime;
mod gzip_deflate_encoder;
mod gzip_extra_field;
mod gzip_header_mtime;
mod gzip_header_name_comment;
mod gzip_header_xfl_os;
mod gzip_header_zero_time_artifact;
mod gzip_multi_member;
mod image_architecture_contradiction;
mod image_archive_wrapper;
mod index_attestation_manifest;
mod index_manifest_order;
mod index_ref_name_annotation;
mod index_shape;
mod json_key_order_whitespace;
mod layer_boundary_shift;
mod layer_count_squash;
mod layer_hidden_copy;
mod layer_hidden_entry;
mod layer_media_type_compression;
mod layer_noop_copy_up;
mod layer_recompressed_same_diffid;
mod ldconfig_aux_cache;
mod leftovers;
mod logs;
mod machine_id;
mod manifest_annotation_builder;
mod manifest_media_type_family;
mod npm_cacache_index;
mod pip_record_derived_hash;
mod platform_mismatch;
mod provenance_build_arguments;
mod provenance_dockerfile;
mod provenance_frontend;
mod provenance_run_metadata;
mod provenance_source;
mod provenance_subject_mismatch;
mod pyc_header_mtime;
mod pyc_revalidated;
mod pyc_stale_after_clamp;
mod remote_add_metadata;
mod sbom_document_identity;
mod shadow_last_change;
mod ssh_host_keys;
mod tar_acl;
mod tar_atime_ctime;
mod tar_delete_recreate;
mod tar_devfields_fill;
mod tar_dialect;
mod tar_dir_mtime_side_effect;
mod tar_duplicate_entry;
mod tar_entry_order;
mod tar_entry_order_walk_vs_path;
mod tar_hardlink_primary;
mod tar_hardlink_vs_copy;
mod tar_header_checksum;
mod tar_long_name_encoding;
mod tar_mode_file_type_bits;
mod tar_mode_umask;
mod tar_mtime;
mod tar_name_style;
mod tar_needless_whiteout;
mod tar_numeric_field_style;
mod tar_opaque_whiteout;
mod tar_parent_dir_entries;
mod tar_pax_global_header;
mod tar_pax_header_name;
mod tar_root_entry;
mod tar_sparse_encoding;
mod tar_special_file;
mod tar_subsecond_mtime;
mod tar_trailer_padding;
mod tar_typeflag_regular;
mod tar_uid_gid;
mod tar_uname_gname;
mod tar_whiteout_timestamp;
mod tar_xattr_capability_revision;
mod tar_xattr_presence;
mod text_build_stamp;
mod text_timestamp;
mod warm_cache_suspected;
mod xz_bzip2_encoder;
mod zstd_chunked_toc;
mod zstd_encoder;
mod zstd_skippable_frames;

pub use cause::{
    Canonical, Cause, ImageFacts, Proof, Record, RecordedFile, Referent, Remedy, Severity, Told, View, Witness,
};

/// Every cause, most specific first: of the causes that could claim a finding, the first one does.
pub const LIST: &[&Cause] = &[
    &index_ref_name_annotation::CAUSE,
    &config_created_time::CAUSE,
    &config_history_created_time::CAUSE,
    &config_null_empty_absent::CAUSE,
    &layer_count_squash::CAUSE,
    &config_history_command_format::CAUSE,
    &config_history_build_arg_leak::CAUSE,
    &config_env_order::CAUSE,
    &config_env_build_host_leak::CAUSE,
    &config_locale_tz_env::CAUSE,
    &config_label_build_metadata::CAUSE,
    &config_builder_identity_label::CAUSE,
    &config_legacy_container_fields::CAUSE,
    &config_platform_detail::CAUSE,
    &config_secret_exposed::CAUSE,
    &config_inline_cache::CAUSE,
    &json_key_order_whitespace::CAUSE,
    &manifest_media_type_family::CAUSE,
    &layer_media_type_compression::CAUSE,
    &manifest_annotation_builder::CAUSE,
    &config_label_source_identity::CAUSE,
    &index_attestation_manifest::CAUSE,
    &provenance_run_metadata::CAUSE,
    &sbom_document_identity::CAUSE,
    &index_shape::CAUSE,
    &index_manifest_order::CAUSE,
    &image_archive_wrapper::CAUSE,
    &layer_recompressed_same_diffid::CAUSE,
    &gzip_header_zero_time_artifact::CAUSE,
    &gzip_header_mtime::CAUSE,
    &gzip_header_name_comment::CAUSE,
    &gzip_header_xfl_os::CAUSE,
    &gzip_extra_field::CAUSE,
    &gzip_deflate_encoder::CAUSE,
    &gzip_multi_member::CAUSE,
    &zstd_encoder::CAUSE,
    &zstd_skippable_frames::CAUSE,
    &zstd_chunked_toc::CAUSE,
    &estargz_toc::CAUSE,
    &xz_bzip2_encoder::CAUSE,
    &pyc_header_mtime::CAUSE,
    &pyc_stale_after_clamp::CAUSE,
    &pyc_revalidated::CAUSE,
    &ldconfig_aux_cache::CAUSE,
    &shadow_last_change::CAUSE,
    &account_backup_files::CAUSE,
    &leftovers::DPKG_BACKUPS,
    &machine_id::CAUSE,
    &ssh_host_keys::CAUSE,
    &fontconfig_cache_mtime::CAUSE,
    &pip_record_derived_hash::CAUSE,
    &npm_cacache_index::CAUSE,
    &leftovers::NPM_LOGS,
    &logs::DPKG,
    &logs::ALTERNATIVES,
    &logs::APT,
    &apt_eipp_log::CAUSE,
    &leftovers::BOOTSTRAP_LOG,
    &leftovers::APT_CACHES,
    &leftovers::APT_ARCHIVES,
    &apt_lists::CAUSE,
    &text_build_stamp::CAUSE,
    &text_timestamp::CAUSE,
    &tar_whiteout_timestamp::CAUSE,
    &tar_dir_mtime_side_effect::CAUSE,
    &remote_add_metadata::CAUSE,
    &context_checkout_mtime::CAUSE,
    &tar_subsecond_mtime::CAUSE,
    &tar_mtime::CAUSE,
    &tar_atime_ctime::CAUSE,
    &tar_uid_gid::CAUSE,
    &tar_uname_gname::CAUSE,
    &tar_mode_umask::CAUSE,
    &tar_mode_file_type_bits::CAUSE,
    &tar_xattr_presence::CAUSE,
    &tar_xattr_capability_revision::CAUSE,
    &tar_acl::CAUSE,
    &tar_pax_header_name::CAUSE,
    &tar_pax_global_header::CAUSE,
    &tar_numeric_field_style::CAUSE,
    &tar_typeflag_regular::CAUSE,
    &tar_devfields_fill::CAUSE,
    &tar_name_style::CAUSE,
    &tar_long_name_encoding::CAUSE,
    &tar_sparse_encoding::CAUSE,
    &tar_dialect::CAUSE,
    &tar_header_checksum::CAUSE,
    &tar_entry_order_walk_vs_path::CAUSE,
    &tar_entry_order::CAUSE,
    &tar_trailer_padding::CAUSE,
    &tar_special_file::CAUSE,
    &builder_mount_residue::CAUSE,
    &tar_root_entry::CAUSE,
    &tar_parent_dir_entries::CAUSE,
    &layer_noop_copy_up::CAUSE,
    &tar_needless_whiteout::CAUSE,
    &tar_opaque_whiteout::CAUSE,
    &tar_delete_recreate::CAUSE,
    &tar_hardlink_primary::CAUSE,
    &tar_hardlink_vs_copy::CAUSE,
    &tar_duplicate_entry::CAUSE,
    &layer_hidden_copy::CAUSE,
    &layer_hidden_entry::CAUSE,
    &layer_boundary_shift::CAUSE,
    &config_timestamp_fraction_width::CAUSE,
    &derived_digest_cascade::CAUSE,
    &platform_mismatch::CAUSE,
    &image_architecture_contradiction::CAUSE,
    &provenance_frontend::CAUSE,
    &base_image_drift::CAUSE,
    &provenance_source::CAUSE,
    &provenance_dockerfile::CAUSE,
    &provenance_build_arguments::CAUSE,
    &provenance_subject_mismatch::CAUSE,
    &warm_cache_suspected::CAUSE,
];

/// The cause with this id.
pub fn find(id: &str) -> Option<&'static Cause> {
    LIST.iter().copied().find(|cause| cause.id == id)
}
