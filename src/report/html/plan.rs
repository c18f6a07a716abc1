//! What to change.

use std::io::{self, Write};

use super::text;
use crate::report::text::number::count;
use crate::report::text::plan::{Change, changes, details, heading, text as sentence};
use crate::report::{Edit, Fix, Report};

/// The changes, numbered; nothing where none is known.
pub(super) fn write(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    let Some(plan) = report.plan.as_ref().filter(|plan| !plan.fixes.is_empty()) else { return Ok(()) };
    let changes = changes(plan);
    writeln!(to, "<section>\n<h2 id=\"plan\">{}</h2>", text(&heading(plan, changes.len())))?;
    writeln!(to, "<ol class=\"plan\">")?;
    for change in &changes {
        let details =
            details(change, &changes).map(|details| format!("<br><span class=\"soft\">{}</span>", text(&details)));
        writeln!(
            to,
            "<li>{}{}{}</li>",
            text(&sentence(change, &changes)),
            copied(change),
            details.unwrap_or_default()
        )?;
    }
    writeln!(to, "</ol>")?;
    if plan.left.findings > 0 {
        writeln!(to, "<p class=\"mild\">No change is known for {}.</p>", count(plan.left.findings, "finding"))?;
    }
    writeln!(to, "</section>")
}

/// What is to be typed, where a change says it word by word: the script makes a button of it.
fn copied(change: &Change<'_>) -> String {
    let typed: Vec<String> = change.iter().filter_map(|fix| typed(fix)).collect();
    if typed.is_empty() {
        return String::new();
    }
    format!(" <button type=\"button\" data-copy=\"{}\" hidden>Copy</button>", text(&typed.join(" ")))
}

fn typed(fix: &Fix) -> Option<String> {
    match &fix.edit {
        None if fix.options.is_empty() => None,
        None => Some(fix.options.join(" ")),
        Some(Edit::Insert { line, .. }) => Some(line.clone()),
        Some(Edit::Append { command, .. }) => Some(command.clone()),
        Some(Edit::Replace { with, .. }) => Some(with.clone()),
    }
}
