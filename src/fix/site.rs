//! Where the findings lead to in a Dockerfile.

use std::collections::{BTreeMap, BTreeSet};

use crate::dockerfile::{Dockerfile, Keyword};

/// A base image that is known by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Its name with the tag, as `docker.io/library/debian:12`.
    pub name: String,
    /// Its digest, `sha256:…`.
    pub digest: String,
}

/// What is known of where findings come from.
#[derive(Debug, Clone, Default)]
pub struct Site<'a> {
    /// The stage that is built.
    pub target: usize,
    /// The instructions that made the layers with the findings, as nodes; `None` where one of them is not known.
    pub nodes: Option<BTreeSet<usize>>,
    /// Bases whose digest is known for certain.
    pub bases: &'a [Base],
}

impl Site<'_> {
    /// Whether a `RUN` that the findings lead to has this in it.
    pub fn has(&self, file: &Dockerfile, text: &str) -> bool {
        let source = |node: usize| file.nodes().get(node).and_then(|node| file.source().get(node.range.clone()));
        self.runs(file, true).into_keys().filter_map(source).any(|run| run.contains(text))
    }

    /// The `RUN` instructions that may have made what was found, as nodes, each with whether a finding names it: others
    /// are those of stages that files are copied from, with `mounts` also what a named one mounts, or all of them.
    pub(super) fn runs(&self, file: &Dockerfile, mounts: bool) -> BTreeMap<usize, bool> {
        let mut stages = BTreeSet::new();
        let mut runs = BTreeMap::new();
        match &self.nodes {
            None => stages.extend(file.stages_of(self.target)),
            Some(nodes) => {
                for node in nodes.iter().filter(|node| mounts || !is_run(file, **node)) {
                    stages.extend(file.sources_of(*node).into_iter().flat_map(|stage| file.stages_of(stage)));
                }
                runs.extend(nodes.iter().filter(|node| is_run(file, **node)).map(|node| (*node, true)));
            }
        }
        for node in stages.into_iter().flat_map(|stage| runs_of(file, stage)) {
            runs.entry(node).or_insert(false);
        }
        runs
    }
}

fn is_run(file: &Dockerfile, node: usize) -> bool {
    let instruction = file.nodes().get(node).and_then(crate::dockerfile::Node::instruction);
    instruction.is_some_and(|instruction| instruction.keyword() == Keyword::Run)
}

/// The `RUN` instructions of a stage, as nodes.
pub(super) fn runs_of(file: &Dockerfile, stage: usize) -> Vec<usize> {
    let nodes = file.stages().get(stage).map(|stage| stage.nodes.clone()).unwrap_or_default();
    nodes.filter(|node| is_run(file, *node)).collect()
}
