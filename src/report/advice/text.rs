//! Advice for people: comments, and then the diff as it is.

use std::io::{self, Write};

use super::{Advice, ByHand, Edited};
use crate::report::escape::escape;
use crate::report::model::Covers;

pub(super) fn write(advice: &Advice, to: &mut dyn Write) -> io::Result<()> {
    for line in lines(advice) {
        let line = format!("# {}", escape(&line));
        writeln!(to, "{}", line.trim_end())?;
    }
    Ok(())
}

/// A line of the diff with its tabs, and nothing else that is not to be seen.
pub(super) fn shown(line: &str) -> String {
    line.split('\t').map(escape).collect::<Vec<_>>().join("\t")
}

fn lines(advice: &Advice) -> Vec<String> {
    let path = &advice.path;
    if advice.findings == 0 {
        return vec![format!("{path}: nothing to change, nothing differs")];
    }
    let changes = advice.edits.len() + advice.options.len() + advice.by_hand.len();
    let tried = if advice.proven { "built twice and compared" } else { "not tried" };
    let (changes, covered) = (counted(changes, "change"), counted(advice.findings, "finding"));
    let mut lines = vec![format!("{changes} for {} of {covered}, {tried}", advice.covered)];
    if !advice.edits.is_empty() {
        lines.extend([String::new(), format!("Edits of {path}, below:")]);
        lines.extend(advice.edits.iter().flat_map(edited));
    }
    if !advice.options.is_empty() {
        lines.extend([String::new(), "Build with:".to_owned()]);
        lines.extend(advice.commands.iter().map(|command| format!("  {command}")));
        lines.extend(advice.options.iter().flat_map(by_hand));
    }
    if !advice.by_hand.is_empty() {
        lines.extend([String::new(), "By hand:".to_owned()]);
        lines.extend(advice.by_hand.iter().flat_map(by_hand));
    }
    if advice.left.findings > 0 {
        lines.extend([String::new(), format!("No change is known for {}", covers(&advice.left))]);
    }
    lines.push(String::new());
    lines
}

fn edited(edit: &Edited) -> Vec<String> {
    let numbers: Vec<String> = edit.lines.iter().map(ToString::to_string).collect();
    let place = match numbers.as_slice() {
        [] => "is there already".to_owned(),
        [line] => format!("line {line}"),
        lines => format!("lines {}", lines.join(", ")),
    };
    let mut lines = vec![format!("  {}, {place}{}", edit.id, suffix(&edit.covers))];
    if edit.may_cover > 0 {
        let unexplained = counted(edit.may_cover, "finding");
        lines.push(format!("    may be what makes {unexplained} that nothing explains"));
    }
    lines.extend(edit.needs.iter().map(|need| format!("    needs {need}")));
    lines.extend(edit.left.iter().map(|why| format!("    left to you: {why}")));
    lines
}

fn by_hand(fix: &ByHand) -> Vec<String> {
    let mut lines = vec![format!("  {}{}", fix.id, suffix(&fix.covers)), format!("    {}", fix.text)];
    lines.extend(fix.reasons.iter().map(|why| format!("    no edit: {why}")));
    lines
}

fn suffix(covered: &Covers) -> String {
    if covered.findings == 0 { String::new() } else { format!(": {}", covers(covered)) }
}

fn covers(covered: &Covers) -> String {
    let findings = counted(covered.findings, "finding");
    if covered.causes.is_empty() {
        format!("{findings} that nothing explains")
    } else {
        format!("{findings} of {}", covered.causes.join(", "))
    }
}

fn counted(number: impl TryInto<u64>, thing: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}
