//! Which stages an image is made of.

use std::collections::{BTreeMap, BTreeSet};

use super::Dockerfile;
use super::instruction::{Instruction, Keyword};
use super::lexer::Value;
use super::scope::{self, Build};

impl Dockerfile {
    /// The numbers of the stages that this one is made of: itself, those it is built on, and those that it copies or mounts
    /// files from, directly or not. What hangs on build arguments is taken to have its default.
    pub fn stages_of(&self, target: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![target];
        // A stage names earlier ones only, so this ends.
        while let Some(stage) = waiting.pop() {
            if stage < self.stages().len() && found.insert(stage) {
                waiting.extend(self.base_stage(stage));
                let nodes = self.stages()[stage].nodes.clone();
                waiting.extend(self.instructions(nodes).flat_map(|(node, _)| self.sources_of(node)));
            }
        }
        found
    }

    /// The stage that this one is built on, where that is one of this file.
    pub fn base_stage(&self, stage: usize) -> Option<usize> {
        let chain = scope::chain(self, stage, &Build { arguments: Some(BTreeMap::new()), environment: Vec::new() });
        chain.len().checked_sub(2).and_then(|before| chain.get(before).copied())
    }

    /// The base of a stage with the values of its variables, those of build arguments being their defaults; `None` where
    /// that says nothing.
    pub fn base_image(&self, stage: usize) -> Option<String> {
        let defaults = Build { arguments: Some(BTreeMap::new()), environment: Vec::new() };
        let globals = scope::globals(self, &defaults);
        let values = |name: &str| globals.get(name).cloned().unwrap_or(Value::Unset);
        self.expand(&self.stages().get(stage)?.base, &values).ok().filter(|base| !base.is_empty())
    }

    /// The stages that an instruction copies or mounts files from.
    pub fn sources_of(&self, node: usize) -> Vec<usize> {
        let stage = self.stage_of(node);
        let instruction = self.nodes().get(node).and_then(super::Node::instruction);
        let (Some(stage), Some(instruction)) = (stage, instruction) else { return Vec::new() };
        let number = |name: &str| name.parse().ok().filter(|number| *number < stage);
        let named = names(instruction);
        named.into_iter().filter_map(|name| self.stage_called(name, stage).or_else(|| number(name))).collect()
    }
}

/// What an instruction says that it takes files from.
fn names(instruction: &Instruction) -> Vec<&str> {
    let flags = instruction.command.flags.iter().filter_map(|flag| Some((flag.name.as_str(), flag.value.as_deref()?)));
    let from = |(name, value)| match (instruction.keyword(), name) {
        (Keyword::Copy, "from") => Some(value),
        (Keyword::Run, "mount") => str::split(value, ',').find_map(|part| part.trim().strip_prefix("from=")),
        _ => None,
    };
    flags.filter_map(from).collect()
}
