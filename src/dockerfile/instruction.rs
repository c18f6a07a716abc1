//! Instructions: keyword, flags and arguments, each with its place in the instruction's line.

use std::fmt;
use std::ops::Range;

use super::fault::Wrong;
use super::heredoc::Heredoc;
use super::logical::Logical;
use super::word::{Flag, Word};
use super::words;

/// What an instruction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keyword {
    /// `ADD`: copies files, archives unpacked, from the context or an address.
    Add,
    /// `ARG`: declares a variable of the build.
    Arg,
    /// `CMD`: what runs by default.
    Cmd,
    /// `COPY`: copies files from the context, a stage or an image.
    Copy,
    /// `ENTRYPOINT`: what always runs.
    Entrypoint,
    /// `ENV`: sets variables of the image.
    Env,
    /// `EXPOSE`: names ports.
    Expose,
    /// `FROM`: begins a stage.
    From,
    /// `HEALTHCHECK`: how to see that a container works.
    Healthcheck,
    /// `LABEL`: sets labels.
    Label,
    /// `MAINTAINER`: who made the image; deprecated.
    Maintainer,
    /// `ONBUILD`: an instruction for images built on this one.
    Onbuild,
    /// `RUN`: runs a command.
    Run,
    /// `SHELL`: what runs commands in shell form.
    Shell,
    /// `STOPSIGNAL`: how to end a container.
    StopSignal,
    /// `USER`: who runs commands.
    User,
    /// `VOLUME`: directories that containers get anew.
    Volume,
    /// `WORKDIR`: where commands run; makes the directory.
    Workdir,
    /// One that only other frontends know.
    Other,
}

const KEYWORDS: [(Keyword, &str); 18] = [
    (Keyword::Add, "ADD"),
    (Keyword::Arg, "ARG"),
    (Keyword::Cmd, "CMD"),
    (Keyword::Copy, "COPY"),
    (Keyword::Entrypoint, "ENTRYPOINT"),
    (Keyword::Env, "ENV"),
    (Keyword::Expose, "EXPOSE"),
    (Keyword::From, "FROM"),
    (Keyword::Healthcheck, "HEALTHCHECK"),
    (Keyword::Label, "LABEL"),
    (Keyword::Maintainer, "MAINTAINER"),
    (Keyword::Onbuild, "ONBUILD"),
    (Keyword::Run, "RUN"),
    (Keyword::Shell, "SHELL"),
    (Keyword::StopSignal, "STOPSIGNAL"),
    (Keyword::User, "USER"),
    (Keyword::Volume, "VOLUME"),
    (Keyword::Workdir, "WORKDIR"),
];

impl Keyword {
    /// The keyword of this name, in any case.
    pub fn of(name: &str) -> Self {
        KEYWORDS.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map_or(Keyword::Other, |(known, _)| *known)
    }

    /// How it is written; empty for [`Keyword::Other`].
    pub fn name(self) -> &'static str {
        KEYWORDS.iter().find(|(known, _)| *known == self).map_or("", |(_, name)| name)
    }

    /// Whether it makes a layer where it changes anything: `WORKDIR` makes the directory.
    pub const fn writes_files(self) -> bool {
        matches!(self, Keyword::Add | Keyword::Copy | Keyword::Run | Keyword::Workdir)
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One instruction of a Dockerfile. Ranges in it are those of its line; [`Logical`] knows where that stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// Its line, put together from those of the file.
    pub logical: Logical,
    /// What the line says.
    pub command: Command,
    /// The files that stand below it.
    pub heredocs: Vec<Heredoc>,
    /// Its first line in the file, from 1.
    pub line: usize,
    /// Its last line in the file, with heredocs.
    pub last_line: usize,
}

impl Instruction {
    /// What it does.
    pub const fn keyword(&self) -> Keyword {
        self.command.keyword
    }

    /// Its line from flags on: what follows the keyword and the flags.
    pub fn arguments(&self) -> &str {
        self.logical.slice(&self.command.rest)
    }

    /// The value of the flag of this name, the first one; empty where it has none.
    pub fn flag(&self, name: &str) -> Option<&str> {
        let mut flags = self.command.flags.iter();
        flags.find(|flag| flag.name == name).map(|flag| flag.value.as_deref().unwrap_or_default())
    }
}

/// What the line of an instruction says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What it does.
    pub keyword: Keyword,
    /// Where the keyword stands.
    pub name: Range<usize>,
    /// The flags before the arguments, in order.
    pub flags: Vec<Flag>,
    /// Where the arguments stand, all of them.
    pub rest: Range<usize>,
    /// The arguments.
    pub arguments: Arguments,
}

/// `name=value`, or `name value`, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The name.
    pub name: String,
    /// The value; `None` only where `ARG` gives none.
    pub value: Option<String>,
    /// Where both stand.
    pub range: Range<usize>,
}

