//! What the sides hold, and the differences of contents: read by the page's script when a finding is opened.

use std::collections::BTreeMap;
use std::io;

use serde_json::Value as Json;

use super::chunks::{Chunks, Collected};
use crate::finding::{Aspect, Kind};
use crate::report::html::{findings, plain};
use crate::report::text::number::time;
use crate::report::text::place::place;
use crate::report::text::value::shown;
use crate::report::{Finding, Location};

/// Rows of a chunk of values.
const ROWS: u64 = 1 << 15;
/// Bytes of text after which a chunk ends.
const BYTES: usize = 1 << 20;

/// Columns of text, a line for each row: original, rebuild, witness, range, and what it follows from.
const COLUMNS: usize = 5;

/// Values being collected.
pub(super) struct Values {
    chunks: Chunks,
    first: u64,
    rows: u64,
    /// What the times of the chunk are counted from, in seconds: the first of them.
    epoch: Option<i64>,
    columns: [String; COLUMNS],
}

impl Values {
    pub(super) fn new() -> Self {
        Values { chunks: Chunks::new("values"), first: 0, rows: 0, epoch: None, columns: Default::default() }
    }

    /// Takes in the values of a finding, and says whether they are times.
    pub(super) fn push(&mut self, finding: &Finding) -> io::Result<bool> {
        if self.rows == ROWS || self.columns.iter().map(String::len).sum::<usize>() >= BYTES {
            self.end_chunk()?;
        }
        let times = times(finding);
        let (original, rebuild) = match times {
            // A build takes an hour: counted from a time in it, its times are short. And two times of one file are often
            // as far apart as those of the next.
            Some((original, rebuild)) => {
                let epoch = *self.epoch.get_or_insert(original);
                ((original - epoch).to_string(), (rebuild - original).to_string())
            }
            None => {
                (plain(&shown(finding, finding.original.as_ref())), plain(&shown(finding, finding.rebuild.as_ref())))
            }
        };
        let witness = finding.witness.as_deref().map(plain).unwrap_or_default();
        for (column, text) in self.columns.iter_mut().zip([original, rebuild, witness, range(finding), from(finding)]) {
            column.push_str(&text);
            column.push('\n');
        }
        self.rows += 1;
        Ok(times.is_some())
    }

    fn end_chunk(&mut self) -> io::Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let content = format!("{} {}\n{}", self.rows, self.epoch.take().unwrap_or_default(), self.columns.concat());
        self.chunks.push(self.first, content.as_bytes())?;
        self.columns.iter_mut().for_each(String::clear);
        self.first += self.rows;
        self.rows = 0;
        Ok(())
    }

    /// Bytes that the finished chunks take in the page.
    pub(super) const fn size(&self) -> u64 {
        self.chunks.size()
    }

    pub(super) fn finish(mut self) -> io::Result<Collected> {
        self.end_chunk()?;
        Ok(self.chunks.finish())
    }
}

/// The seconds of both sides, where both are times that are shown as dates.
fn times(finding: &Finding) -> Option<(i64, i64)> {
    let of_field = finding.location.field.as_deref().is_some_and(|field| field.ends_with("mtime"));
    let is_time = of_field || matches!(finding.aspect, Aspect::Mtime | Aspect::Atime | Aspect::Ctime);
    let seconds = |value: &Option<Json>| {
        let text = match value.as_ref()? {
            Json::Number(number) => number.to_string(),
            Json::String(text) => text.clone(),
            _ => return None,
        };
        let seconds: i64 = text.parse().ok()?;
        // Written back it has to be the same text.
        (seconds.to_string() == text && time(&text).is_some()).then_some(seconds)
    };
    if is_time { seconds(&finding.original).zip(seconds(&finding.rebuild)) } else { None }
}

fn range(finding: &Finding) -> String {
    let range = finding.location.range.clone();
    let nothing = Location {
        kind: Kind::Entry,
        layer: None,
        path: None,
        path_hex: None,
        inside: Vec::new(),
        field: None,
        range,
        attestation: None,
    };
    place(&nothing)
}

/// How far before it the findings are that it follows from, and after a slash how many they are where these are not all.
fn from(finding: &Finding) -> String {
    let Some(from) = &finding.from else { return String::new() };
    let back: Vec<String> = from.iter().map(|id| (i128::from(finding.id.0) - i128::from(id.0)).to_string()).collect();
    let more = finding.from_count.filter(|count| *count > from.len() as u64);
    back.join(" ") + &more.map(|count| format!("/{count}")).unwrap_or_default()
}

/// Differences of contents being collected.
pub(super) struct Diffs {
    chunks: Chunks,
    first: u64,
    bytes: usize,
    /// The lines, each with its sign, by the row.
    lines: BTreeMap<u64, Vec<String>>,
}

impl Diffs {
    pub(super) fn new() -> Self {
        Diffs { chunks: Chunks::new("diffs"), first: 0, bytes: 0, lines: BTreeMap::new() }
    }

    /// Takes in the difference of a row, where there is one.
    pub(super) fn push(&mut self, row: u64, finding: &Finding) -> io::Result<()> {
        let Some(diff) = &finding.diff else { return Ok(()) };
        if self.bytes >= BYTES {
            self.end_chunk()?;
        }
        if self.lines.is_empty() {
            self.first = row;
        }
        let lines: Vec<String> = findings::lines(diff).map(|(sign, line)| format!("{sign}{}", plain(&line))).collect();
        self.bytes += lines.iter().map(|line| line.len() + 4).sum::<usize>();
        self.lines.insert(row, lines);
        Ok(())
    }

    fn end_chunk(&mut self) -> io::Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        self.chunks.push(self.first, &serde_json::to_vec(&self.lines)?)?;
        self.lines.clear();
        self.bytes = 0;
        Ok(())
    }

    /// Bytes that the finished chunks take in the page.
    pub(super) const fn size(&self) -> u64 {
        self.chunks.size()
    }

    pub(super) fn finish(mut self) -> io::Result<Collected> {
        self.end_chunk()?;
        Ok(self.chunks.finish())
    }
}
