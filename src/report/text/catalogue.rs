//! The catalogue of causes for people: the list, and the page of one.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Options;
use super::canvas::{Canvas, pad};
use super::cause::severity;
use super::style::Tone;
use crate::causes::{Builder, Cause, Proof, Severity, by_group};
use crate::report::fixes;

/// Writes the causes by group, one line for each: id, severity, kind of claim, title.
///
/// # Errors
/// The writer's own.
pub fn list(groups: &BTreeMap<&str, Vec<&Cause>>, options: &Options, mut to: impl Write) -> io::Result<()> {
    let mut canvas = Canvas::new(&mut to, options.style, options.width);
    let column = groups.values().flatten().map(|cause| cause.id.len()).max().unwrap_or(0) + 2;
    for (number, (group, causes)) in groups.iter().enumerate() {
        if number > 0 {
            canvas.gap()?;
        }
        canvas.line(0, &[(Tone::Strong, group)])?;
        causes.iter().try_for_each(|cause| line(cause, column, &mut canvas))?;
    }
    Ok(())
}

fn line(cause: &Cause, column: usize, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let id = pad(cause.id, column);
    let severity_text = pad(severity(cause.severity), 13);
    let claim = pad(proof(&cause.proof), 12);
    let (tone, title) = (severity_tone(cause.severity), (Tone::Plain, cause.title));
    canvas.line(2, &[(Tone::Name, &id), (tone, &severity_text), (Tone::Faint, &claim), title])
}

/// The causes whose id, title or page has a word in it, in capitals or not, by group.
pub fn search(word: &str) -> BTreeMap<&'static str, Vec<&'static Cause>> {
    let word = word.to_lowercase();
    let has_word = |cause: &Cause| {
        cause.id.contains(&word)
            || cause.title.to_lowercase().contains(&word)
            || blocks(cause.source).iter().any(|block| block.to_lowercase().contains(&word))
    };
    let mut groups = by_group();
    groups.values_mut().for_each(|causes| causes.retain(|cause| has_word(cause)));
    groups.retain(|_, causes| !causes.is_empty());
    groups
}

/// Writes the page of one cause: the documentation of its module, and what to change for each builder.
///
/// # Errors
/// The writer's own.
pub fn page(cause: &Cause, options: &Options, mut to: impl Write) -> io::Result<()> {
    let mut canvas = Canvas::new(&mut to, options.style, options.width);
    canvas.line(0, &[(Tone::Strong, cause.title)])?;
    let kind = format!("  {}, {}", severity(cause.severity), proof(&cause.proof));
    canvas.line(0, &[(Tone::Name, cause.id), (Tone::Faint, &kind)])?;
    for block in blocks(cause.source) {
        match block.trim_start_matches('#').trim() {
            heading if block.starts_with('#') => canvas.heading(heading)?,
            // Lists and code keep their lines.
            _ if block.starts_with(['-', '*', '|', ' ', '`']) => {
                for line in block.lines() {
                    canvas.paragraph(2, (Tone::Plain, ""), 0, (Tone::Plain, line))?;
                }
            }
            text => canvas.paragraph(2, (Tone::Plain, ""), 0, (Tone::Plain, &text.replace('\n', " ")))?,
        }
    }
    if !cause.remedies.is_empty() {
        canvas.heading("Remedies")?;
    }
    for fix in cause.remedies {
        let builder = fix.builder.map_or("any", Builder::name);
        canvas.paragraph(2, (Tone::Name, builder), 10, (Tone::Plain, &fixes::text(fix)))?;
        for companion in fixes::companions(fix) {
            canvas.paragraph(2, (Tone::Plain, ""), 10, (Tone::Faint, &companion))?;
        }
    }
    Ok(())
}

/// What the page of a cause says below a heading, each paragraph in one line.
pub(in crate::report) fn paragraphs(cause: &Cause, heading: &str) -> String {
    let blocks = blocks(cause.source);
    let below = blocks.iter().skip_while(|block| block.trim_start_matches('#').trim() != heading).skip(1);
    let text: Vec<String> =
        below.take_while(|block| !block.starts_with('#')).map(|block| block.replace('\n', " ")).collect();
    text.join("\n\n")
}

/// What to change, each change in one line with the builder that it is for.
pub(in crate::report) fn remedies(cause: &Cause) -> impl Iterator<Item = String> + '_ {
    cause.remedies.iter().map(|fix| match fix.builder {
        Some(builder) => format!("{}: {}", builder.name(), fixes::text(fix)),
        None => fixes::text(fix),
    })
}

/// The blocks of a module's documentation: headings, and paragraphs with their lines.
fn blocks(source: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut open = false;
    for line in source.lines().map_while(|line| line.strip_prefix("//!")) {
        let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
        match blocks.last_mut() {
            _ if line.is_empty() => open = false,
            Some(block) if open && !line.starts_with('#') => {
                block.push('\n');
                block.push_str(line);
            }
            _ => {
                blocks.push(line.to_owned());
                open = !line.starts_with('#');
            }
        }
    }
    blocks
}

const fn severity_tone(severity: Severity) -> Tone {
    match severity {
        Severity::Cosmetic => Tone::Plain,
        Severity::Behavioural => Tone::Caution,
        Severity::Security => Tone::Bad,
    }
}

/// What a cause can claim.
const fn proof(proof: &Proof) -> &'static str {
    match proof {
        Proof::Canonical(_) | Proof::Unread(_) | Proof::Dated { .. } | Proof::Tree(_) | Proof::Repeated(_) => "proven",
        Proof::Derived(_) => "derived",
        Proof::Attributed(_) | Proof::Drift(..) => "attributed",
        Proof::Random(_) => "random",
        Proof::Excluded(_) => "excluded",
        Proof::Warning(_) => "warning",
    }
}
