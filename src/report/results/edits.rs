//! Edits of the Dockerfile as SARIF's fixes (section 3.55): for each place the lines that go, and what stands there then.

use serde_json::{Value, json};

use super::anchor::relative;
use super::sarif::{sentence, uri};
use crate::explain::GivenDockerfile;
use crate::fix::{Hunk, Mark};
use crate::report::Report;
use crate::report::advice::{Alone, alone};
use crate::report::escape::escape;

/// The edits that a report's plan leads to.
#[derive(Default)]
pub(super) struct Edits {
    /// Each with the change that it is of.
    fixes: Vec<(Alone, Value)>,
}

impl Edits {
    /// None where the file is not in the user's repository.
    pub(super) fn new(report: &Report<'_>, given: &GivenDockerfile) -> Self {
        let Some(path) = relative(&given.path) else { return Edits::default() };
        let source = given.file.source();
        let fix = |change: Alone| {
            let replacements: Vec<Value> = change.hunks.iter().flat_map(|hunk| replacements(source, hunk)).collect();
            let fix = json!({
                "description": { "text": sentence(&escape(&change.text)) },
                "artifactChanges": [{
                    "artifactLocation": { "uri": uri(&path), "uriBaseId": "%SRCROOT%" },
                    "replacements": replacements,
                }],
            });
            (change, fix)
        };
        Edits { fixes: alone(report, &given.file).into_iter().map(fix).collect() }
    }

    /// Those that some findings of a cause go away with, where some are outside of files, and where some are inside.
    pub(super) fn of(&self, cause: &String, inside: [bool; 2]) -> Vec<Value> {
        let is_for = |change: &Alone| {
            let reaches = [false, true].into_iter().any(|is| inside[usize::from(is)] && change.fix.reaches(is));
            reaches && change.causes.contains(cause)
        };
        self.fixes.iter().filter(|(change, _)| is_for(change)).map(|(_, fix)| fix.clone()).collect()
    }
}

/// The lines of a hunk that change, those next to each other in one.
fn replacements(source: &str, hunk: &Hunk) -> Vec<Value> {
    let mut all = Vec::new();
    let mut line = hunk.before.start;
    let mut change: Option<(usize, String)> = None;
    for (mark, text) in &hunk.lines {
        if *mark == Mark::Kept {
            all.extend(change.take().map(|change| replacement(source, change, line)));
        } else {
            let (_, added) = change.get_or_insert_with(|| (line, String::new()));
            if *mark == Mark::Added {
                added.push_str(text);
            }
        }
        line += usize::from(*mark != Mark::Added);
    }
    all.extend(change.map(|change| replacement(source, change, line)));
    all
}

/// Lines from `first` on up to another one, counted from 0, and what stands in their place. A last line without an end is
/// a region up to its last column, for there is no line after it.
fn replacement(source: &str, (first, text): (usize, String), end: usize) -> Value {
    let last = source.lines().count();
    let (end_line, end_column) = match source.lines().nth(last.saturating_sub(1)) {
        Some(line) if end == last && first < last && !source.ends_with('\n') => (last, line.chars().count() + 1),
        _ => (end + 1, 1),
    };
    json!({
        "deletedRegion": { "startLine": first + 1, "startColumn": 1, "endLine": end_line, "endColumn": end_column },
        "insertedContent": { "text": text },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::Dockerfile;
    use crate::fix::{Patch, Request, Site};

    /// A text with replacements made as a reader of SARIF makes them.
    fn applied(source: &str, replacements: &[Value]) -> String {
        let place = |region: &Value, line: &str, column: &str| {
            let number = |name: &str| usize::try_from(region[name].as_u64().unwrap()).unwrap() - 1;
            let before: usize = source.split_inclusive('\n').take(number(line)).map(str::len).sum();
            let columns = source[before..].chars().take(number(column)).map(char::len_utf8).sum::<usize>();
            before + columns
        };
        let mut text = source.to_owned();
        for replacement in replacements.iter().rev() {
            let region = &replacement["deletedRegion"];
            let range = place(region, "startLine", "startColumn")..place(region, "endLine", "endColumn");
            text.replace_range(range, replacement["insertedContent"]["text"].as_str().unwrap());
        }
        text
    }

    #[test]
    fn replacements_make_what_the_patch_makes() {
        let sources = [
            "FROM a\nRUN pip install x\nRUN date >y\n",
            "FROM a AS b\nRUN date >ü && echo é \\\n  && date >z\nFROM b\nCOPY x y\nRUN pip install x; date >v",
            "FROM a\r\nRUN date >y\r\n# no more\r\n",
        ];
        for source in sources {
            let file = Dockerfile::parse(source.as_bytes()).unwrap();
            let site = || Site { target: file.stages().len() - 1, nodes: None, bases: &[] };
            let ids = ["date-from-epoch", "arg-source-date-epoch", "pip-no-compile"];
            let requests = ids.map(|id| Request { fix: crate::causes::fix_of(id).unwrap(), site: site() });
            let patch = Patch::new(&file, &requests);
            assert!(!patch.hunks.is_empty());
            let all: Vec<Value> = patch.hunks.iter().flat_map(|hunk| replacements(source, hunk)).collect();
            assert_eq!(applied(source, &all), patch.file.source(), "{all:?}");
        }
    }
}
