//! Programs that an instruction runs, as they are called: without what only starts another program.

use std::ops::Range;

use crate::dockerfile::{Piece, ScriptWord};

/// A word that a program is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Argument {
    /// Without quotes; variables as `$NAME`, what commands print as `$()`.
    pub(super) text: String,
    /// Whether it holds anything that only the run will tell.
    pub(super) open: bool,
    /// The variables in it.
    pub(super) variables: Vec<String>,
    /// Where it stands in the file.
    pub(super) place: Range<usize>,
}

/// A program that is called.
#[derive(Debug, Clone, Default)]
pub(super) struct Call {
    /// The last part of its path; empty where there are only assignments or redirections.
    pub(super) name: String,
    pub(super) arguments: Vec<Argument>,
    /// Variables that are set for it alone, or by it where there is no program.
    pub(super) environment: Vec<(String, Argument)>,
    /// Whether more arguments come from its input (`xargs`).
    pub(super) fed: bool,
    /// Where it stands in the file.
    pub(super) place: Range<usize>,
    /// The files that it reads by redirection.
    pub(super) reads: Vec<Argument>,
    /// The files that its output goes to.
    pub(super) files: Vec<Argument>,
    /// Whether its output is thrown away.
    pub(super) silenced: bool,
    /// The call that reads its output.
    pub(super) into: Option<usize>,
    /// The call that it is a part of a word of.
    pub(super) inside: Option<usize>,
    /// The call whose output it writes to: a shell with a script.
    pub(super) within: Option<usize>,
}

impl Argument {
    pub(super) fn of(word: &ScriptWord, place: Range<usize>) -> Self {
        Argument {
            text: word.text(),
            open: word.pieces.iter().any(|piece| !matches!(piece, Piece::Text(_))),
            variables: word.variables().map(str::to_owned).collect(),
            place,
        }
    }

    pub(super) fn is_option(&self) -> bool {
        self.text.len() > 1 && self.text.starts_with('-')
    }
}

/// Programs that start another one: their options with a value, and how many operands stand before it.
const STARTERS: [(&str, &[&str], usize); 21] = [
    ("sudo", &["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-U", "-D", "--user", "--group"], 0),
    ("doas", &["-u", "-C"], 0),
    ("env", &["-u", "-C", "--unset", "--chdir"], 0),
    ("exec", &["-a"], 0),
    ("command", &[], 0),
    ("builtin", &[], 0),
    ("nohup", &[], 0),
    ("time", &["-f", "-o"], 0),
    ("eatmydata", &[], 0),
    ("unbuffer", &[], 0),
    ("nice", &["-n", "--adjustment"], 0),
    ("ionice", &["-c", "-n"], 0),
    ("timeout", &["-s", "-k", "--signal", "--kill-after"], 1),
    ("stdbuf", &["-i", "-o", "-e"], 0),
    ("setarch", &[], 1),
    ("linux32", &[], 0),
    ("gosu", &[], 1),
    ("su-exec", &[], 1),
    ("busybox", &[], 0),
    ("retry", &[], 0),
    ("xargs", &["-n", "-I", "-P", "-L", "-d", "-a", "-s", "-E", "--max-args", "--max-procs", "--delimiter"], 0),
];

/// Shells, and others that take a script with `-c`.
const SHELLS: [&str; 9] = ["sh", "ash", "bash", "dash", "ksh", "zsh", "su", "runuser", "scl"];

impl Call {
    /// Takes off what only starts another program.
    pub(super) fn started(mut self) -> Self {
        while let Some((name, valued, operands)) = STARTERS.iter().find(|(name, ..)| *name == self.name) {
            // `command -v NAME` only asks where it is.
            if *name == "command" && (self.has_letter('v') || self.has_letter('V')) {
                return self;
            }
            let mut rest = skip_options(&self.arguments, valued);
            while let Some((variable, value)) = rest.first().and_then(assignment) {
                self.environment.push((variable, value));
                rest = rest.get(1..).unwrap_or_default();
            }
            rest = rest.get(*operands..).unwrap_or_default();
            let Some((program, arguments)) = rest.split_first() else { return self };
            self.fed |= *name == "xargs";
            self.name = base_name(program);
            self.arguments = arguments.to_vec();
        }
        self
    }

