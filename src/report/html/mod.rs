//! The report as one HTML file, which opens from disk: no request, the same bytes each time, and all but the whole list of
//! findings readable without its script.
//!
//! All that is in it came through [`text`], or through [`plain`] where the script reads it, which only ever makes text of
//! it: names from images are shown, never read as anything. The policy of the page (CSP) allows its own style sheet and
//! its own script by their hashes, and nothing else.

mod causes;
mod data;
mod findings;
mod layers;
mod ledger;
mod plan;
mod treemap;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::Report;
use super::escape::escape;
use super::model::Image;
use super::text::headline::{line, platform_name, verdict_name};
use super::text::number::grouped;

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
    layers::write(report, &mut to)?;
    findings::write_unexplained(report, &mut to)?;
    causes::write_refused(report, &mut to)?;
    findings::write_gaps(report, &mut to)?;
    plan::write(report, &mut to)?;
    causes::write_all(report, &mut to)?;
    causes::write_warnings(report, &mut to)?;
    treemap::write(report, &mut to)?;
    data::write_section(report, &mut to)?;
    let (tool, policy) = (&report.tool, &report.policy);
    writeln!(
        to,
        "</main>\n<footer class=\"soft\"><p>{} {}, policy <code>{}</code> ({}).</p></footer>",
        text(&tool.name),
        text(&tool.version),
        text(&policy.name),
        text(&policy.digest)
    )?;
    data::write(report, &mut to)?;
    writeln!(to, "</body>\n</html>")?;
    report.check()
}

/// Text with nothing in it that HTML reads, and nothing that hides or reorders.
fn text(text: &str) -> String {
    let mut safe = String::new();
    for character in plain(text).chars() {
        match character {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(character),
        }
    }
    safe
}

/// Text with nothing in it that hides or reorders, for where nothing is read as HTML. No control character is left.
fn plain(text: &str) -> String {
    let shown = |character: char| match character {
        // Noncharacters, which no page may hold (HTML, section 13.2.3.5).
        '\u{fdd0}'..='\u{fdef}' => '\u{fffd}',
        _ if u32::from(character) & 0xfffe == 0xfffe => '\u{fffd}',
        _ => character,
    };
    escape(text).chars().map(shown).collect()
}

fn write_head(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    let script = match data::script(report) {
        Some(script) => format!(" script-src '{}';", hash(script)),
        None => String::new(),
    };
    let verdict = verdict_name(report.verdict);
    writeln!(to, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(
        to,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}';{script} \
         base-uri 'none'; form-action 'none'\">",
        hash(STYLE)
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

/// What the policy of the page allows a style sheet or a script by (CSP, section 2.3.1).
fn hash(source: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(source)))
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
        (report.summary.findings > 0, "findings", "All findings"),
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
