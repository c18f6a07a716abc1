//! Longest common subsequences that do not depend on which side is which.

use crate::finding::Sides;

/// Cells of the table beyond which no subsequence is looked for outside the common start and end.
const CELLS: usize = 16 << 20;

/// Positions of a longest common subsequence, in order.
///
/// Among several, the choice is the same when the sides are swapped: the work is always done with the smaller sequence
/// first.
pub(super) fn longest_common<T: Ord>(sequences: Sides<&[T]>) -> Vec<Sides<usize>> {
    if sequences.original > sequences.rebuild {
        return longest_common(sequences.swapped()).into_iter().map(Sides::swapped).collect();
    }
    let Sides { original, rebuild } = sequences;
    let start = original.iter().zip(rebuild).take_while(|(o, r)| o == r).count();
    let (original, rebuild) = (&original[start..], &rebuild[start..]);
    let end = original.iter().rev().zip(rebuild.iter().rev()).take_while(|(o, r)| o == r).count();
    let middle = Sides::new(&original[..original.len() - end], &rebuild[..rebuild.len() - end]);

    let mut pairs: Vec<Sides<usize>> = (0..start).map(|position| Sides::new(position, position)).collect();
    pairs.extend(table(middle).into_iter().map(|pair| pair.map(|position| position + start)));
    let ends = Sides::new(start + middle.original.len(), start + middle.rebuild.len());
    pairs.extend((0..end).map(|position| ends.map(|end| end + position)));
    pairs
}

/// The textbook table: cell (i, j) is the length for the tails from i and j.
fn table<T: Eq>(sequences: Sides<&[T]>) -> Vec<Sides<usize>> {
    let Sides { original, rebuild } = sequences;
    let width = rebuild.len() + 1;
    if original.is_empty() || rebuild.is_empty() || (original.len() + 1).saturating_mul(width) > CELLS {
        return Vec::new();
    }
    let mut lengths = vec![0_u32; (original.len() + 1) * width];
    for (i, o) in original.iter().enumerate().rev() {
        for (j, r) in rebuild.iter().enumerate().rev() {
            lengths[i * width + j] = if o == r {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let mut pairs = Vec::new();
    let (mut i, mut j) = (0, 0);
    while let (Some(o), Some(r)) = (original.get(i), rebuild.get(j)) {
        if o == r {
            pairs.push(Sides::new(i, j));
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn common(original: &[u8], rebuild: &[u8]) -> Vec<(usize, usize)> {
        longest_common(Sides::new(original, rebuild)).into_iter().map(|pair| (pair.original, pair.rebuild)).collect()
    }

    #[test]
    fn finds_the_longest() {
        assert_eq!(common(b"xabyc", b"abzc").len(), 3);
        assert_eq!(common(b"abc", b"abc"), [(0, 0), (1, 1), (2, 2)]);
        assert_eq!(common(b"ab", b"cd"), []);
    }

    proptest! {
        #[test]
        fn is_a_subsequence_and_symmetric(
            original in prop::collection::vec(0_u8..4, 0..12),
            rebuild in prop::collection::vec(0_u8..4, 0..12),
        ) {
            let pairs = common(&original, &rebuild);
            prop_assert!(pairs.iter().all(|(i, j)| original[*i] == rebuild[*j]));
            prop_assert!(pairs.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1));
            let swapped: Vec<_> = common(&rebuild, &original).into_iter().map(|(i, j)| (j, i)).collect();
            prop_assert_eq!(pairs, swapped);
        }
    }
}
