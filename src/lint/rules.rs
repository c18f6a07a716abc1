//! All the rules, in the order of what a build does.
//!
//! Most have the id of a cause in the catalogue: what the rule warns of is what that cause explains afterwards. Where the
//! catalogue has none, the id is in its style.

use super::rule::{Practice, Rule};
use crate::causes::Severity;

/// Every rule.
pub const RULES: &[&Rule] = &[
    &BASE,
    &DEB,
    &APK,
    &RPM,
    &PIP,
    &NPM,
    &GO,
    &GEM,
    &CARGO,
    &COMPOSER,
    &PECL,
    &NUGET,
    &PYC,
    &EPOCH_MISSING,
    &EPOCH_MISPLACED,
    &STAMP,
    &KERNEL,
    &HOST,
    &RANDOM,
    &NATIVE,
    &DOWNLOAD,
    &CONTEXT,
    &SECRET,
    &INLINE,
    &ZONE,
    &COLLATION,
    &APT_LISTS,
    &DPKG_LOG,
    &LDCONFIG,
    &MACHINE_ID,
    &SSH_KEYS,
    &TLS_KEY,
    &POSTGRES,
    &MYSQL,
    &APK_INDEX,
    &DNF_CACHE,
    &PIP_CACHE,
    &NPM_CACHE,
    &COMPILERS,
    &TAR,
    &GZIP,
    &ZIP,
];

const fn rule(id: &'static str, title: &'static str, severity: Severity, practice: Practice) -> Rule {
    Rule { id, title, severity, practice: Some(practice), ships_only: false }
}

/// One that is about what is left in the layers of the image itself.
const fn leftover(id: &'static str, title: &'static str, severity: Severity, practice: Practice) -> Rule {
    Rule { id, title, severity, practice: Some(practice), ships_only: true }
}

pub(super) const BASE: Rule =
    rule("base-image-drift", "Images named by a tag alone", Severity::Behavioural, Practice::PinnedVersions);
pub(super) const DEB: Rule =
    rule("package-drift-deb", "Debian packages in no fixed version", Severity::Behavioural, Practice::PinnedVersions);
pub(super) const APK: Rule =
    rule("package-drift-apk", "Alpine packages in no fixed version", Severity::Behavioural, Practice::PinnedVersions);
pub(super) const RPM: Rule =
    rule("package-drift-rpm", "RPM packages in no fixed version", Severity::Behavioural, Practice::PinnedVersions);
pub(super) const PIP: Rule = rule(
    "package-drift-pip",
    "Python packages in no fixed version, or not checked by hash",
    Severity::Behavioural,
    Practice::LockFiles,
);
pub(super) const NPM: Rule = rule(
    "package-drift-npm",
    "Node.js packages in no fixed version, or not as the lock file has them",
    Severity::Behavioural,
    Practice::LockFiles,
);
pub(super) const GO: Rule =
    rule("package-drift-go", "Go programs in no fixed version", Severity::Behavioural, Practice::PinnedVersions);
pub(super) const GEM: Rule =
    rule("package-drift-gem", "Ruby gems in no fixed version", Severity::Behavioural, Practice::PinnedVersions);
pub(super) const CARGO: Rule = rule(
    "package-drift-cargo",
    "Rust programs in no fixed version, or not as their lock file has it",
    Severity::Behavioural,
    Practice::LockFiles,
);
pub(super) const COMPOSER: Rule =
    rule("package-drift-composer", "PHP packages in no fixed version", Severity::Behavioural, Practice::LockFiles);
pub(super) const PECL: Rule =
    rule("package-drift-pecl", "PHP extensions in no fixed version", Severity::Behavioural, Practice::PinnedVersions);
pub(super) const NUGET: Rule =
    rule("package-drift-nuget", ".NET tools in no fixed version", Severity::Behavioural, Practice::PinnedVersions);
pub(super) const PYC: Rule = rule(
    "pyc-header-mtime",
    "pip compiles modules, whatever PYTHONDONTWRITEBYTECODE says",
    Severity::Cosmetic,
    Practice::NoVolatileFiles,
);
pub(super) const EPOCH_MISSING: Rule = rule(
    "source-date-epoch-undeclared",
    "No ARG SOURCE_DATE_EPOCH in a stage that runs something",
    Severity::Cosmetic,
    Practice::TimeAndLocale,
);
pub(super) const EPOCH_MISPLACED: Rule = rule(
    "source-date-epoch-misplaced",
    "ARG SOURCE_DATE_EPOCH where no RUN sees it",
    Severity::Cosmetic,
    Practice::TimeAndLocale,
);
pub(super) const STAMP: Rule = rule(
    "text-build-stamp",
    "The time of the build, or what git says of it, goes into the image",
    Severity::Cosmetic,
    Practice::TimeAndLocale,
);
pub(super) const KERNEL: Rule = rule(
    "kernel-uname-captured",
    "The kernel of the host that builds goes into the image",
    Severity::Behavioural,
    Practice::NoVolatileFiles,
);
pub(super) const HOST: Rule = rule(
    "hostname-captured",
    "The name of the host that builds goes into the image",
    Severity::Behavioural,
    Practice::NoVolatileFiles,
);
pub(super) const RANDOM: Rule =
    rule("text-uuid-random", "Random values go into the image", Severity::Behavioural, Practice::NoVolatileFiles);
