//! The verdict in one sentence, and what it is about.

use std::io;

use unicode_width::UnicodeWidthStr as _;

use super::canvas::{Canvas, pad};
use super::number::{count, grouped};
use super::style::Tone;
use super::value::short;
use crate::explain::Claim;
use crate::report::escape::escape;
use crate::report::{Findings, Head, Image, Platform, PlatformName, Report};
use crate::verdict::{Rung, Verdict};

/// Columns of the labels.
const LABEL: usize = 11;

/// The first line.
pub(super) fn write(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let word = verdict_name(report.verdict);
    canvas.sentence((verdict_tone(report.verdict), word), &sentence(report))
}

/// The verdict in one line, without a newline.
pub fn line(report: &Report) -> String {
    escape(&format!("{}{}", verdict_name(report.verdict), sentence(report))).into_owned()
}

/// How a verdict is written.
pub(crate) const fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Identical => "identical",
        Verdict::Equivalent => "equivalent",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Different => "different",
    }
}

const fn verdict_tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Identical | Verdict::Equivalent => Tone::Good,
        Verdict::Inconclusive => Tone::Caution,
        Verdict::Different => Tone::Bad,
    }
}

/// The rest of the first line, after the verdict.
fn sentence(report: &Report) -> String {
    let rung = report.platforms.iter().map(|platform| platform.rung).min();
    match report.verdict {
        Verdict::Identical => match rung {
            Some(Rung::Image) => format!(": config and layers are the same, byte for byte{}", of_platforms(report)),
            _ => format!(": the manifests are the same, byte for byte{}", of_platforms(report)),
        },
        Verdict::Equivalent if rung == Some(Rung::Manifest) => format!(
            ": the manifests are the same, byte for byte{}; only what is attached to them differs, and every one of {} is \
             accepted by the policy \"{}\"",
            of_platforms(report),
            count(report.summary.findings, "difference"),
            report.policy.name
        ),
        Verdict::Equivalent => {
            let at = match rung {
                None | Some(Rung::None) => String::new(),
                Some(rung) => format!(" at rung {}", rung.name()),
            };
            let all = match report.summary.findings {
                1 => "the one difference".to_owned(),
                findings => format!("every one of {} differences", grouped(findings)),
            };
            format!("{at}: {all} is explained and accepted by the policy \"{}\"", report.policy.name)
        }
        Verdict::Inconclusive => {
            let places = match report.summary.gaps {
                0 => "nothing was found, yet the manifests differ".to_owned(),
                gaps => format!("{} could not be looked at", count(gaps, "place")),
            };
            format!(": {}{places}", concerned(report))
        }
        Verdict::Different => format!(": {}{}", concerned(report), reasons(report)),
    }
}

fn of_platforms(report: &Report) -> String {
    match report.platforms.as_slice() {
        [] => String::new(),
        [platform] => format!(" ({})", platform_name(&platform.platform)),
        platforms => format!(" (all {} platforms)", platforms.len()),
    }
}

/// The parts that have the report's verdict, where that says anything.
fn concerned(report: &Report) -> String {
    let worst = report.platforms.iter().filter(|platform| platform.verdict == report.verdict);
    let names: Vec<String> = worst.map(|platform| platform_name(&platform.platform)).collect();
    match (names.as_slice(), report.platforms.len()) {
        ([], _) => String::new(),
        (names, all) if names.len() > 3 => format!("{} of {all} platforms — ", names.len()),
        (names, _) => format!("{} — ", names.join(", ")),
    }
}

/// What makes it different: what is unexplained, and what is explained but not accepted.
fn reasons(report: &Report) -> String {
    let unexplained = report.summary.unexplained;
    let refused =
        heads(report).filter(|finding| !finding.accepted && finding.claim != Claim::Unexplained).count() as u64;
    let are = |number| if number == 1 { "is" } else { "are" };
    let policy = &report.policy.name;
    match (unexplained, refused) {
        (0, refused) => {
            format!("{} {} not accepted by the policy \"{policy}\"", count(refused, "finding"), are(refused))
        }
        (unexplained, 0) => format!("{} {} unexplained", count(unexplained, "finding"), are(unexplained)),
        (unexplained, refused) => format!(
            "{} {} unexplained, {} not accepted by the policy \"{policy}\"",
            count(unexplained, "finding"),
            are(unexplained),
            grouped(refused)
        ),
    }
}

