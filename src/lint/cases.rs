//! All the ways in which rules are broken, each with why it matters and what to do.

use super::rule::Case;
use super::rules;

/// Cases: the rule that is broken, why that matters, and the change that makes it go away.
macro_rules! cases {
    ($($name:ident: $rule:ident, $why:literal, $fix:literal;)*) => {
        /// Every case.
        pub const CASES: &[&Case] = &[$(&$name),*];

        $(pub(super) const $name: Case = Case { rule: &rules::$rule, why: $why, fix: $fix };)*
    };
}

cases! {
    BASE_TAG: BASE, "a tag moves: the next build may begin with another image", "pin-base";
    SOURCE_TAG: BASE, "a tag moves: the next build may copy from another image", "pin-source";
    APT_UNPINNED: DEB, "the archive moves on: on another day apt installs other versions", "apt-snapshot";
    APT_UPGRADE: DEB, "upgrades to whatever is the newest on the day of the build", "apt-snapshot";
    APK_UNPINNED: APK, "the repository moves on: on another day apk installs other versions", "apk-versions";
    APK_UPGRADE: APK, "upgrades to whatever is the newest on the day of the build", "apk-versions";
    RPM_UNPINNED: RPM, "the repository moves on: on another day other versions are installed", "rpm-versions";
    RPM_UPGRADE: RPM, "upgrades to whatever is the newest on the day of the build", "rpm-versions";
    PIP_UNPINNED: PIP, "on another day pip installs another version, and others of what it needs", "pip-versions";
    PIP_HASHES: PIP,
        "versions alone do not say which files are installed, and what they need may have none", "pip-hashes";
    PIP_LOCK: PIP, "the lock file may be changed instead of obeyed", "python-lock";
    NPM_UNPINNED: NPM, "on another day another version is installed", "npm-versions";
    NPM_LOCK: NPM, "npm install may change the lock file; npm ci obeys it", "npm-ci";
    FROZEN_LOCK: NPM, "the lock file may be changed instead of obeyed", "frozen-lockfile";
    GO_UNPINNED: GO, "a branch or latest is another version on another day", "go-version";
    GEM_UNPINNED: GEM, "on another day another version is installed", "gem-version";
    CARGO_UNPINNED: CARGO, "on another day another version is installed", "cargo-version";
    CARGO_LOCK: CARGO, "cargo install does not obey Cargo.lock unless told so", "cargo-locked";
    COMPOSER_UNPINNED: COMPOSER,
        "resolves versions anew; composer install takes those of the lock file", "composer-lock";
    PECL_UNPINNED: PECL, "on another day another version is installed", "pecl-version";
    NUGET_UNPINNED: NUGET, "on another day another version is installed", "nuget-version";
    PYC_BELIEVED: PYC,
        "the variable keeps imports from compiling, not pip: its modules record the times of their sources",
        "pip-no-compile";
    EPOCH_UNDECLARED: EPOCH_MISSING,
        "without it no program of a RUN knows which time to write", "arg-source-date-epoch";
    EPOCH_BEFORE_FROM: EPOCH_MISPLACED,
        "an ARG before the first FROM is seen by FROM lines alone", "arg-source-date-epoch";
    EPOCH_AFTER_RUN: EPOCH_MISPLACED, "a RUN sees only the ARG lines above it", "arg-source-date-epoch";
    DATE: STAMP, "what it prints is the time of the build", "date-from-epoch";
    GIT: STAMP,
        "depends on the clone that is built: its depth, tags and branches, and changes in it", "commit-argument";
    UNAME: KERNEL, "the host's kernel is another one on another host", "no-kernel";
    HOSTNAME: HOST, "builders give containers names of their own", "no-hostname";
    RANDOM_VALUE: RANDOM, "it is another value in each build", "no-random";
    MARCH_NATIVE: NATIVE, "another processor gets other code, and may not run this one", "march";
    PIPED_SCRIPT: DOWNLOAD, "runs whatever is served on the day of the build", "checked-script";
    UNCHECKED_ADD: DOWNLOAD, "whatever is served on the day of the build gets into the image", "add-checksum";
    UNCHECKED_DOWNLOAD: DOWNLOAD, "whatever is served on the day of the build is used", "check-download";
    MOVING_CLONE: DOWNLOAD, "a branch moves: the next build may clone another commit", "clone-commit";
    COPY_ALL: CONTEXT, "copies .git, caches and whatever else lies around into the image", "dockerignore";
    SECRET_VALUE: SECRET, "whoever has the image can read it, and so can whoever sees the build", "buildkit-secret";
    SECRET_ARGUMENT: SECRET,
        "builders record the values of arguments in the image's history and in provenance", "buildkit-secret";
    INLINE_CACHE: INLINE,
        "the config then holds the builder's records, which are others in each build", "buildkit-registry-cache";
    ZONE_UNSET: ZONE, "without TZ, or -u, the same time is another text elsewhere", "env-locale";
    ZIP_ZONE: ZONE, "zip archives hold local time", "env-locale";
    SORT_LOCALE: COLLATION, "another locale is another order", "env-locale";
    APT_LISTS_LEFT: APT_LISTS,
        "lists are those of the day; a later RUN cannot take them out of this layer", "clean-after-apt";
    DPKG_LOGS_LEFT: DPKG_LOG, "each line has the time of the build; nothing reads them", "clean-after-apt";
    AUX_CACHE_LEFT: LDCONFIG,
        "holds inode numbers and times of the machine that built; ldconfig makes it anew", "clean-after-apt";
    MACHINE_ID_LEFT: MACHINE_ID, "the package makes a random one, which all containers would share", "clean-machine-id";
    SSH_KEYS_LEFT: SSH_KEYS, "the package makes random ones, which all containers would share", "clean-ssh-host-keys";
    SSH_KEYS_MADE: SSH_KEYS, "random in each build, and in everybody's hands who has the image", "keys-at-start";
    TLS_KEY_MADE: TLS_KEY, "random in each build, and in everybody's hands who has the image", "keys-at-start";
    POSTGRES_CLUSTER: POSTGRES, "the package makes a cluster with a random identity", "no-cluster";
    MYSQL_CLUSTER: MYSQL, "the package makes a data directory with a random identity", "no-data-directory";
    APK_INDEX_LEFT: APK_INDEX,
        "the index is that of the day; a later RUN cannot take it out of this layer", "apk-no-cache";
    DNF_CACHE_LEFT: DNF_CACHE, "metadata is that of the day; a later RUN cannot take it out of this layer", "dnf-clean";
    PIP_CACHE_LEFT: PIP_CACHE, "holds responses with their times, and wheels that were built", "pip-no-cache";
    NPM_CACHE_LEFT: NPM_CACHE, "its index holds the time of each download", "buildkit-npm-mount";
    COMPILERS_INSTALLED: COMPILERS, "what only the build needs is larger than the program, and drifts too", "stages";
    COMPILERS_BASE: COMPILERS, "what only the build needs is larger than the program, and drifts too", "stages";
    TAR_TIMES: TAR, "times, order and owners of the files are those of this build", "tar-options";
    GZIP_NAME: GZIP, "the header holds name and time of the file", "gzip-no-name";
    ZIP_TIMES: ZIP, "members have the times at which the build wrote them", "zip-times";
}
