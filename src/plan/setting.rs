//! What the images show of how they were built, and which fixes are for that.

use std::collections::BTreeSet;

use crate::causes::{Builder, Cause, Change, Fix, Need};
use crate::explain::BuiltBy;

/// The builders of the images, as far as these show them.
pub struct Setting {
    builders: BTreeSet<Builder>,
    /// By builder; only those that are shown.
    versions: BTreeSet<(Builder, String)>,
    /// One builder in one version made all images, as far as they show.
    alike: bool,
}

impl Setting {
    /// Of images that were built like this, `None` for each that does not show it.
    pub fn new<'a>(images: impl IntoIterator<Item = Option<&'a BuiltBy>>) -> Self {
        let mut setting = Setting { builders: BTreeSet::new(), versions: BTreeSet::new(), alike: true };
        for image in images {
            let Some(built_by) = image else {
                setting.alike = false;
                continue;
            };
            setting.builders.insert(built_by.builder);
            setting.versions.extend(built_by.version.clone().map(|version| (built_by.builder, version)));
        }
        setting.alike &= setting.builders.len() == 1 && setting.versions.len() <= 1;
        setting
    }

    /// The fixes of a cause that are for these builders, the best first.
    pub fn fixes(&self, cause: &Cause) -> Vec<&'static Fix> {
        let fixes = || cause.remedies.iter().copied();
        let is_known = |fix: &Fix| self.has(fix) == Some(true);
        let dated = |fix: &&Fix| {
            // One that is too new is told only where there is no other: then it takes another builder.
            let older = || fixes().any(|other| other.builder == fix.builder && self.is_for(other) && is_known(other));
            fix.builder.is_none() || is_known(fix) || !older()
        };
        let mut found: Vec<_> = fixes().filter(|fix| self.is_for(fix)).filter(dated).collect();
        if found.is_empty() {
            found.extend(fixes().filter(|fix| fix.builder.is_none() && matches!(fix.change, Change::SameBuilder(_))));
        }
        found
    }

    /// The fixes that one does nothing or harm without, each with the reason.
    pub fn needs(&self, fix: &Fix) -> Vec<(&'static Fix, &'static str)> {
        let first =
            |need: &Need| need.one_of.iter().copied().find(|fix| self.is_for(fix) && self.has(fix) != Some(false));
        fix.needs.iter().filter_map(|need| Some((first(need)?, need.reason))).collect()
    }

    /// What a fix must be for, one after the other: each builder, or none where none is shown.
    pub(super) fn sorts(&self) -> impl Iterator<Item = Option<Builder>> + '_ {
        let unknown = self.builders.is_empty().then_some(None);
        unknown.into_iter().chain(self.builders.iter().copied().map(Some))
    }

    fn is_for(&self, fix: &Fix) -> bool {
        match (&fix.change, fix.builder) {
            (Change::Nothing(_), builder) => {
                self.alike && builder.is_none_or(|builder| self.builders.contains(&builder))
            }
            (Change::SameBuilder(_), None) => !self.alike,
            (Change::SameBuilder(_), Some(builder)) => self.builders.len() == 1 && self.builders.contains(&builder),
            (_, builder) => builder.is_none_or(|builder| self.builders.contains(&builder)),
        }
    }

    /// Whether every version that is shown of its builder has it; `None` where none is shown.
    fn has(&self, fix: &Fix) -> Option<bool> {
        let versions = self.versions.iter().filter(|(builder, _)| Some(*builder) == fix.builder);
        let mut versions = versions.map(|(_, version)| numbers(version)).peekable();
        versions.peek()?;
        let since = fix.since.map(numbers).unwrap_or_default();
        let until = fix.until.map(numbers);
        Some(versions.all(|version| version >= since && until.as_ref().is_none_or(|until| version < *until)))
    }
}

/// The numbers of a version, to be held against those of another.
fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map(|number| number.parse().unwrap_or(u64::MAX)).collect()
}
