//! Annotations of GitHub Actions: workflow commands, one a line, shown beside the lines of the Dockerfile.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>. Ten of a kind are shown of a
//! step, so the last one says how many there are more.

use std::io::{self, Write};

use super::{Level, Outcome, Results};
use crate::report::text::number::count;

/// Annotations of one kind, beside one that says how many more there are.
const MOST: usize = 9;

/// Commands, and what they are for.
const COMMANDS: [(&str, &[Level]); 3] =
    [("error", &[Level::Open, Level::Security]), ("warning", &[Level::Refused]), ("notice", &[Level::Cosmetic])];

/// Writes what is not accepted, and a notice with the verdict.
///
/// # Errors
/// The writer's own.
pub fn write(results: &Results, mut to: impl Write) -> io::Result<()> {
    for (command, levels) in COMMANDS {
        let of_kind: Vec<&Outcome> =
            results.outcomes.iter().filter(|outcome| levels.contains(&outcome.level)).collect();
        // The verdict is one more notice.
        let most = MOST - usize::from(command == "notice");
        for outcome in of_kind.iter().take(most) {
            let (file, line) = (property(&outcome.anchor.path), outcome.anchor.line);
            let (title, message) = (property(&results.title(&outcome.rule)), data(&outcome.message));
            writeln!(to, "::{command} file={file},line={line},title={title}::{message}")?;
        }
        if let Some(more) = of_kind.len().checked_sub(most).filter(|more| *more > 0) {
            writeln!(to, "::{command} title=reprove::{} not shown here", count(more as u64, "more result"))?;
        }
    }
    writeln!(to, "::notice title=reprove::{}", data(&results.verdict))
}

/// Text after the second pair of colons.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
