//! The report as one HTML file, which opens from disk: no script, no request, the same bytes each time.
//!
//! All that is in it came through [`text`]: names from images are shown, never read as anything. The policy of the page
//! (CSP) allows its own style sheet by hash, and nothing else.

mod causes;
mod findings;
mod ledger;
mod treemap;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::Report;
use super::escape::escape;
use super::model::{Image, Maybe, Platform};
use super::text::headline::{line, platform_name, verdict_name};
use super::text::instruction::{instruction, is_matched, written};
use super::text::number::{count, grouped};
use super::text::place::layer_number;
use super::text::plan;

const STYLE: &str = include_str!("style.css");

/// Writes the page.
///
/// # Errors
/// The writer's own.
pub fn write(report: &Report<'_>, mut to: impl Write) -> io::Result<()> {
    write_head(report, &mut to)?;
    write_identities(report, &mut to)?;
    for platform in &report.platforms {
        ledger::write(platform, &mut to)?;
    }
    write_inputs(report, &mut to)?;
    if report.platforms.iter().any(|platform| !platform.layers.is_empty()) {
        writeln!(to, "<section>\n<h2 id=\"layers\">Where they differ</h2>")?;
        report.platforms.iter().try_for_each(|platform| write_layers(platform, &mut to))?;
        writeln!(to, "</section>")?;
    }
    findings::write_unexplained(report, &mut to)?;
    causes::write_refused(report, &mut to)?;
    findings::write_gaps(report, &mut to)?;
    write_plan(report, &mut to)?;
    causes::write_all(report, &mut to)?;
    causes::write_warnings(report, &mut to)?;
    treemap::write(report, &mut to)?;
    let (tool, policy) = (&report.tool, &report.policy);
    writeln!(
        to,
        "</main>\n<footer class=\"soft\"><p>{} {}, policy <code>{}</code> ({}).</p></footer>\n</body>\n</html>",
        text(&tool.name),
        text(&tool.version),
        text(&policy.name),
        text(&policy.digest)
    )?;
    report.check()
}

/// Text with nothing in it that HTML reads, and nothing that hides or reorders.
fn text(text: &str) -> String {
    let mut safe = String::new();
    for character in escape(text).chars() {
        match character {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Noncharacters, which no page may hold (HTML, section 13.2.3.5).
            '\u{fdd0}'..='\u{fdef}' => safe.push('\u{fffd}'),
            _ if u32::from(character) & 0xfffe == 0xfffe => safe.push('\u{fffd}'),
            _ => safe.push(character),
        }
    }
    safe
}

