//! What builders write into an image's history for an instruction (`created_by`).
//!
//! - BuildKit: `RUN |1 A=b /bin/sh -c make # buildkit`, `COPY a /b # buildkit`, `WORKDIR /a`, `ENV A=b`, with expanded words.
//! - Docker without it: `|1 A=b /bin/sh -c make`, `/bin/sh -c #(nop) COPY file:… in /b `, `/bin/sh -c #(nop)  ENV A=b`.
//! - buildah: the same, with words as they are written, flags of `RUN` in its command, and notes behind (`|force-mtime=…`).
//! - kaniko: the instruction as it is written.

use std::ops::Range;

use super::instruction::{Arguments, Instruction, Keyword, Pair};
use super::scope::Scope;

/// What stands between the shell and instructions that ran nothing.
const NOTHING_RAN: &str = " #(nop) ";

/// With what shells are given a command.
const COMMAND_OPTIONS: [&str; 3] = ["-c", "/C", "-Command"];

/// How BuildKit marks what it ran.
const BUILDKIT: &str = " # buildkit";

/// What buildah notes behind a command.
const NOTES: [&str; 6] =
    ["inheritLabels=", "unsetLabel=", "unsetAnnotation=", "inheritAnnotations=", "force-mtime=", "clamp-mtime="];

/// A text with single blanks: builders differ in the others.
pub(super) fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a record, collapsed, is of an instruction that writes files.
pub(super) fn writes_files(said: &str) -> bool {
    let said = nothing_ran(said).unwrap_or(said);
    match Keyword::of(said.split(' ').next().unwrap_or_default()) {
        Keyword::Other => true,
        keyword => keyword.writes_files(),
    }
}

/// The instruction that ran nothing, behind `/bin/sh -c #(nop)`.
fn nothing_ran(said: &str) -> Option<&str> {
    let (shell, said) = said.split_once(NOTHING_RAN)?;
    let option = shell.rsplit(' ').next()?;
    (COMMAND_OPTIONS.contains(&option) && !shell.contains(['|', '&', ';'])).then_some(said)
}

/// Words in a row, where one of `None` may be anything.
type Words = Vec<Option<String>>;

/// All that builders may say of one instruction.
pub(super) struct Expected<'a> {
    keyword: Keyword,
    /// The line behind the keyword, as it is written.
    written: String,
    /// The command line of `RUN`, with its shell.
    command: Option<String>,
    /// What BuildKit says, but for commands.
    words: Vec<Words>,
    /// Letters of commands that are not run, in each of the forms they take.
    letters: Vec<String>,
    /// Where `COPY` and `ADD` copy to; `None` may be anywhere.
    destinations: Vec<Option<String>>,
    /// Names of the build arguments that are declared.
    declared: &'a std::collections::BTreeSet<String>,
}

impl<'a> Expected<'a> {
    /// That of an instruction, in its scope. `source` is the file.
    pub(super) fn of(source: &str, instruction: &Instruction, scope: &'a Scope<'_>) -> Self {
        let command = &instruction.command;
        let heredocs: Vec<(&str, &str)> = instruction
            .heredocs
            .iter()
            .map(|heredoc| (heredoc.name.as_str(), source.get(heredoc.body.clone()).unwrap_or_default()))
            .collect();
        let mut written = instruction.logical.slice(&(command.name.end..command.rest.end)).to_owned();
        for (_, body) in &heredocs {
            written.push(' ');
            written.push_str(body);
        }
        let mut expected = Expected {
            keyword: command.keyword,
            written: collapsed(&written),
            command: None,
            words: Vec::new(),
            letters: Vec::new(),
            destinations: Vec::new(),
            declared: &scope.declared,
        };
        match command.keyword {
            Keyword::Run => expected.command = Some(ran(instruction, &heredocs, scope)),
            Keyword::Copy | Keyword::Add => expected.copies(instruction, scope),
            Keyword::Workdir | Keyword::User | Keyword::StopSignal => expected.text(instruction.arguments(), scope),
            Keyword::Env | Keyword::Label => expected.assigns(&command.arguments, scope),
            Keyword::Cmd | Keyword::Entrypoint | Keyword::Shell | Keyword::Volume => {
                expected.lists(instruction, scope);
            }
            _ => {}
        }
        expected
    }

