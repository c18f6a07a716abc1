//! What the variables of a stage are worth at each of its instructions.

use std::collections::{BTreeMap, BTreeSet};

use super::Dockerfile;
use super::instruction::{Arguments, Instruction, Keyword, Pair};
use super::lexer::{Lexer, Value};
use super::word::Unexpanded;

/// The image that has nothing in it.
const EMPTY: &str = "scratch";

/// The shell of images that name none.
const SHELL: &str = "/bin/sh -c";

/// Variables that builders set.
const PREDEFINED: [&str; 8] = [
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
];

/// What is known of a build beside its Dockerfile.
#[derive(Debug, Clone, Default)]
pub struct Build {
    /// The build arguments, all of them; `None` where they are not known.
    pub arguments: Option<BTreeMap<String, String>>,
    /// The environment of the image that was made, as `name=value`.
    pub environment: Vec<String>,
}

/// The stages that make up an image, the one with another base first, the last one the stage of this number itself.
///
/// A base that hangs on build arguments which are not known is taken to be the default.
pub(super) fn chain(dockerfile: &Dockerfile, stage: usize, build: &Build) -> Vec<usize> {
    let known = Build { arguments: Some(build.arguments.clone().unwrap_or_default()), environment: Vec::new() };
    let globals = globals(dockerfile, &known);
    let values = |name: &str| globals.get(name).cloned().unwrap_or(Value::Unset);
    let mut stages = vec![stage];
    let mut next = stage;
    // Only earlier stages can be built on, so this ends.
    while let Some(base) = dockerfile.stages().get(next).and_then(|stage| dockerfile.expand(&stage.base, &values).ok())
    {
        let Some(earlier) = dockerfile.stage_called(&base, next) else { break };
        stages.push(earlier);
        next = earlier;
    }
    stages.reverse();
    stages
}

/// The variables before the first stage.
pub(super) fn globals(dockerfile: &Dockerfile, build: &Build) -> BTreeMap<String, Value> {
    let mut globals: BTreeMap<String, Value> =
        PREDEFINED.iter().map(|name| ((*name).to_owned(), Value::Unknown)).collect();
    for (_, instruction) in dockerfile.preamble() {
        for pair in pairs(instruction, Keyword::Arg) {
            let default = pair.value.as_deref().map_or(Value::Unset, |value| {
                let values = |name: &str| globals.get(name).cloned().unwrap_or(Value::Unset);
                value_of(dockerfile.expand(value, &values))
            });
            let value = given(build, &pair.name).unwrap_or(default);
            globals.insert(pair.name.clone(), value);
        }
    }
    globals
}

/// The value of a build argument; `None` where it has its default.
fn given(build: &Build, name: &str) -> Option<Value> {
    match &build.arguments {
        Some(arguments) => arguments.get(name).map(|value| Value::Set(value.clone())),
        None => Some(Value::Unknown),
    }
}

fn value_of(expanded: Result<String, Unexpanded>) -> Value {
    expanded.map_or(Value::Unknown, Value::Set)
}

fn pairs(instruction: &Instruction, keyword: Keyword) -> &[Pair] {
    match &instruction.command.arguments {
        Arguments::Pairs(pairs) if instruction.keyword() == keyword => pairs,
        _ => &[],
    }
}

/// What holds at one instruction.
pub(super) struct Scope<'a> {
    build: &'a Build,
    escape: char,
    globals: BTreeMap<String, Value>,
    variables: BTreeMap<String, Value>,
    /// What a variable is that no instruction has set so far.
    base: BTreeMap<&'a str, Value>,
    rest: Value,
    /// Names of the build arguments declared so far.
    pub(super) declared: BTreeSet<String>,
    /// The shell of `RUN`, its words joined.
    pub(super) shell: String,
    /// The directory of relative paths, where it is known.
    pub(super) directory: Option<String>,
}

