//! Rules: what can be wrong, and what to do about it.

use serde::{Serialize, Serializer};

use crate::causes::Severity;

/// One reason why the next build may come out differently, or an image is worse than it looks.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The id of the cause that it warns of, or one in its style where the catalogue of causes has none.
    pub id: &'static str,
    /// One line, as a heading.
    pub title: &'static str,
    /// How far what it warns of reaches.
    pub severity: Severity,
    /// The practice that it stands for.
    pub practice: Option<Practice>,
    /// Whether only stages count whose layers the image has, and not all that it depends on.
    pub ships_only: bool,
}

/// One way in which a rule is broken.
#[derive(Debug, PartialEq, Eq)]
pub struct Case {
    /// The rule.
    pub rule: &'static Rule,
    /// Why it matters: one line, without a full stop.
    pub why: &'static str,
    /// The id of the change that makes it go away.
    pub fix: &'static str,
}

/// What people who build images again and again do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Practice {
    /// Bases and packages in one version.
    PinnedVersions,
    /// What is installed, with hashes, from a lock file.
    LockFiles,
    /// No files that are different each time.
    NoVolatileFiles,
    /// A time, a time zone and a locale that are given.
    TimeAndLocale,
    /// The same steps, from sources that stay.
    StableSources,
    /// COPY of what is needed.
    NarrowCopy,
    /// Secrets in mounts.
    SecretMounts,
    /// A stage that builds and one that runs.
    Stages,
    /// Caches in mounts.
    CacheMounts,
}

impl Practice {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Practice::PinnedVersions => "pin the versions of bases and packages",
            Practice::LockFiles => "install from lock files with hashes",
            Practice::NoVolatileFiles => "leave no files that differ each time",
            Practice::TimeAndLocale => "fix time, time zone and locale",
            Practice::StableSources => "install from sources that stay",
            Practice::NarrowCopy => "copy only what is needed",
            Practice::SecretMounts => "hand secrets over as mounts",
            Practice::Stages => "build in one stage, run in another",
            Practice::CacheMounts => "keep caches in mounts",
        }
    }
}

impl Serialize for Practice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.words())
    }
}
