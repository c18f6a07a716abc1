//! Two configurations to findings.

use super::alignment::{Alignment, Containers, Row, by_key_of};
use super::json::compare_documents;
use super::lcs::longest_common;
use super::pairs::{LayerPairs, plain_command};
use crate::finding::{Finding, Kind, Location, Sides};
use crate::image::config::Config;
use crate::image::json::Node;
use crate::limits::Limits;

/// Compares two configurations. Diff IDs follow the layer pairs, history entries the layers that they made, and
/// environment variables their names.
///
/// Where the split into layers differs, the diff IDs of the merged layers are one finding at `/rootfs/diff_ids`.
pub fn compare_configs(original: &Config, rebuild: &Config, layer_pairs: &LayerPairs, limits: &Limits) -> Vec<Finding> {
    let configs = Sides::new(original, rebuild);
    let containers = ConfigLists { configs, layer_pairs };
    compare_documents(&Location::new(Kind::Config), configs.map(|config| &config.document), &containers, limits)
}

struct ConfigLists<'a> {
    configs: Sides<&'a Config>,
    layer_pairs: &'a LayerPairs,
}

impl Containers for ConfigLists<'_> {
    fn align(&self, pointer: &str, elements: Sides<&[Node]>) -> Option<Alignment> {
        match pointer {
            "/config/Env" | "/container_config/Env" => by_key_of(elements, variable_name),
            "/rootfs/diff_ids" => Some(self.layer_pairs.align(elements.map(<[Node]>::len))),
            "/history" => Some(align_history(self.configs, self.layer_pairs)),
            _ => None,
        }
    }
}

/// The name in `NAME=value`.
fn variable_name(node: &Node) -> Option<String> {
    let text = node.as_str()?;
    Some(text.split_once('=').map_or(text, |(name, _)| name).to_owned())
}

/// Matches history entries: those of paired layers with each other, and what is between two of them by command, then in
/// order where the numbers are equal.
fn align_history(configs: Sides<&Config>, layer_pairs: &LayerPairs) -> Alignment {
    let commands = configs.map(|config| {
        let commands = config.history.iter().map(|entry| plain_command(&entry.created_by));
        commands.collect::<Vec<_>>()
    });
    let anchors = layer_pairs.pairs.iter().filter_map(|pair| {
        let entries = configs.zip(pair.layer).map(|(config, layer)| config.history_of_layer(layer?));
        entries.both()
    });
    let ends = commands.as_ref().map(Vec::len);
    let mut rows = Vec::new();
    let mut next = Sides::new(0, 0);
    for anchor in anchors.chain([ends]) {
        between(next, anchor, commands.as_ref().map(Vec::as_slice), &mut rows);
        if anchor != ends {
            rows.push(anchor.map(Some));
        }
        next = anchor.map(|position| position + 1);
    }
    let rows = rows.into_iter().map(|elements| {
        let layer = configs.zip(elements).map(|(config, entry)| config.layer_of_history(entry?));
        Row { layer, ..Row::at(elements) }
    });
    Alignment { rows: rows.collect(), ..Alignment::default() }
}

/// Matches the entries from `from` up to `to`.
fn between(from: Sides<usize>, to: Sides<usize>, commands: Sides<&[&str]>, rows: &mut Vec<Sides<Option<usize>>>) {
    let ranges = from.zip(to);
    let parts = commands.zip(ranges).map(|(commands, (from, to))| commands.get(from..to).unwrap_or_default());
    let mut next = from;
    let equal = longest_common(parts).into_iter().map(|pair| pair.zip(from).map(|(position, from)| position + from));
    for pair in equal.chain([to]) {
        let counts = next.zip(pair).map(|(from, to)| to.saturating_sub(from));
        if counts.same() {
            rows.extend((0..counts.original).map(|step| next.map(|from| Some(from + step))));
        } else {
            rows.extend((next.original..pair.original).map(|entry| Sides::new(Some(entry), None)));
            rows.extend((next.rebuild..pair.rebuild).map(|entry| Sides::new(None, Some(entry))));
        }
        if pair != to {
            rows.push(pair.map(Some));
        }
        next = pair.map(|position| position + 1);
    }
}

#[cfg(test)]
mod tests;
