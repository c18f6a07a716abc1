//! The instructions that made layers, as people wrote them.

use crate::explain::Certainty;
use crate::report::Step;

/// A word without most of a digest that ends it, which builders write for what a COPY copies.
fn shortened(word: &str) -> String {
    const SHOWN: usize = 8;
    match word.rsplit_once(':') {
        Some((what, digest)) if digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            format!("{what}:{}…", &digest[..SHOWN])
        }
        _ => word.to_owned(),
    }
}

/// Whether it was only found by what the history says where an instruction stands.
pub(in crate::report) fn is_matched(step: &Step) -> bool {
    step.dockerfile.is_some() && step.certainty == Certainty::Matched
}

/// Where an instruction stands, with the certainty of it where that is asked for.
pub(in crate::report) fn written(step: &Step, with_certainty: bool) -> String {
    let matched = if with_certainty && is_matched(step) { " (matched)" } else { "" };
    step.dockerfile.as_ref().map(|line| format!("{}:{}{matched}  ", line.path, line.line)).unwrap_or_default()
}

/// An instruction as its author wrote it, as far as the record tells: without shell, build arguments and marks.
pub(in crate::report) fn instruction(created_by: &str) -> String {
    let text = created_by.split_whitespace().map(shortened).collect::<Vec<_>>().join(" ");
    let text = text.strip_suffix("# buildkit").unwrap_or(&text).trim();
    if let Some((_, instruction)) = text.split_once("/bin/sh -c #(nop) ") {
        return instruction.to_owned();
    }
    let run = text.strip_prefix("RUN ").unwrap_or(text);
    let arguments = run.starts_with('|');
    match run.split_once("/bin/sh -c ") {
        Some((before, command)) if before.is_empty() || arguments => format!("RUN {command}"),
        _ => text.to_owned(),
    }
}