impl<'a> Scope<'a> {
    /// That of the first of some stages, at its beginning.
    pub(super) fn of(dockerfile: &'a Dockerfile, stages: &[usize], build: &'a Build) -> Self {
        let empty = stages.first().is_some_and(|stage| dockerfile.stages()[*stage].base == EMPTY);
        let mut base = BTreeMap::new();
        if !empty {
            // The image shows what its base has set, except where its own instructions changed that.
            let set = build.environment.iter().filter_map(|variable| variable.split_once('='));
            base.extend(set.map(|(name, value)| (name, Value::Set(value.to_owned()))));
            let nodes =
                stages.iter().flat_map(|stage| dockerfile.instructions(dockerfile.stages()[*stage].nodes.clone()));
            for pair in nodes.flat_map(|(_, instruction)| pairs(instruction, Keyword::Env)) {
                base.insert(&pair.name, Value::Unknown);
            }
        }
        let unseen = build.environment.is_empty() && !empty;
        Scope {
            build,
            escape: dockerfile.escape(),
            globals: globals(dockerfile, build),
            variables: BTreeMap::new(),
            base,
            rest: if unseen { Value::Unknown } else { Value::Unset },
            declared: BTreeSet::new(),
            shell: SHELL.to_owned(),
            directory: empty.then(|| "/".to_owned()),
        }
    }

    fn variable(&self, name: &str) -> Value {
        let known = self.variables.get(name).or_else(|| self.base.get(name));
        known.unwrap_or(&self.rest).clone()
    }

    /// A word with the values of its variables.
    pub(super) fn expanded(&self, word: &str) -> Result<String, Unexpanded> {
        Lexer::expanding(self.escape, &|name| self.variable(name)).word(word)
    }

    /// An absolute path without `.` and `..`; `None` where it hangs on what is not known.
    pub(super) fn absolute(&self, path: &str) -> Option<String> {
        let joined = match (path.starts_with('/'), &self.directory) {
            (true, _) => path.to_owned(),
            (false, Some(directory)) => format!("{directory}/{path}"),
            (false, None) => return None,
        };
        let mut names: Vec<&str> = Vec::new();
        for name in joined.split('/').filter(|name| !matches!(*name, "" | ".")) {
            if name == ".." {
                names.pop();
            } else {
                names.push(name);
            }
        }
        Some(format!("/{}", names.join("/")))
    }

    /// Goes on behind an instruction.
    pub(super) fn pass(&mut self, instruction: &Instruction) {
        match (instruction.keyword(), &instruction.command.arguments) {
            (Keyword::Arg, Arguments::Pairs(pairs)) => pairs.iter().for_each(|pair| self.declare(pair)),
            (Keyword::Env, Arguments::Pairs(pairs)) => {
                // All values of one instruction see the variables from before it.
                let values: Vec<Value> = pairs
                    .iter()
                    .map(|pair| value_of(self.expanded(pair.value.as_deref().unwrap_or_default())))
                    .collect();
                self.variables.extend(pairs.iter().map(|pair| pair.name.clone()).zip(values));
            }
            (Keyword::Workdir, _) => {
                self.directory = self.expanded(instruction.arguments()).ok().and_then(|path| self.absolute(&path));
            }
            (Keyword::Shell, Arguments::Exec(words)) => self.shell = words.join(" "),
            _ => {}
        }
    }

    fn declare(&mut self, pair: &Pair) {
        let default = match &pair.value {
            Some(value) => value_of(self.expanded(value)),
            None => self.globals.get(&pair.name).cloned().unwrap_or(Value::Unset),
        };
        let value = given(self.build, &pair.name).unwrap_or(default);
        self.declared.insert(pair.name.clone());
        // Builders differ in whether the argument or a variable of the same name counts.
        let shadows = self.variables.contains_key(&pair.name) || self.base.contains_key(pair.name.as_str());
        if value != Value::Unset {
            self.variables.insert(pair.name.clone(), if shadows { Value::Unknown } else { value });
        }
    }
}
