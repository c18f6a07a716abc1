//! One instruction with the programs that it runs.

use std::ops::Range;

use super::call::{Argument, Call, base_name};
use crate::dockerfile::{Arguments, Command, Dockerfile, Heredoc, Instruction, Keyword, ShellCommand, ShellScript};

/// Calls of one instruction that are looked at.
const MOST: usize = 2000;
/// How deep scripts are given to shells by scripts.
const DEEPEST: usize = 4;

/// An instruction.
pub(super) struct Step<'a> {
    pub(super) file: &'a Dockerfile,
    pub(super) node: usize,
    pub(super) stage: usize,
    pub(super) instruction: &'a Instruction,
    /// What the instruction says, or the one that `ONBUILD` keeps for other builds.
    pub(super) command: &'a Command,
    /// What it runs; nothing where that is no command line of a POSIX shell.
    pub(super) calls: Vec<Call>,
}

/// Where the text of a script stands in the file.
enum Text<'a> {
    Line(&'a Instruction, usize),
    Body(usize),
    /// All of it at one place: how far into it cannot be told.
    Somewhere(Range<usize>),
}

impl Text<'_> {
    fn place(&self, range: &Range<usize>) -> Range<usize> {
        match self {
            Text::Line(instruction, from) => {
                let logical = &instruction.logical;
                logical.at(from + range.start)..logical.end_at(from + range.end)
            }
            Text::Body(from) => from + range.start..from + range.end,
            Text::Somewhere(place) => place.clone(),
        }
    }
}

impl<'a> Step<'a> {
    pub(super) fn of(file: &'a Dockerfile, node: usize, stage: usize, windows: bool) -> Option<Self> {
        let instruction = file.nodes().get(node)?.instruction()?;
        let command = match &instruction.command.arguments {
            Arguments::Trigger(command) => command,
            _ => &instruction.command,
        };
        let mut step = Step { file, node, stage, instruction, command, calls: Vec::new() };
        if command.keyword == Keyword::Run && !windows {
            step.read();
        }
        Some(step)
    }

    fn read(&mut self) {
        let instruction = self.instruction;
        match &self.command.arguments {
            Arguments::Exec(words) => {
                let place = self.file.nodes().get(self.node).map_or(0..0, |node| node.range.clone());
                let argument =
                    |text: &String| Argument { text: text.clone(), place: place.clone(), ..Argument::default() };
                let words: Vec<Argument> = words.iter().map(argument).collect();
                if let Some((program, arguments)) = words.split_first() {
                    let call = Call {
                        name: base_name(program),
                        arguments: arguments.to_vec(),
                        place: program.place.clone(),
                        ..Call::default()
                    };
                    self.add(call, 0);
                }
            }
            Arguments::Shell(range) if self.file.has_posix_shell(self.node) => {
                let text = instruction.logical.slice(range);
                match instruction.heredocs.as_slice() {
                    [only] if text.split_whitespace().count() == 1 && text.trim_start().starts_with("<<") => {
                        self.body(only, None, 0);
                    }
                    _ => self.script(&ShellScript::read(text), &Text::Line(instruction, range.start), None, 0),
                }
            }
            _ => {}
        }
    }

    /// The body of a heredoc as a script.
    fn body(&mut self, heredoc: &Heredoc, within: Option<usize>, depth: usize) {
        let text = self.file.source().get(heredoc.body.clone()).unwrap_or_default();
        let other = text.strip_prefix("#!").is_some_and(|first| {
            let first = first.lines().next().unwrap_or_default();
            !first.split([' ', '/']).any(|word| matches!(word, "sh" | "bash" | "ash" | "dash" | "ksh" | "zsh"))
        });
        if !other {
            self.script(&ShellScript::read(text), &Text::Body(heredoc.body.start), within, depth);
        }
    }

