//! The rows of each list, and each in one line.

use std::borrow::Cow;

use super::View;
use crate::explain::Claim;
use crate::finding::Kind;
use crate::report::escape::escape;
use crate::report::text::headline::{platform_name, sections};
use crate::report::text::instruction::{instruction, written};
use crate::report::text::number::{count, grouped};
use crate::report::text::place::{layer_number, place};
use crate::report::text::plan::{changes, text};
use crate::report::{DifferingLayer, Finding, Maybe, Report};

/// A row of a list: where in the report it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    /// All findings that no cause explains.
    Unexplained,
    /// All that could not be looked at.
    Gaps,
    Cause(usize),
    /// Of a platform.
    Layer(usize, usize),
    /// Of a section: what is above the platforms where there is something, then each platform.
    Finding(usize, usize),
    Change(usize),
}

impl Row {
    /// Whether findings belong to it.
    pub(super) const fn has_findings(self) -> bool {
        matches!(self, Row::Unexplained | Row::Cause(_) | Row::Layer(..))
    }
}

pub(super) fn list(report: &Report<'_>, view: View, within: Option<Row>) -> Vec<Row> {
    match view {
        View::Causes => {
            let unexplained = (report.summary.unexplained > 0).then_some(Row::Unexplained);
            let gaps = (report.summary.gaps > 0).then_some(Row::Gaps);
            unexplained.into_iter().chain(gaps).chain((0..report.causes.len()).map(Row::Cause)).collect()
        }
        View::Layers => {
            let platforms = report.platforms.iter().enumerate();
            platforms
                .flat_map(|(number, of)| (0..of.layers.len()).map(move |layer| Row::Layer(number, layer)))
                .collect()
        }
        View::Findings => findings(report, within),
        View::Plan => {
            let changes = report.plan.as_ref().map_or(0, |plan| changes(plan).len());
            (0..changes).map(Row::Change).collect()
        }
    }
}

fn findings(report: &Report<'_>, within: Option<Row>) -> Vec<Row> {
    let cause = match within {
        Some(Row::Cause(number)) => report.causes.get(number).map(|cause| cause.id.as_str()),
        _ => None,
    };
    let mut rows = Vec::new();
    for (section, of) in sections(report).enumerate() {
        let is_meant = |(position, head): &(usize, crate::report::Head<'_>)| match within {
            Some(Row::Unexplained) => head.claim == Claim::Unexplained,
            Some(Row::Cause(_)) => head.cause.is_some() && head.cause == cause,
            Some(Row::Layer(platform, layer)) => {
                of_platform(report, platform) == section
                    && of.get(*position).is_some_and(|finding| is_in(report, (platform, layer), &finding))
            }
            _ => true,
        };
        let meant = of.heads().enumerate().filter(is_meant);
        rows.extend(meant.map(|(position, _)| Row::Finding(section, position)));
    }
    rows
}

/// The section of a platform.
fn of_platform(report: &Report<'_>, platform: usize) -> usize {
    platform + usize::from(report.index.is_some())
}

fn is_in(report: &Report<'_>, (platform, layer): (usize, usize), finding: &Finding) -> bool {
    let layer = report.platforms.get(platform).and_then(|platform| platform.layers.get(layer));
    // What manifest and config say of it is not in it.
    let own = finding.location.layer.as_ref().filter(|_| matches!(finding.location.kind, Kind::Layer | Kind::Entry));
    let numbers = own.map(|layer| (layer.original, layer.rebuild));
    layer.is_some_and(|layer| numbers == Some((layer.original, layer.rebuild)))
}

pub(super) fn finding<'a>(report: &'a Report<'_>, section: usize, position: usize) -> Option<Cow<'a, Finding>> {
    sections(report).nth(section)?.get(position)
}

/// A row in one line, with nothing in it that steers a terminal.
pub(super) fn label(report: &Report<'_>, row: Row) -> String {
    let line = match row {
        Row::Unexplained => format!("{}  unexplained", grouped(report.summary.unexplained)),
        Row::Gaps => format!("{}  not looked at", grouped(report.summary.gaps)),
        Row::Cause(number) => match report.causes.get(number) {
            Some(cause) => {
                let accepted = if cause.accepted { "" } else { "  NOT ACCEPTED" };
                format!("{}  {}{accepted}  {}", grouped(cause.findings), cause.id, cause.title)
            }
            None => String::new(),
        },
        Row::Layer(..) => of_layer(report, row).unwrap_or_default(),
        Row::Finding(section, position) => match finding(report, section, position) {
            Some(finding) => {
                let cause = finding.cause.as_deref().unwrap_or("unexplained");
                format!("{}  {}  {cause}", finding.id, place(&finding.location))
            }
            None => String::new(),
        },
        Row::Change(number) => {
            let changes = report.plan.as_ref().map(changes).unwrap_or_default();
            changes.get(number).map(|change| format!("{}  {}", number + 1, text(change, &changes))).unwrap_or_default()
        }
    };
    escape(&line).into_owned()
}

fn of_layer(report: &Report<'_>, row: Row) -> Option<String> {
    let layer = layer(report, row)?;
    let refused = match layer.unaccepted {
        0 => String::new(),
        number => format!("  {} NOT ACCEPTED", grouped(number)),
    };
    let step = layer.step.as_ref();
    let step = step.map(|step| format!("  {}{}", written(step, false), instruction(&step.created_by)));
    let step = step.unwrap_or_default();
    Some(format!("{}  {}{refused}{step}", name(report, row), count(layer.findings, "finding")))
}

pub(super) fn layer<'a>(report: &'a Report<'_>, row: Row) -> Option<&'a DifferingLayer> {
    let Row::Layer(platform, layer) = row else { return None };
    report.platforms.get(platform)?.layers.get(layer)
}

/// What a cause or a layer is called.
pub(super) fn name(report: &Report<'_>, row: Row) -> String {
    match row {
        Row::Cause(number) => report.causes.get(number).map(|cause| cause.id.clone()).unwrap_or_default(),
        Row::Layer(platform, _) => {
            let several = report.platforms.get(platform).filter(|_| report.platforms.len() > 1);
            let platform = several.map(|known| format!("{} ", platform_name(&known.platform))).unwrap_or_default();
            let numbers = layer(report, row).map(|layer| Maybe { original: layer.original, rebuild: layer.rebuild });
            format!("{platform}layer {}", numbers.as_ref().map(layer_number).unwrap_or_default())
        }
        Row::Unexplained => "no known cause".to_owned(),
        Row::Gaps | Row::Finding(..) | Row::Change(_) => String::new(),
    }
}
