//! Diffs of unexplained contents: line by line, and whole hunks where a line alone does not show that it is secret.

use super::text::redact;
use crate::content::secret::{Extent, armored_line, is_key_name, narrowed, shows_private_key};
use crate::finding::{self, DiffForm, Location, Side, Sides};
use crate::report::model::{Diff, Pair};

/// Stands for the lines of a hunk.
const KEY_MARK: &str = "[redacted: private key]";
const SECRET_MARK: &str = "[redacted]";

/// A diff with its secrets withheld.
pub(crate) fn diff(diff: &finding::Diff, location: &Location) -> Diff {
    let key_file = is_key_file(location);
    let mut inside = Sides::new(false, false);
    let hunk = |hunk: &Sides<Vec<String>>| {
        let open = inside.original || inside.rebuild;
        inside = Sides::from_fn(|side| still_inside(*inside.get(side), hunk.get(side)));
        let shown = |side: Side| match diff.form {
            _ if key_file || open || Side::BOTH.iter().any(|side| shows_key(hunk.get(*side), diff.form)) => {
                marked(hunk.get(side), KEY_MARK)
            }
            DiffForm::Hex if Side::BOTH.iter().any(|side| shows_secret(hunk.get(*side))) => {
                marked(hunk.get(side), SECRET_MARK)
            }
            DiffForm::Hex => hunk.get(side).clone(),
            DiffForm::Text => hunk.get(side).iter().map(|line| redact(line, Extent::Line).0).collect(),
        };
        Pair { original: shown(Side::Original), rebuild: shown(Side::Rebuild) }
    };
    Diff { form: diff.form, hunks: diff.hunks.iter().map(hunk).collect(), cut: diff.cut }
}

fn marked(lines: &[String], mark: &str) -> Vec<String> {
    if lines.is_empty() { Vec::new() } else { vec![mark.to_owned()] }
}

/// Whether a private key that is open before these lines is still open after them.
fn still_inside(before: bool, lines: &[String]) -> bool {
    lines.iter().filter(|line| shows_private_key(line)).fold(before, |_, line| line.contains("BEGIN "))
}

fn shows_key(lines: &[String], form: DiffForm) -> bool {
    match form {
        DiffForm::Hex => shows_private_key(&bytes_of(lines)),
        DiffForm::Text => {
            let mut filled = lines.iter().filter(|line| !line.trim().is_empty()).peekable();
            let armored = filled.peek().is_some() && filled.all(|line| armored_line(line));
            armored || lines.iter().any(|line| shows_private_key(line))
        }
    }
}

fn shows_secret(rows: &[String]) -> bool {
    let text = bytes_of(rows);
    redact(&text, Extent::Line).0 != text
}

/// The bytes that rows of a hex dump show, as far as they are text: a secret is cut into rows there.
fn bytes_of(rows: &[String]) -> String {
    let mut bytes = Vec::new();
    for row in rows {
        let columns = row.split_whitespace().skip(1);
        for column in
            columns.take_while(|column| column.len() % 2 == 0 && column.bytes().all(|b| b.is_ascii_hexdigit()))
        {
            bytes.extend(hex::decode(column).unwrap_or_default());
        }
    }
    narrowed(&bytes)
}

/// Files that hold a private key by their name, whatever their bytes look like.
fn is_key_file(location: &Location) -> bool {
    is_key_name(location.inside.last().map_or(location.path_bytes(), |member| member))
}
