//! Which layers of two images belong together.

use std::collections::BTreeSet;
use std::ops::Range;

use super::alignment::{Alignment, Row};
use super::lcs::longest_common;
use crate::digest::Digest;
use crate::finding::{Side, Sides};
use crate::image::config::Config;

/// Two layers that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerPair {
    /// Indexes counted from 0 at the base.
    pub layer: Sides<Option<u32>>,
}

/// How the layers of two images belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LayerPairs {
    /// The pairs, base first.
    pub pairs: Vec<LayerPair>,
    /// Where the same content is split into layers in another way: on each side the layers between the equal ones at
    /// the base and the equal ones at the top, none of which is in `pairs`. One of the ranges may be empty.
    pub merged: Option<Sides<Range<u32>>>,
}

/// Pairs layers by their diff IDs, base first.
///
/// Equal diff IDs anchor the pairing. Between two anchors equal numbers of layers pair in order. Where the numbers
/// differ anywhere, no pairing can be right for all: then only the equal layers at the base and at the top are pairs,
/// and what is between is merged.
pub fn pair_layers(diff_ids: Sides<&[Digest]>) -> LayerPairs {
    let anchors = longest_common(diff_ids);
    let lengths = diff_ids.map(<[Digest]>::len);
    let mut pairs = Vec::new();
    let mut next = Sides::new(0, 0);
    for anchor in anchors.into_iter().chain([lengths]) {
        let gap = next.zip(anchor).map(|(from, to)| to - from);
        if !gap.same() {
            return merged(diff_ids);
        }
        // The anchor itself is a pair; the end of both lists is no layer.
        let count = gap.original + usize::from(anchor != lengths);
        pairs.extend((0..count).map(|step| pair(next.map(|from| from + step))));
        next = anchor.map(|position| position + 1);
    }
    LayerPairs { pairs, merged: None }
}

/// Pairs the layers of two images by their diff IDs and their history, base first.
///
/// Like [`pair_layers`], but where layers that pair by order were made by each other's steps, the steps were exchanged:
/// then no pairing in order is right, and what is between the equal layers at the base and at the top is merged.
pub fn pair_images(configs: Sides<&Config>) -> LayerPairs {
    let diff_ids = configs.map(|config| &config.diff_ids[..]);
    let paired = pair_layers(diff_ids);
    if exchanged(configs, &paired) { merged(diff_ids) } else { paired }
}

/// Whether a step made one layer here and another one there, among the pairs whose steps differ.
fn exchanged(configs: Sides<&Config>, paired: &LayerPairs) -> bool {
    let steps = paired
        .pairs
        .iter()
        .filter_map(|pair| pair.layer.both())
        .map(|layer| configs.zip(layer).map(|(config, layer)| plain_command(config.command_of_layer(layer))));
    let differing: Vec<Sides<&str>> =
        steps.filter(|steps| !steps.same() && !steps.original.is_empty() && !steps.rebuild.is_empty()).collect();
    let originals: BTreeSet<&str> = differing.iter().map(|steps| steps.original).collect();
    differing.iter().any(|steps| originals.contains(steps.rebuild))
}

fn merged(diff_ids: Sides<&[Digest]>) -> LayerPairs {
    let Sides { original, rebuild } = diff_ids;
    let shorter = original.len().min(rebuild.len());
    let base = original.iter().zip(rebuild).take_while(|(o, r)| o == r).count();
    let same_at_top = original.iter().rev().zip(rebuild.iter().rev()).take_while(|(o, r)| o == r).count();
    let top = same_at_top.min(shorter - base);
    let ends = diff_ids.map(|ids| ids.len() - top);
    let pairs = (0..base).map(|layer| pair(Sides::new(layer, layer)));
    let pairs = pairs.chain((0..top).map(|step| pair(ends.map(|end| end + step))));
    LayerPairs { pairs: pairs.collect(), merged: Some(ends.map(|end| index(base)..index(end))) }
}

