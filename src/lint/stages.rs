//! The stages that a built image depends on, what each begins with, and the variables that hold in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::dockerfile::{Arguments, Dockerfile, Instruction, Keyword, Pair, Value};

/// A variable of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    /// Its value as it is written; `None` where only whoever builds knows it.
    pub(super) value: Option<String>,
    /// Whether the image keeps it: ENV, not ARG.
    pub(super) kept: bool,
}

/// The variables at one place, by name.
pub(super) type Variables = BTreeMap<String, Variable>;

/// What is known of a stage.
pub(super) struct Facts {
    /// The reference that it begins with, with the defaults of arguments; `None` where that hangs on whoever builds.
    pub(super) base: Option<String>,
    /// The stage that it begins with.
    pub(super) parent: Option<usize>,
    /// Whether the built image depends on it.
    pub(super) counts: bool,
    /// Whether its layers are layers of the built image.
    pub(super) ships: bool,
    /// Whether it is of Windows: its shell is another one.
    pub(super) windows: bool,
    /// The variables that it begins with.
    pub(super) variables: Variables,
}

/// The facts of all stages, for a build that ends with one of them.
pub(super) fn facts(file: &Dockerfile, target: usize) -> Vec<Facts> {
    let globals = globals(file);
    let values = |name: &str| globals.get(name).cloned().unwrap_or(Value::Unset);
    let mut facts: Vec<Facts> = Vec::new();
    for (number, stage) in file.stages().iter().enumerate() {
        let base = file.expand(&stage.base, &values).ok().filter(|base| !base.is_empty());
        let parent = base.as_deref().and_then(|base| file.stage_called(base, number));
        let variables = parent.map_or_else(Variables::new, |parent| end_of(file, parent, &facts));
        let above = parent.and_then(|parent| facts.get(parent)).is_some_and(|parent| parent.windows);
        let named = base.as_deref().is_some_and(|base| {
            ["windows/", "nanoserver", "windowsservercore", "servercore"].iter().any(|name| base.contains(name))
        });
        let windows = above || (named && parent.is_none()) || file.escape() == '`';
        facts.push(Facts { base, parent, counts: false, ships: false, windows, variables });
    }
    let mut next = Some(target);
    while let Some(facts) = next.and_then(|number| facts.get_mut(number)) {
        facts.ships = true;
        next = facts.parent;
    }
    let mut wanted = vec![target];
    while let Some(number) = wanted.pop() {
        match facts.get_mut(number) {
            Some(facts) if !facts.counts => facts.counts = true,
            _ => continue,
        }
        wanted.extend(facts.get(number).and_then(|facts| facts.parent));
        wanted.extend(sources(file, number).iter().filter_map(|name| stage_of(file, name, number)));
    }
    facts
}

/// The variables at the end of a stage.
fn end_of(file: &Dockerfile, stage: usize, facts: &[Facts]) -> Variables {
    let mut variables = facts.get(stage).map(|facts| facts.variables.clone()).unwrap_or_default();
    let nodes = file.stages().get(stage).map_or(0..0, |stage| stage.nodes.clone());
    file.instructions(nodes).for_each(|(_, instruction)| pass(instruction, &mut variables));
    variables
}

/// Goes on behind an instruction.
pub(super) fn pass(instruction: &Instruction, variables: &mut Variables) {
    for pair in pairs(instruction) {
        let kept = instruction.keyword() == Keyword::Env;
        // An argument does not hide what the image has under its name.
        if kept || !variables.get(&pair.name).is_some_and(|known| known.kept) {
            variables.insert(pair.name.clone(), Variable { value: pair.value.clone(), kept });
        }
    }
}

/// The assignments of `ENV` and `ARG`.
pub(super) fn pairs(instruction: &Instruction) -> &[Pair] {
    match (&instruction.command.arguments, instruction.keyword()) {
        (Arguments::Pairs(pairs), Keyword::Env | Keyword::Arg) => pairs,
        _ => &[],
    }
}

/// The names that `COPY --from`, `ADD --from` and mounts of a stage take files from.
pub(super) fn sources(file: &Dockerfile, stage: usize) -> BTreeSet<String> {
    let nodes = file.stages().get(stage).map_or(0..0, |stage| stage.nodes.clone());
    file.instructions(nodes).flat_map(|(_, instruction)| instruction_sources(instruction)).collect()
}

/// Those of one instruction.
pub(super) fn instruction_sources(instruction: &Instruction) -> Vec<String> {
    let mut sources = Vec::new();
    for flag in &instruction.command.flags {
        let value = flag.value.as_deref().unwrap_or_default();
        match flag.name.as_str() {
            "from" => sources.push(value.to_owned()),
            "mount" => {
                sources.extend(value.split(',').filter_map(|option| option.strip_prefix("from=")).map(str::to_owned))
            }
            _ => {}
        }
    }
    sources
}

/// The stage that a name or number in `--from` means.
pub(super) fn stage_of(file: &Dockerfile, name: &str, before: usize) -> Option<usize> {
    file.stage_called(name, before).or_else(|| name.parse().ok().filter(|number| *number < before))
}

/// The variables before the first stage, with their defaults.
pub(super) fn globals(file: &Dockerfile) -> BTreeMap<String, Value> {
    let platform =
        ["BUILDPLATFORM", "BUILDOS", "BUILDARCH", "TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT"];
    let mut globals: BTreeMap<String, Value> =
        platform.iter().map(|name| ((*name).to_owned(), Value::Unknown)).collect();
    for (_, instruction) in file.preamble() {
        for pair in pairs(instruction) {
            let values = |name: &str| globals.get(name).cloned().unwrap_or(Value::Unset);
            let value = match &pair.value {
                Some(value) => file.expand(value, &values).map_or(Value::Unknown, Value::Set),
                None => Value::Unknown,
            };
            globals.insert(pair.name.clone(), value);
        }
    }
    globals
}
