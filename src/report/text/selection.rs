//! Which findings a reader asks for.

use crate::policy::Pattern;
use crate::report::{Finding, Maybe};

/// Findings that are asked for: those of any of the causes, in any of the layers, at any of the paths. A list without
/// members asks for all.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Ids of causes; `unexplained` for what has none.
    pub causes: Vec<String>,
    /// Numbers of layers, of either image.
    pub layers: Vec<u32>,
    /// Paths of entries.
    pub paths: Vec<Pattern>,
}

/// What stands for the cause that an unexplained finding lacks.
pub const UNEXPLAINED: &str = "unexplained";

impl Selection {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.causes.is_empty() && self.layers.is_empty() && self.paths.is_empty()
    }

    pub(super) fn holds(&self, finding: &Finding) -> bool {
        let cause = finding.cause.as_deref().unwrap_or(UNEXPLAINED);
        let location = &finding.location;
        let numbers = location.layer.as_ref().map(|Maybe { original, rebuild }| [*original, *rebuild]);
        let is_in = |layer: &u32| numbers.is_some_and(|numbers| numbers.contains(&Some(*layer)));
        let is_at = |pattern: &Pattern| location.path.as_deref().is_some_and(|path| pattern.matches(path.as_bytes()));
        (self.causes.is_empty() || self.causes.iter().any(|id| id == cause))
            && (self.layers.is_empty() || self.layers.iter().any(is_in))
            && (self.paths.is_empty() || self.paths.iter().any(is_at))
    }
}