/// The arguments of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arguments {
    /// The strings of a JSON array (exec form).
    Exec(Vec<String>),
    /// A command for the shell, the text where it stands (`RUN`, `CMD`, `ENTRYPOINT`, `HEALTHCHECK CMD`).
    Shell(Range<usize>),
    /// Words (`COPY`, `ADD`, `FROM`, `EXPOSE`, `VOLUME`).
    Words(Vec<Word>),
    /// Assignments (`ENV`, `LABEL`, `ARG`).
    Pairs(Vec<Pair>),
    /// All of the text (`WORKDIR`, `USER`, `STOPSIGNAL`, `MAINTAINER`, `HEALTHCHECK NONE`, and what is not known).
    Text,
    /// The instruction of `ONBUILD`.
    Trigger(Box<Command>),
}

impl Command {
    /// Reads a range of a line.
    pub(super) fn read(line: &str, range: Range<usize>, escape: char, may_trigger: bool) -> Result<Self, Wrong> {
        let range = words::trimmed(line, range);
        let end = words::blank(line, range.clone()).map_or(range.end, |blank| blank.start);
        let name = range.start..end;
        let keyword = Keyword::of(&line[name.clone()]);
        if name.is_empty() {
            return Err(Wrong::Empty);
        }
        let after = words::blank(line, range.clone()).map_or(range.end, |blank| blank.end);
        let (flags, rest) = words::flags(line, after..range.end, escape);
        let rest = words::trimmed(line, rest);
        let arguments = match keyword {
            Keyword::Onbuild if may_trigger && !rest.is_empty() => {
                Arguments::Trigger(Box::new(Command::read(line, rest.clone(), escape, false)?))
            }
            _ => Arguments::read(keyword, line, rest.clone(), escape)?,
        };
        Ok(Command { keyword, name, flags, rest, arguments })
    }

    /// Whether files can stand below it.
    pub(super) fn may_have_heredocs(&self) -> bool {
        match (&self.arguments, self.keyword) {
            (Arguments::Trigger(command), _) => command.may_have_heredocs(),
            (Arguments::Exec(_), _) => false,
            (_, keyword) => matches!(keyword, Keyword::Add | Keyword::Copy | Keyword::Run),
        }
    }
}

impl Arguments {
    fn read(keyword: Keyword, line: &str, rest: Range<usize>, escape: char) -> Result<Self, Wrong> {
        let shell = |range: Range<usize>| {
            Ok(words::json(&line[range.clone()])?.map_or(Arguments::Shell(range), Arguments::Exec))
        };
        match keyword {
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Shell => shell(rest),
            Keyword::Add | Keyword::Copy | Keyword::Volume => match words::json(&line[rest.clone()])? {
                Some(strings) => Ok(Arguments::Exec(strings)),
                None => Ok(Arguments::Words(words::by_blanks(line, rest))),
            },
            Keyword::From | Keyword::Expose => Ok(Arguments::Words(words::by_blanks(line, rest))),
            Keyword::Arg => {
                let words = words::quoted(line, rest, escape);
                Ok(Arguments::Pairs(words.into_iter().map(Pair::of_argument).collect()))
            }
            Keyword::Env | Keyword::Label => Pair::assignments(line, rest, escape).map(Arguments::Pairs),
            Keyword::Healthcheck => {
                let command = words::blank(line, rest.clone()).map(|blank| blank.end..rest.end);
                match command {
                    Some(command) if line[rest].to_ascii_uppercase().starts_with("CMD") => shell(command),
                    _ => Ok(Arguments::Text),
                }
            }
            _ => Ok(Arguments::Text),
        }
    }
}

impl Pair {
    fn of_argument(word: Word) -> Self {
        let (name, value) =
            word.text.split_once('=').map_or((word.text.as_str(), None), |(name, value)| (name, Some(value)));
        Pair { name: name.to_owned(), value: value.map(str::to_owned), range: word.range }
    }

    fn assignments(line: &str, rest: Range<usize>, escape: char) -> Result<Vec<Self>, Wrong> {
        let words = words::quoted(line, rest.clone(), escape);
        // The old form has one name and no equals sign.
        if let Some(first) = words.first().filter(|first| !first.text.contains('=')) {
            let blank = words::blank(line, rest.clone()).ok_or_else(|| Wrong::NoAssignment(first.text.clone()))?;
            let (name, value) = (&line[rest.start..blank.start], &line[blank.end..rest.end]);
            return Ok(vec![Pair { name: name.to_owned(), value: Some(value.to_owned()), range: rest }]);
        }
        let pair = |word: Word| {
            if word.text.contains('=') { Ok(Pair::of_argument(word)) } else { Err(Wrong::NoAssignment(word.text)) }
        };
        words.into_iter().map(pair).collect()
    }
}
