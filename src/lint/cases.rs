//! All the ways in which rules are broken, each with why it matters and what to do.

use super::rule::Case;
use super::rules;

/// Every case.
pub const CASES: &[&Case] = &[
    &BASE_TAG,
    &SOURCE_TAG,
    &APT_UNPINNED,
    &APT_UPGRADE,
    &APK_UNPINNED,
    &APK_UPGRADE,
    &RPM_UNPINNED,
    &RPM_UPGRADE,
    &PIP_UNPINNED,
    &PIP_HASHES,
    &PIP_LOCK,
    &NPM_UNPINNED,
    &NPM_LOCK,
    &FROZEN_LOCK,
    &GO_UNPINNED,
    &GEM_UNPINNED,
    &CARGO_UNPINNED,
    &CARGO_LOCK,
    &COMPOSER_UNPINNED,
    &PECL_UNPINNED,
    &NUGET_UNPINNED,
    &PYC_BELIEVED,
    &EPOCH_UNDECLARED,
    &EPOCH_BEFORE_FROM,
    &EPOCH_AFTER_RUN,
    &DATE,
    &GIT,
    &UNAME,
    &HOSTNAME,
    &RANDOM_VALUE,
    &MARCH_NATIVE,
    &PIPED_SCRIPT,
    &UNCHECKED_ADD,
    &UNCHECKED_DOWNLOAD,
    &MOVING_CLONE,
    &COPY_ALL,
    &SECRET_VALUE,
    &SECRET_ARGUMENT,
    &INLINE_CACHE,
    &ZONE_UNSET,
    &ZIP_ZONE,
    &SORT_LOCALE,
    &APT_LISTS_LEFT,
    &DPKG_LOGS_LEFT,
    &AUX_CACHE_LEFT,
    &MACHINE_ID_LEFT,
    &SSH_KEYS_LEFT,
    &SSH_KEYS_MADE,
    &TLS_KEY_MADE,
    &POSTGRES_CLUSTER,
    &MYSQL_CLUSTER,
    &APK_INDEX_LEFT,
    &DNF_CACHE_LEFT,
    &PIP_CACHE_LEFT,
    &NPM_CACHE_LEFT,
    &COMPILERS_INSTALLED,
    &COMPILERS_BASE,
    &TAR_TIMES,
    &GZIP_NAME,
    &ZIP_TIMES,
];

pub(super) const BASE_TAG: Case =
    Case { rule: &rules::BASE, why: "a tag moves: the next build may begin with another image", fix: "pin-base" };
pub(super) const SOURCE_TAG: Case =
    Case { rule: &rules::BASE, why: "a tag moves: the next build may copy from another image", fix: "pin-source" };
pub(super) const APT_UNPINNED: Case = Case {
    rule: &rules::DEB,
    why: "the archive moves on: on another day apt installs other versions",
    fix: "apt-snapshot",
};
pub(super) const APT_UPGRADE: Case =
    Case { rule: &rules::DEB, why: "upgrades to whatever is the newest on the day of the build", fix: "apt-snapshot" };
pub(super) const APK_UNPINNED: Case = Case {
    rule: &rules::APK,
    why: "the repository moves on: on another day apk installs other versions",
    fix: "apk-versions",
};
pub(super) const APK_UPGRADE: Case =
    Case { rule: &rules::APK, why: "upgrades to whatever is the newest on the day of the build", fix: "apk-versions" };
pub(super) const RPM_UNPINNED: Case = Case {
    rule: &rules::RPM,
    why: "the repository moves on: on another day other versions are installed",
    fix: "rpm-versions",
};
pub(super) const RPM_UPGRADE: Case =
    Case { rule: &rules::RPM, why: "upgrades to whatever is the newest on the day of the build", fix: "rpm-versions" };
pub(super) const PIP_UNPINNED: Case = Case {
    rule: &rules::PIP,
    why: "on another day pip installs another version, and others of what it needs",
    fix: "pip-versions",
};
pub(super) const PIP_HASHES: Case = Case {
    rule: &rules::PIP,
    why: "versions alone do not say which files are installed, and what they need may have none",
    fix: "pip-hashes",
};
pub(super) const PIP_LOCK: Case =
    Case { rule: &rules::PIP, why: "the lock file may be changed instead of obeyed", fix: "python-lock" };
pub(super) const NPM_UNPINNED: Case =
    Case { rule: &rules::NPM, why: "on another day another version is installed", fix: "npm-versions" };
