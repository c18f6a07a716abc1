//! Where the images differ: a line for each layer, with the instruction that made it.

use std::io;

use unicode_width::UnicodeWidthStr as _;

use super::canvas::{Canvas, pad};
use super::headline::platform_name;
use super::instruction::{instruction, is_matched, written};
use super::number::count;
use super::place::layer_number;
use super::style::Tone;
use crate::dockerfile::Keyword;
use crate::report::{DifferingLayer, Maybe, Platform, Report};

/// Layers that are shown of a platform.
const MOST: usize = 12;

/// The fewest columns for an instruction and where it stands: with less they go into a line of their own.
const NARROW: usize = 24;

/// The fewest for the instruction itself.
const INSTRUCTION: usize = 12;

/// The layers that differ, of each platform.
pub(super) fn write(report: &Report, all: bool, canvas: &mut Canvas<'_>) -> io::Result<()> {
    for platform in report.platforms.iter().filter(|platform| !platform.layers.is_empty()) {
        let name =
            if report.platforms.len() > 1 { format!(": {}", platform_name(&platform.platform)) } else { String::new() };
        let matched = platform.layers.iter().any(|layer| layer.step.as_ref().is_some_and(is_matched));
        // How sure the lines are.
        let matched = if matched { " (lines matched by the images' history)" } else { "" };
        canvas.heading(&format!("Where they differ{name}{matched}"))?;
        write_layers(platform, all, canvas)?;
    }
    Ok(())
}

fn write_layers(platform: &Platform, all: bool, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let shown = if all { usize::MAX } else { MOST };
    let first = platform.layers.iter().position(|layer| !layer.follows);
    let rows: Vec<(String, String, &DifferingLayer)> = platform
        .layers
        .iter()
        .enumerate()
        .take(shown)
        .map(|(position, layer)| (name(layer), numbers(layer, first == Some(position)), layer))
        .collect();
    let widest =
        |column: fn(&(String, String, &DifferingLayer)) -> usize| rows.iter().map(column).max().unwrap_or(0) + 2;
    let (names, counts) = (widest(|row| row.0.chars().count()), widest(|row| row.1.chars().count()));
    for (name, numbers, layer) in &rows {
        let line = layer.step.as_ref().map(|step| written(step, false)).unwrap_or_default();
        let instruction = layer.step.as_ref().map(|step| maker(&step.created_by)).unwrap_or_default();
        let tone = if layer.unaccepted > 0 { Tone::Caution } else { Tone::Faint };
        let room = canvas.width.saturating_sub(2 + names + counts);
        let is_narrow = room < NARROW && !(line.is_empty() && instruction.is_empty());
        let name = pad(name, names);
        if is_narrow {
            canvas.line(2, &[(Tone::Plain, &name), (tone, numbers)])?;
            let line = fitted(&line, canvas.width.saturating_sub(4));
            canvas.line(4, &[(Tone::Name, line), (Tone::Plain, &instruction)])?;
            continue;
        }
        let (numbers, line) = (pad(numbers, counts), fitted(&line, room));
        canvas.line(2, &[(Tone::Plain, &name), (tone, &numbers), (Tone::Name, line), (Tone::Plain, &instruction)])?;
    }
    match platform.layers.len().saturating_sub(shown) {
        0 => Ok(()),
        more => canvas.line(2, &[(Tone::Faint, &format!("and {}", count(more as u64, "more layer")))]),
    }
}

/// Where an instruction stands, without folders if it and some of the instruction would not fit: the number must not be cut off.
fn fitted(line: &str, room: usize) -> &str {
    match line.rsplit_once('/') {
        Some((_, file)) if line.width() + INSTRUCTION > room => file,
        _ => line,
    }
}

/// The instruction that made a layer. One that makes no files ends a layer that several made.
fn maker(created_by: &str) -> String {
    let last = instruction(created_by);
    let keyword = Keyword::of(last.split(' ').next().unwrap_or_default());
    match keyword != Keyword::Other && !keyword.writes_files() {
        true => format!("several instructions, the last of them {last}"),
        false => last,
    }
}

fn name(layer: &DifferingLayer) -> String {
    format!("layer {}", layer_number(&Maybe { original: layer.original, rebuild: layer.rebuild }))
}

/// How much of it differs, and what that is to the rest.
fn numbers(layer: &DifferingLayer, is_first: bool) -> String {
    let much = match layer.entries {
        0 => count(layer.findings, "finding"),
        entries => count(entries, "entry"),
    };
    match layer.follows {
        true => format!("{much}, follows"),
        false if is_first => format!("{much}, the first"),
        false => much,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_go_before_the_number_of_a_line_does() {
        let line = "scripts/pairs/base/Dockerfile:4  ";
        assert_eq!(fitted(line, 60), line);
        assert_eq!(fitted(line, 30), "Dockerfile:4  ");
        assert_eq!(fitted("Dockerfile:4  ", 10), "Dockerfile:4  ");
    }
}