    /// Whether a builder says this of the instruction. `said` is collapsed.
    pub(super) fn is(&self, said: &str) -> bool {
        if let Some(said) = nothing_ran(said) {
            return self.is_without_run(said);
        }
        let said = said.strip_suffix(BUILDKIT).unwrap_or(said);
        let (name, rest) = said.split_once(' ').unwrap_or((said, ""));
        let same = self.keyword != Keyword::Other && Keyword::of(name) == self.keyword;
        if same && (rest == self.written || self.says(rest)) {
            return true;
        }
        match (self.keyword, same) {
            (Keyword::Run, true) => self.ran(rest),
            (Keyword::Run, false) => self.ran(said) || self.ran_as_written(said),
            _ => false,
        }
    }

    /// Whether that, what follows `#(nop)`, is said of the instruction.
    fn is_without_run(&self, said: &str) -> bool {
        let (name, rest) = said.split_once(' ').unwrap_or((said, ""));
        if self.keyword == Keyword::Other || Keyword::of(name) != self.keyword {
            return false;
        }
        match self.keyword {
            Keyword::Copy | Keyword::Add => {
                let mut places = rest.match_indices(" in ").map(|(at, mark)| &rest[at + mark.len()..]);
                let is_known =
                    |place, known: &Option<String>| known.as_ref().is_none_or(|known| is_noted(place, known));
                places.any(|place| self.destinations.iter().any(|known| is_known(place, known)))
            }
            // buildah lists all build arguments that have a value.
            Keyword::Arg => true,
            _ => is_noted(rest, &self.written) || self.says(rest),
        }
    }

    /// Whether the words, or what cannot be told apart from them, follow the keyword.
    fn says(&self, rest: &str) -> bool {
        match self.keyword {
            Keyword::Run => false,
            Keyword::Cmd | Keyword::Entrypoint | Keyword::Shell | Keyword::Volume => {
                self.letters.contains(&letters(rest))
            }
            Keyword::Arg => {
                let name = self.written.split(['=', ' ']).next().unwrap_or_default();
                rest.strip_prefix(name).is_some_and(|after| after.is_empty() || after.starts_with(['=', ' ']))
            }
            Keyword::Expose | Keyword::Healthcheck | Keyword::Maintainer | Keyword::Onbuild => true,
            _ => self.words.iter().any(|words| has_words(rest, words)),
        }
    }

    fn ran(&self, said: &str) -> bool {
        let before = self.command.as_ref().and_then(|line| said.strip_suffix(line.as_str()));
        before.is_some_and(|before| self.are_arguments(before))
    }

    /// Whether it is what buildah writes of a command, whatever the shell.
    fn ran_as_written(&self, said: &str) -> bool {
        let line = format!("/bin/sh -c {}", self.written);
        let mut places = said.match_indices(&line).map(|(at, found)| (&said[..at], &said[at + found.len()..]));
        places.any(|(before, after)| self.are_arguments(before) && are_notes(after))
    }

    /// Whether this is nothing, or the values of build arguments: `|2 A=b C=d `.
    fn are_arguments(&self, text: &str) -> bool {
        let Some(list) = text.strip_prefix('|').and_then(|text| text.strip_suffix(' ')) else { return text.is_empty() };
        let list = list.trim_start_matches(|digit: char| digit.is_ascii_digit()).trim_start();
        list.split_once('=').is_some_and(|(name, _)| self.declared.contains(name))
    }

    fn copies(&mut self, instruction: &Instruction, scope: &Scope<'_>) {
        let words: Vec<&str> = match &instruction.command.arguments {
            Arguments::Exec(words) => words.iter().map(String::as_str).collect(),
            Arguments::Words(words) => words.iter().map(|word| word.text.as_str()).collect(),
            _ => Vec::new(),
        };
        let Some((destination, sources)) = words.split_last() else { return };
        let expanded = scope.expanded(destination).ok();
        let absolute = expanded.as_deref().and_then(|path| scope.absolute(path));
        self.destinations.extend([Some(collapsed(destination)), expanded.clone(), absolute.clone()]);
        // A directory may have its slash or not.
        self.destinations.push(absolute.map(|path| format!("{path}/")));
        let flag =
            |name: &str| Some(scope.expanded(instruction.flag(name)?).ok().map(|value| format!("--{name}={value}")));
        let mut start = Words::new();
        start.extend(
            instruction.flag("parents").filter(|value| *value != "false").map(|_| Some("--parents".to_owned())),
        );
        start.extend(flag("chown"));
        let files: Words = sources
            .iter()
            .filter(|word| !word.starts_with("<<"))
            .map(|word| scope.expanded(word).ok())
            .chain(instruction.heredocs.iter().map(|heredoc| Some(format!("<<{}", heredoc.name))))
            .chain([expanded])
            .collect();
        // Not every version says the mode.
        for mode in [None, flag("chmod")] {
            self.words.push(start.iter().cloned().chain(mode).chain(files.iter().cloned()).collect());
        }
    }