pub(super) const NATIVE: Rule = rule(
    "elf-cpu-native",
    "Code for the processor of the host that builds",
    Severity::Behavioural,
    Practice::NoVolatileFiles,
);
pub(super) const DOWNLOAD: Rule =
    rule("download-drift", "Downloads that nothing checks", Severity::Behavioural, Practice::StableSources);
pub(super) const CONTEXT: Rule = rule(
    "context-without-ignore",
    "All of the context is copied, and no .dockerignore says what to leave out",
    Severity::Behavioural,
    Practice::NarrowCopy,
);
pub(super) const SECRET: Rule =
    rule("config-secret-exposed", "Credentials in ARG, ENV, LABEL or RUN", Severity::Security, Practice::SecretMounts);
pub(super) const INLINE: Rule = rule(
    "config-inline-cache",
    "The cache of the build inside of the image",
    Severity::Cosmetic,
    Practice::CacheMounts,
);
pub(super) const ZONE: Rule = rule(
    "timezone-rendered-date",
    "Dates in the time zone of whoever builds",
    Severity::Cosmetic,
    Practice::TimeAndLocale,
);
pub(super) const COLLATION: Rule = rule(
    "locale-collation-order",
    "Lists in the order of the locale at hand",
    Severity::Behavioural,
    Practice::TimeAndLocale,
);
pub(super) const APT_LISTS: Rule =
    leftover("apt-lists", "apt's package lists are left behind", Severity::Behavioural, Practice::CacheMounts);
pub(super) const DPKG_LOG: Rule =
    leftover("dpkg-log", "Logs of apt and dpkg are left behind", Severity::Cosmetic, Practice::NoVolatileFiles);
pub(super) const LDCONFIG: Rule =
    leftover("ldconfig-aux-cache", "ldconfig's cache is left behind", Severity::Cosmetic, Practice::NoVolatileFiles);
pub(super) const MACHINE_ID: Rule = leftover(
    "machine-id",
    "An id that each machine has to have of its own",
    Severity::Security,
    Practice::NoVolatileFiles,
);
pub(super) const SSH_KEYS: Rule = leftover(
    "ssh-host-keys",
    "Host keys that each machine has to have of its own",
    Severity::Security,
    Practice::NoVolatileFiles,
);
pub(super) const TLS_KEY: Rule =
    leftover("generated-tls-secret", "A private key that the build makes", Severity::Security, Practice::SecretMounts);
pub(super) const POSTGRES: Rule = leftover(
    "postgres-cluster-identity",
    "A PostgreSQL cluster that the build makes",
    Severity::Behavioural,
    Practice::NoVolatileFiles,
);
pub(super) const MYSQL: Rule = leftover(
    "mysql-cluster-identity",
    "A MySQL or MariaDB data directory that the build makes",
    Severity::Behavioural,
    Practice::NoVolatileFiles,
);
pub(super) const APK_INDEX: Rule =
    leftover("apk-cache-index", "apk's package index is left behind", Severity::Cosmetic, Practice::CacheMounts);
pub(super) const DNF_CACHE: Rule =
    leftover("dnf-cache-countme", "Caches of dnf and yum are left behind", Severity::Cosmetic, Practice::CacheMounts);
pub(super) const PIP_CACHE: Rule =
    leftover("pip-cache-residue", "pip's cache is left behind", Severity::Cosmetic, Practice::CacheMounts);
pub(super) const NPM_CACHE: Rule =
    leftover("npm-cacache-index", "npm's cache is left behind", Severity::Cosmetic, Practice::CacheMounts);
pub(super) const COMPILERS: Rule =
    leftover("compilers-in-image", "Compilers in the final image", Severity::Cosmetic, Practice::Stages);
pub(super) const TAR: Rule =
    rule("tar-mtime", "tar archives with the times of the build", Severity::Cosmetic, Practice::NoVolatileFiles);
pub(super) const GZIP: Rule =
    rule("gzip-header-mtime", "gzip files with the time of the build", Severity::Cosmetic, Practice::NoVolatileFiles);
pub(super) const ZIP: Rule = rule(
    "zip-dos-mtime",
    "zip and jar archives with the times of the build",
    Severity::Cosmetic,
    Practice::NoVolatileFiles,
);

/// One of images alone.
pub(super) const KEY_FILE: Rule =
    rule("embedded-secret", "Private keys in files", Severity::Security, Practice::SecretMounts);

/// The rule with this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}