    fn script(&mut self, script: &ShellScript, text: &Text<'_>, within: Option<usize>, depth: usize) {
        let first = self.calls.len();
        let mut heredocs = self.instruction.heredocs.iter();
        let mut later = Vec::new();
        for (number, command) in script.commands.iter().enumerate() {
            if self.calls.len() >= MOST {
                break;
            }
            let mut call = call(command, text);
            call.into = command.into.map(|into| first + into);
            call.inside = command.inside.map(|inside| first + inside);
            call.within = within;
            if matches!(text, Text::Line(..)) {
                let opens = command.redirects.iter().filter(|redirect| redirect.opens_heredoc());
                later.extend(opens.filter_map(|_| heredocs.next()).map(|heredoc| (first + number, heredoc)));
            }
            self.calls.push(call.started());
        }
        let last = self.calls.len();
        for number in first..last {
            self.nested(number, depth);
        }
        for (number, heredoc) in later.into_iter().filter(|(number, _)| *number < last) {
            if self.calls.get(number).is_some_and(Call::is_open_shell) {
                self.body(heredoc, Some(number), depth + 1);
            } else if heredoc.expands {
                let text = self.file.source().get(heredoc.body.clone()).unwrap_or_default();
                let script = ShellScript::read_quoted(text);
                self.script(&script, &Text::Body(heredoc.body.start), Some(number), depth + 1);
            }
        }
    }

    fn add(&mut self, call: Call, depth: usize) {
        self.calls.push(call.started());
        self.nested(self.calls.len() - 1, depth);
    }

    /// The script that a call has a shell run.
    fn nested(&mut self, number: usize, depth: usize) {
        let script = self.calls.get(number).and_then(Call::script).cloned();
        let Some(argument) = script.filter(|_| depth < DEEPEST) else { return };
        let written = self.file.source().get(argument.place.clone()).unwrap_or_default();
        // Between its quotes it stands as it is.
        let plain =
            written.len() == argument.text.len() + 2 && written.get(1..written.len() - 1) == Some(&argument.text);
        let text = if plain { Text::Body(argument.place.start + 1) } else { Text::Somewhere(argument.place.clone()) };
        self.script(&ShellScript::read(&argument.text), &text, Some(number), depth + 1);
    }

    /// Whether it is kept for builds on top of this image.
    pub(super) fn is_deferred(&self) -> bool {
        !std::ptr::eq(self.command, &raw const self.instruction.command)
    }

    /// The calls of programs of these names.
    pub(super) fn calls_of<'s>(&'s self, names: &'s [&str]) -> impl Iterator<Item = (usize, &'s Call)> {
        self.calls.iter().enumerate().filter(|(_, call)| names.contains(&call.name.as_str()))
    }

    /// The mounts of a `RUN`, each as its options.
    pub(super) fn mounts(&self) -> impl Iterator<Item = Vec<(&str, &str)>> {
        let flags = self.command.flags.iter().filter(|flag| flag.name == "mount");
        flags
            .filter_map(|flag| flag.value.as_deref())
            .map(|value| value.split(',').map(|option| option.split_once('=').unwrap_or((option, ""))).collect())
    }

    /// Whether nothing below this directory gets into the layer: a mount stands there, or above it.
    pub(super) fn is_mounted(&self, directory: &str) -> bool {
        self.mounts().any(|options| {
            let target = options.iter().find(|(name, _)| matches!(*name, "target" | "dst" | "destination"));
            let kind = options.iter().find(|(name, _)| *name == "type").map_or("bind", |(_, kind)| kind);
            let target = target.map_or("", |(_, target)| target.trim_end_matches('/'));
            let below = directory.strip_prefix(target).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            matches!(kind, "cache" | "tmpfs") && !target.is_empty() && below
        })
    }
}

fn call(command: &ShellCommand, text: &Text<'_>) -> Call {
    let argument = |word: &crate::dockerfile::ScriptWord| Argument::of(word, text.place(&word.range));
    let mut words = command.words.iter().map(argument);
    let program = words.next();
    let environment = command.assignments.iter().filter_map(|word| {
        let name = word.assigned()?.to_owned();
        let whole = argument(word);
        let value = whole.text.split_once('=').map_or("", |(_, value)| value).to_owned();
        Some((name, Argument { text: value, ..whole }))
    });
    let environment: Vec<_> = environment.collect();
    let output = command.redirects.iter().filter(|redirect| redirect.is_of_output());
    let place = program.as_ref().map(|program| program.place.clone());
    Call {
        name: program.as_ref().map(base_name).unwrap_or_default(),
        arguments: words.collect(),
        place: place.or_else(|| environment.first().map(|(_, value)| value.place.clone())).unwrap_or(0..0),
        environment,
        reads: command
            .redirects
            .iter()
            .filter(|redirect| redirect.operator == "<")
            .map(|redirect| argument(&redirect.target))
            .collect(),
        files: output.clone().filter_map(|redirect| redirect.written()).map(argument).collect(),
        silenced: output.into_iter().any(|redirect| redirect.target.text() == "/dev/null"),
        ..Call::default()
    }
}