fn pair(layers: Sides<usize>) -> LayerPair {
    LayerPair { layer: layers.map(|layer| Some(index(layer))) }
}

/// A layer's index; the limits table keeps it far below the end of the type.
fn index(layer: usize) -> u32 {
    u32::try_from(layer).unwrap_or(u32::MAX)
}

impl LayerPairs {
    /// The alignment of two arrays that hold one element per layer.
    ///
    /// Elements that belong to no layer, in documents that contradict each other, are matched by position.
    pub fn align(&self, lengths: Sides<usize>) -> Alignment {
        let mut free = lengths.map(|length| vec![true; length]);
        let mut alignment = Alignment::default();
        if let Some(ranges) = &self.merged {
            let ranges = ranges.as_ref().zip(lengths).map(|(range, length)| {
                let position = |layer: u32| usize::try_from(layer).unwrap_or(length).min(length);
                position(range.start)..position(range.end)
            });
            for side in Side::BOTH {
                free.get_mut(side).get_mut(ranges.get(side).clone()).unwrap_or_default().fill(false);
            }
            alignment.merged = Some(ranges);
        }
        for pair in &self.pairs {
            let elements = Sides::from_fn(|side| {
                let position = usize::try_from((*pair.layer.get(side))?).ok()?;
                take_free(free.get_mut(side), position).then_some(position)
            });
            if elements != Sides::default() {
                alignment.rows.push(Row { layer: pair.layer, ..Row::at(elements) });
            }
        }
        for position in 0..lengths.original.max(lengths.rebuild) {
            let elements = Sides::from_fn(|side| take_free(free.get_mut(side), position).then_some(position));
            if elements != Sides::default() {
                alignment.rows.push(Row::at(elements));
            }
        }
        alignment
    }
}

/// Whether the position was free; it no longer is.
fn take_free(free: &mut [bool], position: usize) -> bool {
    free.get_mut(position).is_some_and(std::mem::take)
}

