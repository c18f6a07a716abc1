//! What was found, for people.

use std::io::{self, Write};

use super::fixes;
use super::image::{ImageHazard, ImageLint};
use super::rule::Rule;
use super::{CASES, Hazard, Lint, RULES};
use crate::causes::Severity;
use crate::report::escape::escape;
use crate::report::fix_text;
use crate::report::text::{Style, Tone};

/// Columns of the words at fault: commands may be long.
const WORDS: usize = 100;

/// How it is written.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Plain or colored.
    pub style: Style,
    /// Also what is suppressed.
    pub verbose: bool,
}

/// Writes what was found in the file of this path.
///
/// # Errors
/// The writer's own.
pub fn write(path: &str, lint: &Lint, options: &Options, to: &mut dyn Write) -> io::Result<()> {
    let path = escape(path);
    for hazard in &lint.hazards {
        head(&path, hazard, options.style, to)?;
        writeln!(to, "  why  {}", hazard.case.why)?;
        writeln!(to, "  fix  {}", hazard.fix())?;
        if let Some(practice) = hazard.case.rule.practice {
            writeln!(to, "  aim  {}", practice.words())?;
        }
        writeln!(to)?;
    }
    for (hazard, reason) in lint.suppressed.iter().filter(|_| options.verbose) {
        head(&path, hazard, options.style, to)?;
        writeln!(to, "  suppressed: {}", escape(reason))?;
        writeln!(to)?;
    }
    for refused in &lint.refused {
        let wrong = format!("{} [{}]", refused.wrong, refused.wrong.code());
        writeln!(to, "{path}:{}: {} {}", refused.line, options.style.paint(Tone::Bad, "error:"), escape(&wrong))?;
    }
    for (line, rules) in &lint.unused {
        writeln!(to, "{path}:{line}: suppresses nothing: {}", escape(&rules.join(", ")))?;
    }
    writeln!(to, "{path}: {}", options.style.paint(Tone::Strong, &summary(lint)))
}

/// Writes what was found in the image of this reference.
///
/// # Errors
/// The writer's own.
pub fn write_image(reference: &str, lint: &ImageLint, style: Style, to: &mut dyn Write) -> io::Result<()> {
    let reference = escape(reference);
    for hazard in &lint.hazards {
        let (id, severity) = (style.paint(Tone::Name, hazard.rule), severity(hazard.severity));
        writeln!(to, "{reference} ({}): {id}, {severity}: {}", escape(&hazard.platform), hazard.title)?;
        writeln!(to, "  {}", style.paint(Tone::Strong, &escape(&places(hazard))))?;
        if let Some(detail) = &hazard.detail {
            writeln!(to, "  why  {}", escape(detail))?;
        }
        writeln!(to, "  fix  {}", hazard.fix)?;
        writeln!(to)?;
    }
    writeln!(to, "{reference}: {}", style.paint(Tone::Strong, &summary_of_image(lint)))
}

/// The first place of a hazard, and how many there are more.
pub(super) fn places(hazard: &ImageHazard) -> String {
    let more = if hazard.count > 1 { format!(" and {} more", hazard.count - 1) } else { String::new() };
    format!("{}{more}", shortened(&hazard.place))
}

/// All that was looked at and how much was found there, in one line.
pub(super) fn verdict(file: Option<(&str, &Lint)>, image: Option<(&str, &ImageLint)>) -> String {
    let file = file.map(|(path, lint)| format!("{path}: {}", summary(lint)));
    let image = image.map(|(reference, lint)| format!("{reference}: {}", summary_of_image(lint)));
    let said: Vec<String> = file.into_iter().chain(image).collect();
    escape(&said.join("; ")).into_owned()
}

pub(super) fn summary_of_image(lint: &ImageLint) -> String {
    let said = match lint.hazards.len() {
        0 => "no hazard found".to_owned(),
        1 => "1 hazard".to_owned(),
        found => format!("{found} hazards"),
    };
    match lint.gaps.len() {
        0 => said,
        1 => format!("{said}, and 1 place that could not be looked at"),
        gaps => format!("{said}, and {gaps} places that could not be looked at"),
    }
}

fn head(path: &str, hazard: &Hazard, style: Style, to: &mut dyn Write) -> io::Result<()> {
    let rule = hazard.case.rule;
    let stage = hazard.stage.as_deref().map(|stage| format!(" (stage {})", escape(stage))).unwrap_or_default();
    let tone = match rule.severity {
        Severity::Security => Tone::Bad,
        Severity::Behavioural => Tone::Caution,
        Severity::Cosmetic => Tone::Plain,
    };
    let (id, severity) = (style.paint(Tone::Name, rule.id), style.paint(tone, severity(rule.severity)));
    writeln!(to, "{path}:{}{stage}: {id}, {severity}: {}", hazard.line, rule.title)?;
    writeln!(to, "  {}", style.paint(Tone::Strong, &shortened(&escape(&hazard.words))))
}

fn summary(lint: &Lint) -> String {
    let count = |count: usize, one: &str, more: &str| format!("{count} {}", if count == 1 { one } else { more });
    let mut said = match lint.hazards.len() {
        0 => "no hazard found".to_owned(),
        found => count(found, "hazard", "hazards"),
    };
    if !lint.suppressed.is_empty() {
        said.push_str(&format!(", {} suppressed", lint.suppressed.len()));
    }
    if !lint.refused.is_empty() {
        said.push_str(", ");
        said.push_str(&count(lint.refused.len(), "error in suppressions", "errors in suppressions"));
    }
    said
}

pub(super) const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Cosmetic => "cosmetic",
        Severity::Behavioural => "behavioural",
        Severity::Security => "security",
    }
}

pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(WORDS) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// Lists the rules, one in a line.
///
/// # Errors
/// The writer's own.
pub fn rules(style: Style, to: &mut dyn Write) -> io::Result<()> {
    let column = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in RULES {
        let pad = " ".repeat(column - rule.id.len());
        writeln!(to, "{}{pad}  {:11}  {}", style.paint(Tone::Name, rule.id), severity(rule.severity), rule.title)?;
    }
    Ok(())
}

/// The table of rules in `docs/lint.md`.
pub fn table() -> String {
    let mut table = "| Rule | Severity | What is wrong | Practice |\n| --- | --- | --- | --- |\n".to_owned();
    for rule in RULES {
        let practice = rule.practice.map_or("", super::Practice::words);
        table.push_str(&format!("| `{}` | {} | {} | {practice} |\n", rule.id, severity(rule.severity), rule.title));
    }
    table.push('\n');
    for rule in RULES {
        table.push_str(&section(rule));
    }
    table
}

fn section(rule: &'static Rule) -> String {
    let mut section = format!("### {}\n\n", rule.id);
    for case in CASES.iter().filter(|case| case.rule == rule) {
        // Patterns of a shell are no emphasis.
        let fix = fixes::find(case.fix).map(fix_text).unwrap_or_default().replace('*', "\\*");
        section.push_str(&format!("- {}. Fix (`{}`): {fix}.\n", capitalized(case.why), case.fix));
    }
    section.push('\n');
    section
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