    /// The script that it has a shell run, as an argument.
    pub(super) fn script(&self) -> Option<&Argument> {
        if self.name == "eval" {
            return self.arguments.first().filter(|_| self.arguments.len() == 1);
        }
        if !SHELLS.contains(&self.name.as_str()) {
            return None;
        }
        let given = |argument: &Argument| {
            argument.text.starts_with('-') && !argument.text.starts_with("--") && argument.text.ends_with('c')
        };
        let at = self.arguments.iter().position(given)?;
        self.arguments.get(at + 1)
    }

    /// Whether it is a shell that reads its script from its input.
    pub(super) fn is_open_shell(&self) -> bool {
        let shell = SHELLS.get(..6).unwrap_or_default().contains(&self.name.as_str());
        let input = self.arguments.iter().any(|argument| argument.text == "-s" || argument.text == "-");
        shell && self.script().is_none() && (input || self.arguments.iter().all(Argument::is_option))
    }

    /// Whether one of these options is given, alone or with a value after `=`.
    pub(super) fn has(&self, options: &[&str]) -> bool {
        self.arguments.iter().any(|argument| {
            let name = argument.text.split('=').next().unwrap_or_default();
            options.contains(&name)
        })
    }

    /// Whether an option of one letter is given, also among others.
    pub(super) fn has_letter(&self, letter: char) -> bool {
        let of_letters = |text: &str| text.starts_with('-') && !text.starts_with("--");
        self.arguments.iter().any(|argument| of_letters(&argument.text) && argument.text.contains(letter))
    }

    /// The value of one of these options.
    pub(super) fn value(&self, options: &[&str]) -> Option<&str> {
        let mut arguments = self.arguments.iter();
        while let Some(argument) = arguments.next() {
            if options.contains(&argument.text.as_str()) {
                return arguments.next().map(|value| value.text.as_str());
            }
            if let Some((name, value)) = argument.text.split_once('=')
                && options.contains(&name)
            {
                return Some(value);
            }
        }
        None
    }

    /// The arguments that are no options, and no values of these ones.
    pub(super) fn operands(&self, valued: &[&str]) -> Vec<&Argument> {
        let mut operands = Vec::new();
        let mut arguments = self.arguments.iter();
        let mut only = false;
        while let Some(argument) = arguments.next() {
            if only || !argument.is_option() {
                operands.push(argument);
            } else if argument.text == "--" {
                only = true;
            } else if valued.contains(&argument.text.as_str()) {
                arguments.next();
            }
        }
        operands
    }

    /// It and its arguments in one line.
    pub(super) fn line(&self) -> String {
        let mut line = self.name.clone();
        for argument in &self.arguments {
            line.push(' ');
            line.push_str(&argument.text);
        }
        line
    }

    /// The variable of its own environment.
    pub(super) fn variable(&self, name: &str) -> Option<&Argument> {
        self.environment.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

/// The last part of the path of a program, where it is written out.
pub(super) fn base_name(program: &Argument) -> String {
    if program.open {
        return String::new();
    }
    program.text.rsplit('/').next().unwrap_or_default().to_owned()
}

fn assignment(argument: &Argument) -> Option<(String, Argument)> {
    let (name, value) = argument.text.split_once('=')?;
    let plain = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    plain.then(|| (name.to_owned(), Argument { text: value.to_owned(), ..argument.clone() }))
}

fn skip_options<'a>(mut arguments: &'a [Argument], valued: &[&str]) -> &'a [Argument] {
    while let Some((first, rest)) = arguments.split_first() {
        if first.text == "--" {
            return rest;
        }
        if !first.is_option() {
            break;
        }
        arguments = if valued.contains(&first.text.as_str()) { rest.get(1..).unwrap_or_default() } else { rest };
    }
    arguments
}
