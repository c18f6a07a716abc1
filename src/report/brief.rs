//! The report in at most 4 KB of JSON, for programs that read little: bots, and models of language.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::escape::escape;
use super::text::headline::{line, platform_name};
use super::text::place::place;
use super::text::{instruction::instruction, plan};
use super::{Finding, Findings, Report, json};
use crate::explain::Claim;

/// Bytes of the document.
const MOST: usize = 4096;
/// Characters of a text from an image.
const TEXT: usize = 120;

/// Writes the document. What does not fit is left out, from the end of the longest list, and `leftOut` says how much.
///
/// # Errors
/// The writer's own.
pub fn write(report: &Report<'_>, mut to: impl Write) -> io::Result<()> {
    let mut lists = Lists::of(report);
    report.check()?;
    loop {
        let mut bytes = Vec::new();
        json::document(&document(report, &lists), &mut bytes)?;
        if bytes.len() <= MOST || !lists.shorten() {
            return to.write_all(&bytes);
        }
    }
}

/// What may be long.
struct Lists {
    lists: [(&'static str, Vec<Value>); 5],
    left_out: u64,
}

impl Lists {
    fn of(report: &Report<'_>) -> Self {
        let layers = report.platforms.iter().flat_map(|platform| {
            let name = platform_name(&platform.platform);
            platform.layers.iter().filter(|layer| !layer.follows).map(move |layer| {
                let step = layer.step.as_ref();
                let line =
                    step.and_then(|step| step.dockerfile.as_ref()).map(|line| format!("{}:{}", line.path, line.line));
                json!({
                    "platform": name, "layer": layer.original.or(layer.rebuild), "findings": layer.findings,
                    "unaccepted": layer.unaccepted, "dockerfile": line.map(|line| cut(&line)),
                    "step": step.map(|step| cut(&instruction(&step.created_by))),
                })
            })
        });
        let inputs = report.inputs.iter().map(|input| {
            json!({
                "kind": input.kind, "name": cut(&input.name), "original": input.original.as_deref().map(cut),
                "rebuild": input.rebuild.as_deref().map(cut), "findings": input.findings,
            })
        });
        let causes = report.causes.iter().filter(|cause| cause.claim != Claim::Derived).map(|cause| {
            json!({ "id": cause.id, "findings": cause.findings, "accepted": cause.accepted, "severity": cause.severity })
        });
        let all = report.plan.as_ref().map(plan::changes).unwrap_or_default();
        let changes = all.iter().map(|change| {
            let covers: u64 = change.iter().filter_map(|fix| fix.covers.as_ref()).map(|covers| covers.findings).sum();
            json!({ "change": plan::text(change, &all), "covers": covers })
        });
        Lists {
            lists: [
                ("unexplained", unexplained(report)),
                ("inputs", inputs.collect()),
                ("plan", changes.collect()),
                ("causes", causes.collect()),
                ("layers", layers.collect()),
            ],
            left_out: 0,
        }
    }

    /// Drops the last member of the longest list; `false` where there is none.
    fn shorten(&mut self) -> bool {
        let longest = self
            .lists
            .iter_mut()
            .max_by_key(|(_, list)| list.iter().map(|value| value.to_string().len()).sum::<usize>());
        let dropped = longest.and_then(|(_, list)| list.pop()).is_some();
        self.left_out += u64::from(dropped);
        dropped
    }
}

/// Where the first findings are that nothing explains.
fn unexplained(report: &Report<'_>) -> Vec<Value> {
    let index = report.index.iter().map(|index| &index.findings);
    let sections = index.chain(report.platforms.iter().map(|platform| &platform.findings));
    let open = |findings: &Findings<'_>| -> Vec<Finding> {
        let open = findings.heads().enumerate().filter(|(_, head)| head.claim == Claim::Unexplained).take(20);
        open.filter_map(|(position, _)| findings.get(position)).map(std::borrow::Cow::into_owned).collect()
    };
    sections.flat_map(open).take(20).map(|finding| Value::from(cut(&place(&finding.location)))).collect()
}

fn document(report: &Report<'_>, lists: &Lists) -> Value {
    let mut document = json!({
        "schemaVersion": "1.0",
        "verdict": report.verdict,
        "sentence": cut(&line(report)),
        "original": report.original.digest,
        "rebuild": report.rebuild.digest,
        "summary": report.summary,
    });
    for (name, list) in &lists.lists {
        if !list.is_empty() {
            document[*name] = Value::from(list.clone());
        }
    }
    if lists.left_out > 0 {
        document["leftOut"] = Value::from(lists.left_out);
    }
    document
}

/// The beginning of a text, harmless to show.
fn cut(text: &str) -> String {
    let text = escape(text);
    match text.char_indices().nth(TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}
