//! A report to look through: lists of causes, layers, findings and changes, each row with what is known of it.
//!
//! No terminal is known here. Whoever draws it gets lines of text, with nothing in them that steers one.

mod detail;
mod rows;
#[cfg(test)]
mod tests;

use super::Report;
use super::text::{line, number::count};
use rows::Row;

/// A list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Why the images differ.
    Causes,
    /// The layers that differ.
    Layers,
    /// Every finding, or those of a cause or a layer.
    Findings,
    /// What to change.
    Plan,
}

impl View {
    /// All of them, in the order in which they are shown.
    pub const ALL: [View; 4] = [View::Causes, View::Layers, View::Findings, View::Plan];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            View::Causes => "Causes",
            View::Layers => "Layers",
            View::Findings => "Findings",
            View::Plan => "Plan",
        }
    }
}

/// What is looked at.
#[derive(Debug, Clone)]
struct Place {
    view: View,
    /// The cause or layer whose findings they are.
    within: Option<Row>,
    /// What all rows have in them, in lower case.
    words: Vec<String>,
    chosen: usize,
}

impl Place {
    const fn new(view: View, within: Option<Row>) -> Self {
        Place { view, within, words: Vec::new(), chosen: 0 }
    }
}

/// A report that is looked through.
#[derive(Debug)]
pub struct Browser<'r, 'e> {
    report: &'r Report<'e>,
    place: Place,
    /// Where it was come from.
    trail: Vec<Place>,
    rows: Vec<Row>,
}

impl<'r, 'e> Browser<'r, 'e> {
    /// Begins with the causes.
    pub fn new(report: &'r Report<'e>) -> Self {
        let place = Place::new(View::Causes, None);
        Browser { rows: rows::list(report, place.view, None), report, place, trail: Vec::new() }
    }

    /// The verdict in one line.
    pub fn verdict(&self) -> String {
        line(self.report)
    }

    /// The list that is shown.
    pub const fn view(&self) -> View {
        self.place.view
    }

    /// What the list has in it: `24 findings of tar-mtime, with "etc"`.
    pub fn heading(&self) -> String {
        let thing = match self.place.view {
            View::Causes => "cause",
            View::Layers => "layer",
            View::Findings => "finding",
            View::Plan => "change",
        };
        let count = count(self.rows.len() as u64, thing);
        let within = self.place.within.map(|row| format!(" of {}", rows::name(self.report, row))).unwrap_or_default();
        let words = self.place.words.join(" ");
        let words = if words.is_empty() { String::new() } else { format!(", with \"{words}\"") };
        super::escape::escape(&format!("{count}{within}{words}")).into_owned()
    }

    /// How many rows the list has.
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has none.
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row that is chosen.
    pub const fn chosen(&self) -> usize {
        self.place.chosen
    }

    /// A row in one line.
    pub fn label(&self, row: usize) -> String {
        self.rows.get(row).map(|row| rows::label(self.report, *row)).unwrap_or_default()
    }

    /// What is known of the chosen row, in lines of so many columns.
    pub fn detail(&self, width: usize) -> Vec<String> {
        match self.rows.get(self.place.chosen) {
            Some(row) => detail::lines(self.report, *row, width),
            None => vec!["There is nothing here.".to_owned()],
        }
    }

    /// Shows another list from its beginning.
    pub fn go(&mut self, view: View) {
        self.trail.clear();
        self.place = Place::new(view, None);
        self.fill();
    }

    /// Chooses a row, the last one where there are not so many.
    pub fn choose(&mut self, row: usize) {
        self.place.chosen = row.min(self.rows.len().saturating_sub(1));
    }

    /// Shows the findings of the chosen cause or layer. Whether it has any to show.
    pub fn open(&mut self) -> bool {
        let Some(row) = self.rows.get(self.place.chosen).copied().filter(|row| row.has_findings()) else {
            return false;
        };
        let before = std::mem::replace(&mut self.place, Place::new(View::Findings, Some(row)));
        self.trail.push(before);
        self.fill();
        true
    }

    /// Shows what was shown before: all rows of the list where a search left some out, else the list it was come from.
    pub fn back(&mut self) {
        if self.place.words.is_empty() {
            let Some(before) = self.trail.pop() else { return };
            self.place = before;
        } else {
            self.place.words.clear();
        }
        let chosen = self.place.chosen;
        self.fill();
        self.choose(chosen);
    }

    /// Leaves only rows in which all of these words are, in whatever case.
    pub fn search(&mut self, words: &str) {
        self.place.words = words.split_whitespace().map(str::to_lowercase).collect();
        self.place.chosen = 0;
        self.fill();
    }

    fn fill(&mut self) {
        let Place { view, within, words, .. } = &self.place;
        self.rows = rows::list(self.report, *view, *within);
        if !words.is_empty() {
            let report = self.report;
            self.rows.retain(|row| {
                let text = rows::label(report, *row).to_lowercase();
                words.iter().all(|word| text.contains(word))
            });
        }
    }
}
