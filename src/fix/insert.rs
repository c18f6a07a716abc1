//! Lines after the FROM of stages: arguments and variables that are not there yet.

use super::site::{Site, runs_of};
use super::{Changed, Unedited};
use crate::dockerfile::{Arguments, Dockerfile, Keyword};

/// A line for each stage with a `RUN` that the image is made of.
pub(super) fn in_stages(file: &Dockerfile, line: &str, site: &Site<'_>) -> Changed {
    let mut changed = Changed::default();
    for stage in file.stages_of(site.target).into_iter().filter(|stage| !runs_of(file, *stage).is_empty()) {
        let from = file.stages()[stage].nodes.start;
        let edit = match line.split_once(' ') {
            Some(("ARG", name)) if !is_set(file, stage, name) => file.declare(stage, name),
            Some(("ENV", pairs)) => variables(file, stage, pairs)
                .map_or(Ok(None), |missing| file.insert_after(from, &format!("ENV {missing}")).map(Some)),
            _ => Ok(None),
        };
        match edit {
            Ok(edit) => changed.edits.extend(edit),
            Err(refused) => changed.left.push(Unedited::of(file, from, refused.into())),
        }
    }
    changed
}

/// The assignments of these whose variables neither the stage nor one that it is built on sets; `None` where all are set.
fn variables(file: &Dockerfile, stage: usize, pairs: &str) -> Option<String> {
    let mut missing = pairs.split(' ').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        // The stage that this one is built on gets the same line, where it runs anything.
        let inherited = file.base_stage(stage).is_some_and(|base| !runs_of(file, base).is_empty());
        !inherited && !is_set(file, stage, name)
    });
    let first = missing.next()?;
    Some(missing.fold(first.to_owned(), |all, pair| format!("{all} {pair}")))
}

/// Whether `ENV` sets a variable in a stage, or in one that it is built on.
fn is_set(file: &Dockerfile, stage: usize, name: &str) -> bool {
    let sets = |stage: usize| {
        let nodes = file.stages()[stage].nodes.clone();
        file.instructions(nodes).any(|(_, instruction)| match &instruction.command.arguments {
            Arguments::Pairs(pairs) => {
                instruction.keyword() == Keyword::Env && pairs.iter().any(|pair| pair.name == name)
            }
            _ => false,
        })
    };
    std::iter::successors(Some(stage), |stage| file.base_stage(*stage)).any(sets)
}