pub(super) const NPM_LOCK: Case =
    Case { rule: &rules::NPM, why: "npm install may change the lock file; npm ci obeys it", fix: "npm-ci" };
pub(super) const FROZEN_LOCK: Case =
    Case { rule: &rules::NPM, why: "the lock file may be changed instead of obeyed", fix: "frozen-lockfile" };
pub(super) const GO_UNPINNED: Case =
    Case { rule: &rules::GO, why: "a branch or latest is another version on another day", fix: "go-version" };
pub(super) const GEM_UNPINNED: Case =
    Case { rule: &rules::GEM, why: "on another day another version is installed", fix: "gem-version" };
pub(super) const CARGO_UNPINNED: Case =
    Case { rule: &rules::CARGO, why: "on another day another version is installed", fix: "cargo-version" };
pub(super) const CARGO_LOCK: Case =
    Case { rule: &rules::CARGO, why: "cargo install does not obey Cargo.lock unless told so", fix: "cargo-locked" };
pub(super) const COMPOSER_UNPINNED: Case = Case {
    rule: &rules::COMPOSER,
    why: "resolves versions anew; composer install takes those of the lock file",
    fix: "composer-lock",
};
pub(super) const PECL_UNPINNED: Case =
    Case { rule: &rules::PECL, why: "on another day another version is installed", fix: "pecl-version" };
pub(super) const NUGET_UNPINNED: Case =
    Case { rule: &rules::NUGET, why: "on another day another version is installed", fix: "nuget-version" };
pub(super) const PYC_BELIEVED: Case = Case {
    rule: &rules::PYC,
    why: "the variable keeps imports from compiling, not pip: its modules record the times of their sources",
    fix: "pip-no-compile",
};
pub(super) const EPOCH_UNDECLARED: Case = Case {
    rule: &rules::EPOCH_MISSING,
    why: "without it no program of a RUN knows which time to write",
    fix: "arg-source-date-epoch",
};
pub(super) const EPOCH_BEFORE_FROM: Case = Case {
    rule: &rules::EPOCH_MISPLACED,
    why: "an ARG before the first FROM is seen by FROM lines alone",
    fix: "arg-source-date-epoch",
};
pub(super) const EPOCH_AFTER_RUN: Case =
    Case { rule: &rules::EPOCH_MISPLACED, why: "a RUN sees only the ARG lines above it", fix: "arg-source-date-epoch" };
pub(super) const DATE: Case =
    Case { rule: &rules::STAMP, why: "what it prints is the time of the build", fix: "date-from-epoch" };
pub(super) const GIT: Case = Case {
    rule: &rules::STAMP,
    why: "depends on the clone that is built: its depth, tags and branches, and changes in it",
    fix: "commit-argument",
};
pub(super) const UNAME: Case =
    Case { rule: &rules::KERNEL, why: "the host's kernel is another one on another host", fix: "no-kernel" };
pub(super) const HOSTNAME: Case =
    Case { rule: &rules::HOST, why: "builders give containers names of their own", fix: "no-hostname" };
pub(super) const RANDOM_VALUE: Case =
    Case { rule: &rules::RANDOM, why: "it is another value in each build", fix: "no-random" };
pub(super) const MARCH_NATIVE: Case =
    Case { rule: &rules::NATIVE, why: "another processor gets other code, and may not run this one", fix: "march" };
pub(super) const PIPED_SCRIPT: Case =
    Case { rule: &rules::DOWNLOAD, why: "runs whatever is served on the day of the build", fix: "checked-script" };
pub(super) const UNCHECKED_ADD: Case = Case {
    rule: &rules::DOWNLOAD,
    why: "whatever is served on the day of the build gets into the image",
    fix: "add-checksum",
};
pub(super) const UNCHECKED_DOWNLOAD: Case =
    Case { rule: &rules::DOWNLOAD, why: "whatever is served on the day of the build is used", fix: "check-download" };
