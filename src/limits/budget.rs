//! What looking into files may cost. The budget belongs to the comparison of two images, not to a file: it is split into
//! shares before work starts, one for each pair of layers, and a share is spent in the order in which the contents were
//! found, whatever thread decodes them. So it runs out at the same place for any number of threads.
//!
//! Cost is counted, never timed: a byte that comes out of a decompressor costs one, a part that a file is taken apart into
//! [`PART`], which is about what it takes to hold it and to tell of it. A part of an archive costs [`HELD`]: there may be
//! many, and most are equal. One that differs is divided into fields, which cost [`FIELD`] and are dropped again.

use super::Limits;

/// What a part of a file costs, in bytes.
pub const PART: u64 = 1 << 10;
/// What it costs to hold a part of an archive, or a member, in bytes.
pub const HELD: u64 = 1 << 8;
/// What a field costs that a part of an archive is divided into, in bytes: the time it takes, more than the place.
pub const FIELD: u64 = 1 << 6;

/// What is left to spend, before it is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Cost of looking into files.
    pub decoded: u64,
    /// Findings of entries.
    pub findings: u64,
}

impl Budget {
    /// That of one comparison of two images.
    pub const fn of(limits: &Limits) -> Self {
        Budget { decoded: limits.decoded_bytes, findings: limits.findings }
    }

    /// The shares of pieces of work with these weights: half of the budget in equal parts, half by weight. What has no
    /// weight has no share.
    pub fn shares(self, weights: &[u64]) -> Vec<Budget> {
        let count = weights.iter().filter(|weight| **weight > 0).map(|_| 1_u128).sum::<u128>().max(1);
        let total = weights.iter().map(|weight| u128::from(*weight)).sum::<u128>().max(1);
        let share = |budget: u64, weight: u64| {
            if weight == 0 {
                return 0;
            }
            let half = u128::from(budget / 2);
            u64::try_from(half / count + (u128::from(budget) - half) * u128::from(weight) / total).unwrap_or(u64::MAX)
        };
        let of =
            |weight: &u64| Budget { decoded: share(self.decoded, *weight), findings: share(self.findings, *weight) };
        weights.iter().map(of).collect()
    }
}

/// The limits beyond which a file is not looked into, in the order in which they are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// [`Limits::nested_bytes`].
    Nested,
    /// [`Limits::file_expansion_bytes`].
    Expansion,
    /// [`Limits::file_expansion_ratio`].
    Ratio,
    /// [`Limits::decoded_bytes`].
    Share,
}

impl Bound {
    /// All of them.
    pub const ALL: [Bound; 4] = [Bound::Nested, Bound::Expansion, Bound::Ratio, Bound::Share];

    /// The name of the limit.
    pub const fn limit(self) -> &'static str {
        match self {
            Bound::Nested => "nested-bytes",
            Bound::Expansion => "file-expansion-bytes",
            Bound::Ratio => "file-expansion-ratio",
            Bound::Share => "decoded-bytes",
        }
    }
}

/// The most that looking into a file of this size may cost, all that is nested in it included, and what says so.
pub fn allowance(size: u64, limits: &Limits) -> (u64, Bound) {
    let by_ratio = size.saturating_mul(limits.file_expansion_ratio);
    let pieces = size.div_ceil(limits.decoded_content_bytes.max(1)).max(1);
    let nested = limits.nested_bytes.saturating_mul(pieces);
    let (expanded, bound) = match by_ratio > limits.file_expansion_bytes {
        true => (by_ratio, Bound::Ratio),
        false => (limits.file_expansion_bytes, Bound::Expansion),
    };
    if expanded < nested { (expanded, bound) } else { (nested, Bound::Nested) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shares_are_no_more_than_the_budget(
            decoded in any::<u64>(), findings in any::<u64>(), weights in prop::collection::vec(any::<u32>().prop_map(u64::from), 1..20),
        ) {
            let shares = Budget { decoded, findings }.shares(&weights);
            prop_assert_eq!(shares.len(), weights.len());
            prop_assert!(shares.iter().map(|share| u128::from(share.decoded)).sum::<u128>() <= u128::from(decoded));
            prop_assert!(shares.iter().map(|share| u128::from(share.findings)).sum::<u128>() <= u128::from(findings));
            let least = decoded / 2 / weights.len() as u64;
            let has_share = |(share, weight): (&Budget, &u64)| (share.decoded >= least) == (*weight > 0 || least == 0);
            prop_assert!(shares.iter().zip(&weights).all(has_share));
        }
    }

    #[test]
    fn a_file_may_cost_some_at_any_size_and_more_by_its_size() {
        let limits = Limits::default();
        assert_eq!(allowance(1, &limits), (16 << 20, Bound::Expansion));
        assert_eq!(allowance(1 << 20, &limits), (200 << 20, Bound::Ratio));
        assert_eq!(allowance(64 << 20, &limits), (256 << 20, Bound::Nested));
        assert_eq!(allowance(1 << 30, &limits), (4 << 30, Bound::Nested), "as for the pieces that could be held");
    }
}