/// A history command without what builders put around it: `/bin/sh -c`, `#(nop)`, `RUN`, `# buildkit`, and the build
/// arguments that are written in front (`|2 KEY=value KEY=value /bin/sh -c …`).
pub fn plain_command(command: &str) -> &str {
    let command = command.trim().trim_end_matches("# buildkit").trim_end();
    let command = command.strip_prefix("RUN ").unwrap_or(command);
    let command = match command.starts_with('|') {
        true => command.find("/bin/sh -c ").and_then(|at| command.get(at..)).unwrap_or(command),
        false => command,
    };
    let command = command.strip_prefix("/bin/sh -c ").unwrap_or(command).trim_start();
    command.strip_prefix("#(nop) ").unwrap_or(command).trim_start()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ids(names: &str) -> Vec<Digest> {
        names.bytes().map(|name| Digest::of(&[name])).collect()
    }

    fn pairs_of(original: &str, rebuild: &str) -> LayerPairs {
        pair_layers(Sides::new(&ids(original), &ids(rebuild)))
    }

    fn layers(pairs: &LayerPairs) -> Vec<(u32, u32)> {
        pairs.pairs.iter().filter_map(|pair| pair.layer.both()).map(|pair| (pair.original, pair.rebuild)).collect()
    }

    fn config(layers: &[(&str, &str)]) -> Config {
        let diff_ids: Vec<String> =
            layers.iter().map(|(content, _)| Digest::of(content.as_bytes()).to_string()).collect();
        let history: Vec<_> = layers.iter().map(|(_, step)| serde_json::json!({ "created_by": step })).collect();
        let json = serde_json::json!({ "rootfs": { "diff_ids": diff_ids }, "history": history }).to_string();
        let limits = crate::limits::Limits::default();
        let document = crate::image::json::Document::parse(json.into_bytes().into(), &limits).unwrap();
        Config::read(document, &limits).unwrap()
    }

    #[test]
    fn exchanged_steps_do_not_pair() {
        let original = config(&[("base", "ADD base"), ("a", "RUN one"), ("b", "RUN two")]);
        let reworded = config(&[("base", "ADD base"), ("x", "RUN one # buildkit"), ("y", "RUN other")]);
        let exchanged = config(&[("base", "ADD base"), ("y", "RUN two"), ("x", "RUN one")]);
        assert_eq!(layers(&pair_images(Sides::new(&original, &reworded))), [(0, 0), (1, 1), (2, 2)]);
        for configs in [Sides::new(&original, &exchanged), Sides::new(&exchanged, &original)] {
            let pairs = pair_images(configs);
            assert_eq!(layers(&pairs), [(0, 0)]);
            assert_eq!(pairs.merged, Some(Sides::new(1..3, 1..3)));
        }
    }

    #[test]
    fn equal_numbers_pair_in_order() {
        for (original, rebuild) in [("abc", "abc"), ("abc", "axc"), ("abc", "xyz"), ("abc", "xbz")] {
            let pairs = pairs_of(original, rebuild);
            assert_eq!((layers(&pairs), pairs.merged), (vec![(0, 0), (1, 1), (2, 2)], None), "{original} {rebuild}");
        }
        assert_eq!(pairs_of("", ""), LayerPairs::default());
    }

    #[test]
    fn another_split_leaves_the_equal_ends() {
        let pairs = pairs_of("abcde", "abxe");
        assert_eq!(layers(&pairs), [(0, 0), (1, 1), (4, 3)]);
        assert_eq!(pairs.merged, Some(Sides::new(2..4, 2..3)));
        assert_eq!(pairs_of("a", "ab").merged, Some(Sides::new(1..1, 1..2)));
        assert_eq!(pairs_of("ee", "eee").merged, Some(Sides::new(2..2, 2..3)));
        assert_eq!(pairs_of("xab", "aby").merged, Some(Sides::new(0..3, 0..3)));
    }

    #[test]
    fn contradicting_documents_lose_no_element() {
        let alignment = pairs_of("abc", "abd").align(Sides::new(2, 5));
        let elements: Vec<_> = alignment.rows.iter().map(|row| (row.elements.original, row.elements.rebuild)).collect();
        assert_eq!(
            elements,
            [(Some(0), Some(0)), (Some(1), Some(1)), (None, Some(2)), (None, Some(3)), (None, Some(4)),]
        );
    }

    #[test]
    fn commands_are_freed_of_what_builders_add() {
        for command in [
            "/bin/sh -c apt-get update",
            "RUN /bin/sh -c apt-get update # buildkit",
            "|1 A=b /bin/sh -c apt-get update",
            "RUN |2 A=b c D=e /bin/sh -c apt-get update # buildkit",
            "apt-get update",
        ] {
            assert_eq!(plain_command(command), "apt-get update", "{command}");
        }
        assert_eq!(plain_command("/bin/sh -c #(nop)  CMD [\"sh\"]"), plain_command("CMD [\"sh\"]"));
    }

    proptest! {
        #[test]
        fn every_layer_is_in_one_place_and_sides_can_be_swapped(original in "[a-d]{0,7}", rebuild in "[a-d]{0,7}") {
            let pairs = pairs_of(&original, &rebuild);
            let swapped = pairs_of(&rebuild, &original);
            prop_assert_eq!(
                layers(&pairs).into_iter().map(|(o, r)| (r, o)).collect::<Vec<_>>(), layers(&swapped)
            );
            prop_assert_eq!(pairs.merged.clone().map(Sides::swapped), swapped.merged);
            let merged = pairs.merged.clone().unwrap_or_default();
            for (side, names) in [(Side::Original, &original), (Side::Rebuild, &rebuild)] {
                let mut places: Vec<u32> = pairs.pairs.iter().filter_map(|pair| *pair.layer.get(side)).collect();
                places.extend(merged.get(side).clone());
                places.sort_unstable();
                prop_assert_eq!(places, (0..).take(names.len()).collect::<Vec<u32>>());
            }
        }
    }
}
