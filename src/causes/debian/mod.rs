//! Debian and Ubuntu: apt, dpkg, what their maintainer scripts do.

pub(super) mod account_backup_files;
pub(super) mod apt_eipp_log;
pub(super) mod apt_lists;
pub(super) mod bootstrap_log;
pub(super) mod fontconfig_cache_mtime;
pub(super) mod ldconfig_aux_cache;
pub(super) mod leftovers;
pub(super) mod logs;
pub(super) mod machine_id;
pub(super) mod shadow_last_change;
pub(super) mod ssh_host_keys;
