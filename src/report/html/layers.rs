//! The layers that differ, each with what made it.

use std::io::{self, Write};

use super::{close_table, data, grouped, open_table, text};
use crate::report::text::headline::platform_name;
use crate::report::text::instruction::{instruction, is_matched, written};
use crate::report::text::place::layer_number;
use crate::report::{DifferingLayer, Maybe, Platform, Report};

/// A table for each platform.
pub(super) fn write(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    if report.platforms.iter().all(|platform| platform.layers.is_empty()) {
        return Ok(());
    }
    writeln!(to, "<section>\n<h2 id=\"layers\">Where they differ</h2>")?;
    for (number, platform) in (1..).zip(&report.platforms) {
        write_platform(number, platform, to)?;
    }
    writeln!(to, "</section>")
}

/// What a layer is called: its number, or both.
pub(super) fn label(layer: &DifferingLayer) -> String {
    layer_number(&Maybe { original: layer.original, rebuild: layer.rebuild })
}

fn write_platform(number: usize, platform: &Platform<'_>, to: &mut impl Write) -> io::Result<()> {
    if platform.layers.is_empty() {
        return Ok(());
    }
    let caption = format!("Layers of {} that differ", platform_name(&platform.platform));
    open_table(to, &caption, &["Layer", "#Entries", "#Findings", "#Not accepted", "Instruction"])?;
    for layer in &platform.layers {
        write_layer((number, platform), layer, to)?;
    }
    close_table(to)
}

fn write_layer(
    (number, platform): (usize, &Platform<'_>),
    layer: &DifferingLayer,
    to: &mut impl Write,
) -> io::Result<()> {
    let step = layer.step.as_ref();
    let line = step.map(|step| text(written(step, false).trim_end())).filter(|line| !line.is_empty());
    let matched = if step.is_some_and(is_matched) { " <span class=\"soft\">(matched)</span>" } else { "" };
    let line = line.map(|line| format!("<code>{line}</code>{matched}<br>")).unwrap_or_default();
    let made = step.map(|step| text(&instruction(&step.created_by))).unwrap_or_default();
    let follows = if layer.follows { " <span class=\"soft\">(follows)</span>" } else { "" };
    let tone = if layer.unaccepted > 0 { " bad" } else { "" };
    writeln!(
        to,
        "<tr id=\"{}\"><th scope=\"row\">{}{follows}</th><td class=\"number\">{}</td>\
         <td class=\"number\" data-find=\"{}\">{}</td><td class=\"number{tone}\">{}</td>\
         <td>{line}<code>{made}</code></td></tr>",
        anchor(number, layer),
        text(&label(layer)),
        grouped(layer.entries),
        text(&query(layer, platform)),
        grouped(layer.findings),
        grouped(layer.unaccepted)
    )
}

/// The filter that finds what is in a layer.
fn query(layer: &DifferingLayer, platform: &Platform<'_>) -> String {
    let side = |side: Option<u32>| side.map_or_else(|| "-".to_owned(), |number| number.to_string());
    let number = match layer.original == layer.rebuild {
        true => side(layer.original),
        false => format!("{}/{}", side(layer.original), side(layer.rebuild)),
    };
    format!("layer:{number} {}", data::query("platform", &platform_name(&platform.platform)))
}

/// `layer-3`; the platforms after the first, and layers of the second side alone, are told apart.
fn anchor(number: usize, layer: &DifferingLayer) -> String {
    let platform = if number > 1 { format!("-platform-{number}") } else { String::new() };
    match (layer.original, layer.rebuild) {
        (Some(original), rebuild) if rebuild.is_none_or(|rebuild| rebuild == original) => {
            format!("layer-{original}{platform}")
        }
        (original, rebuild) => {
            let side = |side: Option<u32>| side.map(|number| number.to_string()).unwrap_or_default();
            format!("layer-{}-{}{platform}", side(original), side(rebuild))
        }
    }
}
