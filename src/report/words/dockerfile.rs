//! Files that are no Dockerfiles, and changes of one that are left to people.

use std::fmt::{self, Display, Formatter};

use crate::dockerfile::{Fault, OpenEnd, Refused, Unexpanded, Wrong};
use crate::fix::{Unedited, Why};

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.wrong)
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::Size(most) => write!(f, "the file has more than {most} bytes"),
            Wrong::NotUtf8 => f.write_str("the file is not UTF-8"),
            Wrong::Nothing => f.write_str("the file has no instruction"),
            Wrong::NoStage => f.write_str("it has no FROM"),
            Wrong::DirectiveTwice(name) => write!(f, "the directive {name:?} is there twice"),
            Wrong::Escape(text) => write!(f, "{text:?} is no escape character"),
            Wrong::Unterminated(name) => write!(f, "the heredoc {name:?} does not end"),
            Wrong::Empty => f.write_str("the instruction is empty"),
            Wrong::NotStrings => f.write_str("the JSON array holds something else than strings"),
            Wrong::NoAssignment(word) => write!(f, "{word:?} is no assignment"),
            Wrong::OutsideStage => f.write_str("the instruction stands before the first FROM"),
            Wrong::From => f.write_str("FROM is not followed by an image, or an image, AS and a name"),
        }
    }
}

impl Display for Unexpanded {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unexpanded::Malformed => "the word is malformed",
            Unexpanded::Unknown => "the word holds a variable whose value is not known",
            Unexpanded::Limit => "the word is too long or nested too deep",
        })
    }
}

impl Display for OpenEnd {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            OpenEnd::Line => "an open line",
            OpenEnd::Comment => "a comment",
            OpenEnd::Quote => "an open quote",
            OpenEnd::Parenthesis => "an open parenthesis",
            OpenEnd::Operator => "an operator",
            OpenEnd::Background => "a command in the background",
            OpenEnd::Case => "an open case",
            OpenEnd::Nothing => "nothing",
            OpenEnd::Script => "a script of its own kind",
        })
    }
}

impl Display for Refused {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Nothing => f.write_str("there is no such instruction"),
            Refused::NoShell => f.write_str("the instruction runs no command of a POSIX shell"),
            Refused::OpenEnd(end) => write!(f, "nothing can be appended to the command: it ends in {end}"),
            Refused::Split => f.write_str("the words go over the end of a line"),
            Refused::Overlap => f.write_str("two edits are about the same place"),
            Refused::Neighbours => f.write_str("other instructions would change with it"),
            Refused::Breaks { problem } => write!(f, "{problem}"),
        }
    }
}

impl Display for Unedited {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unedited::Elsewhere => f.write_str("it is no edit of the Dockerfile"),
            Unedited::Author => f.write_str("only the author of the Dockerfile knows what to write"),
            Unedited::NoRun => f.write_str("the findings lead to no RUN"),
            Unedited::NoCommand => {
                f.write_str("no RUN that the findings lead to has a command that is known to do it: a script may")
            }
            Unedited::NoDigest { line, name } => write!(f, "line {line}: the digest of {name} is not known"),
            Unedited::Run { line, problem } => write!(f, "line {line}: {problem}"),
        }
    }
}

impl Display for Why {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Why::Unread => f.write_str("the command line is not understood"),
            Why::Called(program) => {
                write!(f, "{program} is called in a way that the options cannot be added to")
            }
            Why::Waits => f.write_str("a loop may wait for what date prints"),
            Why::FileTimes => f.write_str(
                "zip writes the times of the files that it packs: touch -d @$SOURCE_DATE_EPOCH them first, with TZ=UTC",
            ),
            Why::Zipapp => f.write_str(
                "zipapp writes the times of the files, and with --main that of the build: write __main__.py yourself, and touch all",
            ),
            Why::Copies => f.write_str("tar copies files here: what it packs is unpacked at once"),
            Why::User => f.write_str("it does not run as root"),
            Why::Needed(line) => {
                write!(f, "the RUN in line {line} needs the lists that this one fetches: make one RUN of both")
            }
            Why::Refused { problem } => write!(f, "{problem}"),
        }
    }
}