fn write_head(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    let verdict = verdict_name(report.verdict);
    writeln!(to, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(
        to,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; \
         base-uri 'none'; form-action 'none'\">"
    )?;
    writeln!(to, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(to, "<title>{verdict}: {}</title>", text(&report.original.reference))?;
    writeln!(to, "<style>{STYLE}</style>\n</head>\n<body>\n<header>")?;
    let sentence = line(report);
    let rest = sentence.strip_prefix(verdict).unwrap_or_default();
    writeln!(to, "<h1><span class=\"{verdict}\">{verdict}</span>{}</h1>", text(rest))?;
    write_navigation(report, to)?;
    writeln!(to, "</header>\n<main>")
}

fn write_navigation(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    let has_plan = report.plan.as_ref().is_some_and(|plan| !plan.fixes.is_empty());
    let sections = [
        (!report.inputs.is_empty(), "inputs", "Inputs"),
        (report.platforms.iter().any(|platform| !platform.layers.is_empty()), "layers", "Layers"),
        (report.summary.unexplained > 0, "unexplained", "Unexplained"),
        (causes::is_any_refused(report), "refused", "Not accepted"),
        (report.summary.gaps > 0, "gaps", "Not looked at"),
        (has_plan, "plan", "What to change"),
        (!report.causes.is_empty(), "causes", "Causes"),
        (report.summary.warnings > 0, "warnings", "Worth knowing"),
        (report.summary.findings > 0, "map", "Map"),
    ];
    if sections.iter().all(|(is_there, ..)| !is_there) {
        return Ok(());
    }
    writeln!(to, "<nav aria-label=\"Sections\"><ul>")?;
    for (_, id, name) in sections.iter().filter(|(is_there, ..)| *is_there) {
        writeln!(to, "<li><a href=\"#{id}\">{name}</a></li>")?;
    }
    writeln!(to, "</ul></nav>")
}

fn write_identities(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    writeln!(to, "<section aria-label=\"Images\">\n<dl>")?;
    for (label, image) in [("original", &report.original), ("rebuild", &report.rebuild)] {
        writeln!(to, "<dt>{label}</dt><dd>{}</dd>", identity(image))?;
    }
    for platform in &report.platforms {
        let verdict = verdict_name(platform.verdict);
        writeln!(
            to,
            "<dt>platform</dt><dd>{}: <span class=\"{verdict}\">{verdict}</span>, rung {}</dd>",
            text(&platform_name(&platform.platform)),
            platform.rung.name()
        )?;
        if let Some(digests) = &platform.canonical_digest {
            writeln!(
                to,
                "<dt>canonical</dt><dd><code>{}</code> (original)<br><code>{}</code> (rebuild)</dd>",
                text(&digests.original),
                text(&digests.rebuild)
            )?;
        }
    }
    writeln!(to, "</dl>\n</section>")
}

fn identity(image: &Image) -> String {
    let mut all = format!("<code>{}</code>", text(&image.reference));
    if let Some(digest) = &image.digest {
        all.push_str(&format!("<br><code>{}</code>", text(digest)));
    }
    let builder = image.builder.as_ref().map(|builder| match &builder.version {
        Some(version) => format!("{} {version}", builder.name),
        None => builder.name.clone(),
    });
    let facts: Vec<String> = builder.into_iter().chain(image.created.clone()).map(|fact| text(&fact)).collect();
    if !facts.is_empty() {
        all.push_str(&format!("<br><span class=\"soft\">{}</span>", facts.join(", ")));
    }
    all
}

fn write_inputs(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    if report.inputs.is_empty() {
        return Ok(());
    }
    writeln!(to, "<section>\n<h2 id=\"inputs\">Other inputs</h2>")?;
    open_table(to, "Inputs of the builds that differ", &["Input", "Original", "Rebuild", "#Findings"])?;
    for input in &report.inputs {
        let side = |side: &Option<String>| side.as_deref().map(text).unwrap_or_default();
        writeln!(
            to,
            "<tr><th scope=\"row\">{}</th><td><code>{}</code></td><td><code>{}</code></td><td class=\"number\">{}</td></tr>",
            text(&input.name),
            side(&input.original),
            side(&input.rebuild),
            grouped(input.findings)
        )?;
    }
    close_table(to)?;
    writeln!(to, "</section>")
}

/// Opens a table that scrolls by itself where it is too wide; columns that begin with `#` hold numbers.
fn open_table(to: &mut impl Write, caption: &str, columns: &[&str]) -> io::Result<()> {
    let caption = text(caption);
    writeln!(to, "<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\"><table>")?;
    write!(to, "<caption>{caption}</caption>\n<thead><tr>")?;
    for column in columns {
        match column.strip_prefix('#') {
            Some(column) => write!(to, "<th scope=\"col\" class=\"number\">{column}</th>")?,
            None => write!(to, "<th scope=\"col\">{column}</th>")?,
        }
    }
    writeln!(to, "</tr></thead>\n<tbody>")
}

fn close_table(to: &mut impl Write) -> io::Result<()> {
    writeln!(to, "</tbody>\n</table></div>")
}

fn write_layers(platform: &Platform<'_>, to: &mut impl Write) -> io::Result<()> {
    if platform.layers.is_empty() {
        return Ok(());
    }
    let name = platform_name(&platform.platform);
    let caption = format!("Layers of {name} that differ");
    open_table(to, &caption, &["Layer", "#Entries", "#Findings", "#Not accepted", "Instruction"])?;
    for layer in &platform.layers {
        let number = layer_number(&Maybe { original: layer.original, rebuild: layer.rebuild });
        let step = layer.step.as_ref();
        let line = step.map(|step| text(written(step, false).trim_end())).filter(|line| !line.is_empty());
        let matched = if step.is_some_and(is_matched) { " <span class=\"soft\">(matched)</span>" } else { "" };
        let line = line.map(|line| format!("<code>{line}</code>{matched}<br>")).unwrap_or_default();
        let made = step.map(|step| text(&instruction(&step.created_by))).unwrap_or_default();
        let follows = if layer.follows { " <span class=\"soft\">(follows)</span>" } else { "" };
        writeln!(
            to,
            "<tr><th scope=\"row\">{}{follows}</th><td class=\"number\">{}</td><td class=\"number\">{}</td>\
             <td class=\"number\">{}</td><td>{line}<code>{made}</code></td></tr>",
            text(&number),
            grouped(layer.entries),
            grouped(layer.findings),
            grouped(layer.unaccepted)
        )?;
    }
    close_table(to)
}

fn write_plan(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    let Some(plan) = report.plan.as_ref().filter(|plan| !plan.fixes.is_empty()) else { return Ok(()) };
    let changes = plan::changes(plan);
    writeln!(to, "<section>\n<h2 id=\"plan\">{}</h2>", text(&plan::heading(plan, changes.len())))?;
    writeln!(to, "<ol class=\"plan\">")?;
    for change in &changes {
        let details = plan::details(change, &changes)
            .map(|details| format!("<br><span class=\"soft\">{}</span>", text(&details)));
        writeln!(to, "<li>{}{}</li>", text(&plan::text(change)), details.unwrap_or_default())?;
    }
    writeln!(to, "</ol>")?;
    if plan.left.findings > 0 {
        writeln!(to, "<p class=\"mild\">No change is known for {}.</p>", count(plan.left.findings, "finding"))?;
    }
    writeln!(to, "</section>")
}