pub(super) const MOVING_CLONE: Case = Case {
    rule: &rules::DOWNLOAD,
    why: "a branch moves: the next build may clone another commit",
    fix: "clone-commit",
};
pub(super) const COPY_ALL: Case = Case {
    rule: &rules::CONTEXT,
    why: "copies .git, caches and whatever else lies around into the image",
    fix: "dockerignore",
};
pub(super) const SECRET_VALUE: Case = Case {
    rule: &rules::SECRET,
    why: "whoever has the image can read it, and so can whoever sees the build",
    fix: "buildkit-secret",
};
pub(super) const SECRET_ARGUMENT: Case = Case {
    rule: &rules::SECRET,
    why: "builders record the values of arguments in the image's history and in provenance",
    fix: "buildkit-secret",
};
pub(super) const INLINE_CACHE: Case = Case {
    rule: &rules::INLINE,
    why: "the config then holds the builder's records, which are others in each build",
    fix: "buildkit-registry-cache",
};
pub(super) const ZONE_UNSET: Case =
    Case { rule: &rules::ZONE, why: "without TZ, or -u, the same time is another text elsewhere", fix: "env-locale" };
pub(super) const ZIP_ZONE: Case = Case { rule: &rules::ZONE, why: "zip archives hold local time", fix: "env-locale" };
pub(super) const SORT_LOCALE: Case =
    Case { rule: &rules::COLLATION, why: "another locale is another order", fix: "env-locale" };
pub(super) const APT_LISTS_LEFT: Case = Case {
    rule: &rules::APT_LISTS,
    why: "lists are those of the day; a later RUN cannot take them out of this layer",
    fix: "clean-after-apt",
};
pub(super) const DPKG_LOGS_LEFT: Case = Case {
    rule: &rules::DPKG_LOG,
    why: "each line has the time of the build; nothing reads them",
    fix: "clean-after-apt",
};
pub(super) const AUX_CACHE_LEFT: Case = Case {
    rule: &rules::LDCONFIG,
    why: "holds inode numbers and times of the machine that built; ldconfig makes it anew",
    fix: "clean-after-apt",
};
pub(super) const MACHINE_ID_LEFT: Case = Case {
    rule: &rules::MACHINE_ID,
    why: "the package makes a random one, which all containers would share",
    fix: "clean-machine-id",
};
pub(super) const SSH_KEYS_LEFT: Case = Case {
    rule: &rules::SSH_KEYS,
    why: "the package makes random ones, which all containers would share",
    fix: "clean-ssh-host-keys",
};
pub(super) const SSH_KEYS_MADE: Case = Case {
    rule: &rules::SSH_KEYS,
    why: "random in each build, and in everybody's hands who has the image",
    fix: "keys-at-start",
};
pub(super) const TLS_KEY_MADE: Case = Case {
    rule: &rules::TLS_KEY,
    why: "random in each build, and in everybody's hands who has the image",
    fix: "keys-at-start",
};
pub(super) const POSTGRES_CLUSTER: Case =
    Case { rule: &rules::POSTGRES, why: "the package makes a cluster with a random identity", fix: "no-cluster" };
pub(super) const MYSQL_CLUSTER: Case = Case {
    rule: &rules::MYSQL,
    why: "the package makes a data directory with a random identity",
    fix: "no-data-directory",
};
pub(super) const APK_INDEX_LEFT: Case = Case {
    rule: &rules::APK_INDEX,
    why: "the index is that of the day; a later RUN cannot take it out of this layer",
    fix: "apk-no-cache",
};
pub(super) const DNF_CACHE_LEFT: Case = Case {
    rule: &rules::DNF_CACHE,
    why: "metadata is that of the day; a later RUN cannot take it out of this layer",
    fix: "dnf-clean",
};
pub(super) const PIP_CACHE_LEFT: Case = Case {
    rule: &rules::PIP_CACHE,
    why: "holds responses with their times, and wheels that were built",
    fix: "pip-no-cache",
};
pub(super) const NPM_CACHE_LEFT: Case =
    Case { rule: &rules::NPM_CACHE, why: "its index holds the time of each download", fix: "buildkit-npm-mount" };
pub(super) const COMPILERS_INSTALLED: Case = Case {
    rule: &rules::COMPILERS,
    why: "what only the build needs is larger than the program, and drifts too",
    fix: "stages",
};
pub(super) const COMPILERS_BASE: Case = Case {
    rule: &rules::COMPILERS,
    why: "what only the build needs is larger than the program, and drifts too",
    fix: "stages",
};
pub(super) const TAR_TIMES: Case =
    Case { rule: &rules::TAR, why: "times, order and owners of the files are those of this build", fix: "tar-options" };
pub(super) const GZIP_NAME: Case =
    Case { rule: &rules::GZIP, why: "the header holds name and time of the file", fix: "gzip-no-name" };
pub(super) const ZIP_TIMES: Case =
    Case { rule: &rules::ZIP, why: "members have the times at which the build wrote them", fix: "zip-times" };