    fn text(&mut self, text: &str, scope: &Scope<'_>) {
        let expanded = scope.expanded(text).ok();
        if self.keyword == Keyword::Workdir {
            self.words.push(vec![expanded.as_deref().and_then(|path| scope.absolute(path))]);
        }
        self.words.push(vec![expanded]);
    }

    fn assigns(&mut self, arguments: &Arguments, scope: &Scope<'_>) {
        let Arguments::Pairs(pairs) = arguments else { return };
        let assigned = |pair: &Pair| {
            let name = scope.expanded(&pair.name).ok()?;
            let value = scope.expanded(pair.value.as_deref().unwrap_or_default()).ok()?;
            Some(collapsed(&format!("{name}={value}")))
        };
        self.words.push(pairs.iter().map(assigned).collect());
    }

    fn lists(&mut self, instruction: &Instruction, scope: &Scope<'_>) {
        let all = match &instruction.command.arguments {
            Arguments::Exec(words) => words.concat(),
            Arguments::Words(words) => words.iter().filter_map(|word| scope.expanded(&word.text).ok()).collect(),
            _ => instruction.arguments().to_owned(),
        };
        self.letters.push(letters(&all));
        if let Arguments::Shell(_) = instruction.command.arguments {
            self.letters.push(letters(&format!("{}{all}", scope.shell)));
        }
    }
}

/// The command line that `RUN` runs, with its shell.
fn ran(instruction: &Instruction, heredocs: &[(&str, &str)], scope: &Scope<'_>) -> String {
    if let Arguments::Exec(words) = &instruction.command.arguments {
        return collapsed(&words.join(" "));
    }
    let text = collapsed(instruction.arguments());
    let command = match heredocs {
        // The word alone: the heredoc is the script.
        [(name, body)] if !text.contains(' ') => {
            if body.starts_with("#!") {
                format!("/dev/pipes/{name}")
            } else {
                collapsed(body)
            }
        }
        _ => heredocs.iter().fold(text, |text, (name, body)| collapsed(&format!("{text} {body} {name}"))),
    };
    collapsed(&format!("{} {command}", scope.shell))
}

/// What is left of a list however it is written.
fn letters(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '[' | ']' | '"' | ',' | '\\')).collect()
}

/// Whether a text is the one known, with or without notes of buildah behind it.
fn is_noted(text: &str, known: &str) -> bool {
    text.strip_prefix(known).is_some_and(are_notes)
}

fn are_notes(text: &str) -> bool {
    let is_sum = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit() || b":shadr-".contains(&byte));
    let is_note = |note: &str| NOTES.iter().any(|name| note.starts_with(name)) && !note.trim_end().contains(' ');
    let (sums, notes) = text.split_once('|').map_or((text, None), |(sums, notes)| (sums, Some(notes)));
    let sums = sums.trim();
    (sums.is_empty() || sums.starts_with(':') && is_sum(sums))
        && notes.is_none_or(|notes| notes.split('|').all(is_note))
}

/// Whether a text is these words with single blanks between them.
fn has_words(text: &str, words: &[Option<String>]) -> bool {
    let mut literals: Vec<String> = vec![String::new()];
    for (at, word) in words.iter().enumerate() {
        let blank = if at == 0 { "" } else { " " };
        match (word, literals.last_mut()) {
            (Some(word), Some(last)) => *last = format!("{last}{blank}{word}"),
            (_, last) => {
                last.into_iter().for_each(|last| last.push_str(blank));
                literals.push(String::new());
            }
        }
    }
    let Some((first, others)) = literals.split_first() else { return false };
    let Some(rest) = text.strip_prefix(first.as_str()) else { return false };
    let Some((last, middle)) = others.split_last() else { return rest.is_empty() };
    let mut span: Range<usize> = 0..rest.len();
    for literal in middle {
        let Some(found) = rest[span.clone()].find(literal.as_str()) else { return false };
        span.start += found + literal.len();
    }
    rest[span].ends_with(last.as_str())
}