/// What every finding of a report is, in document order.
pub(super) fn heads<'a>(report: &'a Report) -> impl Iterator<Item = Head<'a>> {
    sections(report).flat_map(Findings::heads)
}

/// The findings above the platforms, then those of each platform.
pub(in crate::report) fn sections<'a, 'e>(report: &'a Report<'e>) -> impl Iterator<Item = &'a Findings<'e>> {
    let index = report.index.iter().map(|index| &index.findings);
    index.chain(report.platforms.iter().map(|platform| &platform.findings))
}

/// A platform's name; both where they differ.
pub(in crate::report) fn platform_name(name: &PlatformName) -> String {
    match name {
        PlatformName::Same(name) => name.clone(),
        PlatformName::Different(pair) => format!("{} (original), {} (rebuild)", pair.original, pair.rebuild),
    }
}

/// What was compared: images, policy, and every platform with its verdict.
pub(super) fn write_images(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    canvas.gap()?;
    let column = [&report.original, &report.rebuild].map(|image| escape(&image.reference).width());
    let column = column.into_iter().max().unwrap_or(0);
    write_image("original", &report.original, column, canvas)?;
    write_image("rebuild", &report.rebuild, column, canvas)?;
    for platform in &report.platforms {
        write_platform(platform, report, canvas)?;
    }
    Ok(())
}

fn write_image(label: &str, image: &Image, column: usize, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let builder = image.builder.as_ref().map(|builder| match &builder.version {
        Some(version) => format!("{} {version}", builder.name),
        None => builder.name.clone(),
    });
    let facts = [image.digest.as_deref().map(short), builder, image.created.as_deref().map(to_seconds)];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    let facts = facts.join(", ");
    let facts = escape(&facts);
    let room = canvas.width.saturating_sub(2 + LABEL);
    let reference = escape(&image.reference);
    if column + 2 + facts.width() <= room {
        let reference = pad(&reference, column + 2);
        return canvas.line(2, &[(Tone::Faint, &pad(label, LABEL)), (Tone::Plain, &reference), (Tone::Faint, &facts)]);
    }
    // Of a long reference the end tells it apart, so nothing of it is cut off.
    canvas.paragraph(2, (Tone::Faint, label), LABEL, (Tone::Plain, &image.reference))?;
    if facts.is_empty() { Ok(()) } else { canvas.paragraph(2, (Tone::Plain, ""), LABEL, (Tone::Faint, &facts)) }
}

/// A time of RFC 3339 without its fraction.
fn to_seconds(time: &str) -> String {
    match time.split_once('.') {
        Some((seconds, rest)) => format!("{seconds}{}", rest.trim_start_matches(|digit: char| digit.is_ascii_digit())),
        None => time.to_owned(),
    }
}

fn write_platform(platform: &Platform, report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let name = platform_name(&platform.platform);
    let verdict = if report.platforms.len() > 1 { verdict_name(platform.verdict) } else { "" };
    let rung = format!("rung {}", platform.rung.name());
    let ledger = &platform.ledger;
    // What has only moved has no bytes of its own, and may be unexplained all the same.
    let is_explained = platform.findings.heads().all(|finding| finding.claim != Claim::Unexplained);
    let bytes = match (ledger.differing_bytes, ledger.unexplained_bytes) {
        (0, _) => String::new(),
        (differing, 0) if is_explained => format!("{} differ, all explained", count(differing, "byte")),
        (differing, 0) => format!("{} differ", count(differing, "byte")),
        (differing, unexplained) => {
            format!("{} differ, {} unexplained", count(differing, "byte"), grouped(unexplained))
        }
    };
    let parts: Vec<&str> =
        [name.as_str(), verdict, &rung, &bytes].into_iter().filter(|part| !part.is_empty()).collect();
    canvas.paragraph(2, (Tone::Faint, "platform"), LABEL, (Tone::Plain, &parts.join(", ")))?;
    let Some(digests) = &platform.canonical_digest else { return Ok(()) };
    let text = match digests.original == digests.rebuild {
        true => digests.original.clone(),
        false => format!("{} (original), {} (rebuild)", digests.original, digests.rebuild),
    };
    canvas.paragraph(2, (Tone::Faint, "canonical"), LABEL, (Tone::Plain, &text))
}
