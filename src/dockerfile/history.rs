//! Which instruction made each entry of an image's history, and each of its layers.

use super::Dockerfile;
use super::instruction::Keyword;
use super::record::{self, Expected, collapsed};
use super::scope::{self, Build, Scope};

/// Instructions of a file that is looked at.
const INSTRUCTIONS: usize = 1000;

/// Stages among which the one that was built is looked for.
const STAGES: usize = 32;

/// Bytes of history, times instructions, that are looked at.
const WORK: usize = 1 << 24;

/// An entry of an image's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// What it says (`created_by`).
    pub command: &'a str,
    /// Whether it says that it made no layer.
    pub empty: bool,
}

/// The nodes of the instructions that made the layers of an image, by entry of its history; `None` for entries without a
/// layer, and where it is not settled by what they say and the order they stand in.
///
/// `target` is the stage that was built, where it is known.
pub fn layer_steps(
    dockerfile: &Dockerfile,
    history: &[Record<'_>],
    target: Option<usize>,
    build: &Build,
) -> Vec<Option<usize>> {
    let said: Vec<String> = history.iter().map(|record| collapsed(record.command)).collect();
    let last = dockerfile.stages().len().checked_sub(1);
    let all = dockerfile.instructions(0..dockerfile.nodes().len()).take(INSTRUCTIONS + 1).count();
    let Some(likely) = target.or(last).filter(|_| all <= INSTRUCTIONS) else { return vec![None; history.len()] };
    let whole = |stage| Fits::of(dockerfile, stage, build, &said).and_then(|fits| fits.whole());
    let steps = whole(likely).or_else(|| {
        let stages = dockerfile.stages().len();
        let others = (0..stages).filter(|stage| target.is_none() && stages <= STAGES && *stage != likely);
        // Which of the stages was built is settled where only one of them fits.
        let mut found = others.filter_map(whole);
        found.next().filter(|_| found.next().is_none())
    });
    let steps = steps.or_else(|| Fits::of(dockerfile, likely, build, &said)?.settled());
    steps.map_or_else(|| vec![None; history.len()], |steps| of_layers(dockerfile, history, &said, &steps))
}

/// Which instruction may be which entry of a history.
struct Fits {
    entries: usize,
    /// The instructions in the order in which they are run, as nodes.
    steps: Vec<(usize, Keyword)>,
    /// By step, then entry.
    fits: Vec<bool>,
}

impl Fits {
    /// `None` where there is too much of anything.
    fn of(dockerfile: &Dockerfile, stage: usize, build: &Build, said: &[String]) -> Option<Self> {
        let stages = scope::chain(dockerfile, stage, build);
        let nodes = stages.iter().flat_map(|stage| dockerfile.instructions(dockerfile.stages()[*stage].nodes.clone()));
        let instructions: Vec<_> = nodes.filter(|(_, instruction)| instruction.keyword() != Keyword::From).collect();
        let bytes: usize = said.iter().map(String::len).sum();
        if bytes.saturating_mul(instructions.len()) > WORK {
            return None;
        }
        let mut scope = Scope::of(dockerfile, &stages, build);
        let mut fits = Vec::with_capacity(instructions.len() * said.len());
        for (_, instruction) in &instructions {
            let expected = Expected::of(dockerfile.source(), instruction, &scope);
            fits.extend(said.iter().map(|said| expected.is(said)));
            scope.pass(instruction);
        }
        let steps = instructions.into_iter().map(|(node, instruction)| (node, instruction.keyword())).collect();
        Some(Fits { entries: said.len(), steps, fits })
    }

    fn fit(&self, step: usize, entry: usize) -> bool {
        self.fits.get(step * self.entries + entry).copied().unwrap_or(false)
    }

    /// The node of each entry, where the last entries are all instructions in order: as each builder writes them, some with
    /// those that make no layer, or no entry of their own, left out.
    fn whole(&self) -> Option<Vec<Option<usize>>> {
        let kept: [fn(Keyword) -> bool; 4] = [
            |_| true,
            |keyword| keyword != Keyword::Onbuild,
            Keyword::writes_files,
            |keyword| keyword.writes_files() && keyword != Keyword::Workdir,
        ];
        kept.into_iter().find_map(|kept| {
            let steps: Vec<usize> = (0..self.steps.len()).filter(|step| kept(self.steps[*step].1)).collect();
            let base = self.entries.checked_sub(steps.len()).filter(|_| !steps.is_empty())?;
            let all = steps.iter().enumerate().all(|(at, step)| self.fit(*step, base + at));
            let nodes = steps.iter().map(|step| Some(self.steps[*step].0));
            all.then(|| std::iter::repeat_n(None, base).chain(nodes).collect())
        })
    }

    /// The node of each entry that has the same one in every longest common sequence of both; `None` where most
    /// instructions are missing from the history, so that it is not one of this file.
    fn settled(&self) -> Option<Vec<Option<usize>>> {
        let (steps, entries) = (self.steps.len(), self.entries);
        // What is further up than a file that has changed by half can reach is the base's, and may say the same.
        let own = entries.saturating_sub(steps + steps / 2);
        let fit = |step: usize, entry: usize| entry >= own && self.fit(step, entry);
        let before = Lengths::of(steps, entries, fit);
        let behind = Lengths::of(steps, entries, |step, entry| fit(steps - 1 - step, entries - 1 - entry));
        let after = |step: usize, entry: usize| behind.at(steps - step, entries - entry);
        let most = after(0, 0);
        if most * 2 <= steps {
            return None;
        }
        let on_way = |step: usize, entry: usize| {
            fit(step, entry) && before.at(step, entry) + 1 + after(step + 1, entry + 1) == most
        };
        let counts = |entry: usize| (0..=steps).all(|step| before.at(step, entry) + after(step, entry + 1) < most);
        let only_step = |entry: usize| only((0..steps).filter(|step| on_way(*step, entry)));
        let only_entry = |step: usize| only((0..entries).filter(|entry| on_way(step, *entry)));
        let node = |entry: usize| {
            let step = only_step(entry).filter(|step| counts(entry) && only_entry(*step).is_some())?;
            Some(self.steps[step].0)
        };
        Some((0..entries).map(node).collect())
    }
}

/// Lengths of the longest common sequences of the first of some steps and the first of some entries.
struct Lengths {
    columns: usize,
    lengths: Vec<usize>,
}

impl Lengths {
    fn of(steps: usize, entries: usize, fit: impl Fn(usize, usize) -> bool) -> Self {
        let columns = entries + 1;
        let mut found = Lengths { columns, lengths: vec![0; (steps + 1) * columns] };
        for step in 0..steps {
            for entry in 0..entries {
                let through = if fit(step, entry) { found.at(step, entry) + 1 } else { 0 };
                let best = through.max(found.at(step, entry + 1)).max(found.at(step + 1, entry));
                found.lengths[(step + 1) * columns + entry + 1] = best;
            }
        }
        found
    }

    fn at(&self, steps: usize, entries: usize) -> usize {
        self.lengths[steps * self.columns + entries]
    }
}

fn only(mut found: impl Iterator<Item = usize>) -> Option<usize> {
    found.next().filter(|_| found.next().is_none())
}

/// The one instruction that wrote the files of each layer. A builder that makes one layer of many instructions says that
/// all but the last made none.
fn of_layers(
    dockerfile: &Dockerfile,
    history: &[Record<'_>],
    said: &[String],
    steps: &[Option<usize>],
) -> Vec<Option<usize>> {
    let keyword = |node: usize| dockerfile.nodes()[node].instruction().map(super::Instruction::keyword);
    let own = steps.iter().position(Option::is_some).unwrap_or(steps.len());
    let mut start = own;
    let mut layers = vec![None; history.len()];
    for (entry, _) in history.iter().enumerate().skip(own).filter(|(_, record)| !record.empty) {
        let writers: Vec<usize> = (start..=entry)
            .filter(|at| match steps[*at].and_then(keyword) {
                Some(Keyword::Workdir) => *at == entry,
                Some(keyword) => keyword.writes_files(),
                None => record::writes_files(&said[*at]),
            })
            .collect();
        if let [writer] = writers.as_slice() {
            layers[entry] = steps[*writer];
        }
        start = entry + 1;
    }
    layers
}
