//! Steps of the history of a config.

use crate::causes::Canonical;
use crate::causes::shape::identifiers::is_reference;

/// Whether a comment is one that a builder makes.
pub(in crate::causes) fn is_mark(comment: &str) -> bool {
    let id = |text: &str| crate::causes::shape::identifiers::is_digest(text);
    let merge = || {
        let (from, to) = comment.strip_prefix("merge ")?.split_once(" to ")?;
        Some(id(from) && id(to))
    };
    let base = || comment.strip_prefix("FROM ").is_some_and(is_reference);
    let squash = || comment.strip_prefix("create new from ").is_some_and(id);
    matches!(comment, "" | "buildkit.dockerfile.v0" | "buildkit.exporter.image.v0")
        || base()
        || squash()
        || merge() == Some(true)
}

/// A step of the history.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::causes) struct Step<'a> {
    /// The build arguments in front of a `RUN`, as `N NAME=value …`.
    pub(in crate::causes) build_arguments: Option<&'a str>,
    /// The instruction.
    pub(in crate::causes) instruction: &'a str,
    /// What follows it.
    pub(in crate::causes) arguments: Vec<String>,
}

impl Step<'_> {
    /// The step whoever words it.
    pub(in crate::causes) fn canonical(&self) -> Canonical {
        let form = (self.build_arguments, self.instruction, &self.arguments);
        serde_json::to_vec(&form).unwrap_or_default()
    }
}

/// The instructions of a Dockerfile that make a history entry.
const INSTRUCTIONS: &[&str] = &[
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// Reads a step as any of the builders words it; `None` where it is worded in another way.
pub(in crate::causes) fn step(text: &str) -> Option<Step<'_>> {
    let text = unmarked(text);
    let metadata = text.strip_prefix("/bin/sh -c ").map_or(text, str::trim_start).strip_prefix("#(nop)");
    if let Some(metadata) = metadata {
        return instruction(metadata.trim());
    }
    if text.starts_with('|') || text.starts_with("/bin/sh -c ") {
        return run(text);
    }
    instruction(text)
}

/// The text without what builders append to every step.
fn unmarked(text: &str) -> &str {
    let mut text = text.trim();
    if let Some(rest) = text.strip_suffix("# buildkit") {
        text = rest.trim_end();
    }
    let clamp = text.rfind('|').filter(|at| {
        let mark = text.get(at + 1..).unwrap_or("");
        let time = mark.strip_prefix("clamp-mtime=").or_else(|| mark.strip_prefix("force-mtime="));
        time.is_some_and(|time| !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit()))
    });
    clamp.and_then(|at| text.get(..at)).unwrap_or(text).trim_end()
}

fn instruction(text: &str) -> Option<Step<'_>> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let name = INSTRUCTIONS.iter().find(|known| **known == word)?;
    let rest = rest.trim();
    let arguments = match *name {
        "RUN" => return run(rest),
        "COPY" | "ADD" => copy(rest)?,
        "EXPOSE" => set(rest, Some("/tcp")),
        "VOLUME" => set(rest, None),
        "CMD" | "ENTRYPOINT" | "SHELL" => list(rest),
        "ARG" | "ENV" | "HEALTHCHECK" | "LABEL" | "MAINTAINER" | "ONBUILD" | "STOPSIGNAL" | "USER" | "WORKDIR" => {
            vec![rest.to_owned()]
        }
        _ => return None,
    };
    Some(Step { build_arguments: None, instruction: name, arguments })
}

/// A `RUN`: the command, byte for byte, and the build arguments in front of it.
fn run(text: &str) -> Option<Step<'_>> {
    let (build_arguments, command) = match text.strip_prefix('|') {
        Some(rest) => {
            let (build_arguments, command) = split_arguments(rest)?;
            (Some(build_arguments), command)
        }
        None => (None, text),
    };
    (!command.is_empty()).then(|| Step { build_arguments, instruction: "RUN", arguments: vec![command.to_owned()] })
}

/// Splits `N NAME=value … command` before the command. A value may hold spaces; then only a command in the usual shell
/// can be told from it.
fn split_arguments(text: &str) -> Option<(&str, &str)> {
    let (count, rest) = text.split_once(' ')?;
    let count: usize = count.parse().ok().filter(|count| *count <= 1024)?;
    let mut command = rest;
    let plain = (0..count).all(|_| match command.split_once(' ') {
        Some((pair, rest)) if is_pair(pair) => {
            command = rest;
            true
        }
        _ => false,
    });
    if !plain || !INTERPRETERS.iter().any(|shell| command.starts_with(shell)) {
        let at = INTERPRETERS.iter().filter_map(|shell| rest.find(shell)).min()?;
        let pairs = rest.get(..at)?.split(' ').filter(|word| is_pair(word)).count();
        command = rest.get(at..).filter(|_| pairs >= count)?;
    }
    let end = text.len() - command.len();
    Some((text.get(..end)?.trim_end(), command))
}

const INTERPRETERS: &[&str] = &["/bin/sh -c ", "/bin/bash ", "/bin/ash ", "cmd /S /C ", "powershell "];

/// Whether a word is `NAME=…`.
fn is_pair(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// What a `COPY` or `ADD` copies, and from where, as far as it says so by name.
pub(in crate::causes) fn sources(text: &str) -> Option<Vec<&str>> {
    let text = unmarked(text);
    let text = text.strip_prefix("/bin/sh -c ").map_or(text, str::trim_start);
    let text = text.strip_prefix("#(nop)").unwrap_or(text).trim();
    let (_, words) = text.split_once(' ').filter(|(word, _)| matches!(*word, "COPY" | "ADD"))?;
    let named = |word: &&str| !word.starts_with("--") || word.starts_with("--from=");
    let mut words: Vec<&str> = words.split_whitespace().filter(named).collect();
    words.pop()?;
    (!words.iter().any(|word| is_hashed(word))).then_some(words)
}

/// The digest of what a `COPY` or `ADD` copies, where it says so.
pub fn copied_by_digest(text: &str) -> Option<&str> {
    let text = unmarked(text);
    let text = text.strip_prefix("/bin/sh -c ").map_or(text, str::trim_start);
    let text = text.strip_prefix("#(nop)").unwrap_or(text).trim();
    let (_, words) = text.split_once(' ').filter(|(word, _)| matches!(*word, "COPY" | "ADD"))?;
    words.split_whitespace().find(|word| is_hashed(word))
}

/// Options and destination of a `COPY` or `ADD`.
fn copy(text: &str) -> Option<Vec<String>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_option = |word: &&&str| word.starts_with("--");
    let mut arguments: Vec<String> = words.iter().take_while(is_option).map(|word| (*word).to_owned()).collect();
    let rest = words.get(arguments.len()..)?;
    arguments.retain(|option| option != "--link" && !option.starts_with("--from="));
    arguments.sort();
    let destination = match rest {
        [source, "in", destination] if is_hashed(source) => destination,
        [_, .., destination] => destination,
        _ => return None,
    };
    arguments.push((*destination).to_owned());
    Some(arguments)
}

/// Whether a word stands for the sources of a `COPY` by a digest.
fn is_hashed(word: &str) -> bool {
    let hash = ["file:", "dir:", "multi:"].into_iter().find_map(|kind| word.strip_prefix(kind));
    hash.is_some_and(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A set, in any of `a b`, `[a b]` and `map[a:{} b:{}]`.
fn set(text: &str, unit: Option<&str>) -> Vec<String> {
    let inner = text.strip_prefix("map").unwrap_or(text);
    let inner = inner.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
    let words = inner.split([' ', ',']).map(|word| word.trim_matches('"')).filter(|word| !word.is_empty());
    let mut words: Vec<String> = words
        .map(|word| {
            let word = word.strip_suffix(":{}").unwrap_or(word);
            let number = word.bytes().all(|byte| byte.is_ascii_digit());
            if number { format!("{word}{}", unit.unwrap_or("")) } else { word.to_owned() }
        })
        .collect();
    words.sort();
    words
}

/// A list of texts with commas or with spaces between them; anything else is one command of the shell.
fn list(text: &str) -> Vec<String> {
    let spaced = || -> Option<Vec<String>> {
        let mut stream = serde_json::Deserializer::from_str(text.strip_prefix('[')?.strip_suffix(']')?).into_iter();
        stream.by_ref().collect::<Result<Vec<String>, _>>().ok()
    };
    let parsed = serde_json::from_str::<Vec<String>>(text).ok().or_else(spaced);
    parsed.unwrap_or_else(|| vec!["/bin/sh".to_owned(), "-c".to_owned(), text.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        step(one).is_some() && step(one) == step(other)
    }

    #[test]
    fn wordings_of_one_step_are_the_same() {
        let hash = "5b39f876f74c70dad59fb86d0c7689f8dff8b5c97f77d5c593a3dd765e9b15ed";
        for (one, other) in [
            (
                &*format!("/bin/sh -c #(nop) COPY dir:{hash} in .     |clamp-mtime=1747699200 "),
                "COPY files . # buildkit",
            ),
            ("/bin/sh -c #(nop)  CMD [\"a\" \"b c\"]", "CMD [\"a\",\"b c\"]"),
            ("CMD a b", "/bin/sh -c #(nop) CMD [\"/bin/sh\",\"-c\",\"a b\"]"),
            ("EXPOSE map[8000/tcp:{}]", "/bin/sh -c #(nop) EXPOSE 8000|clamp-mtime=17"),
            ("RUN /bin/sh -c id # buildkit", "/bin/sh -c id"),
            ("RUN |1 A=b /bin/sh -c id # buildkit", "|1 A=b /bin/sh -c id"),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn other_steps_are_not() {
        for (one, other) in [
            ("RUN /bin/sh -c id # buildkit", "/bin/sh -c id; evil"),
            ("RUN |1 A=b /bin/sh -c id", "RUN |1 A=c /bin/sh -c id"),
            ("COPY a /x", "COPY a /y"),
            ("COPY --chown=1 a /x", "COPY a /x"),
            ("CMD [\"a\"]", "CMD [\"b\"]"),
            ("/bin/sh", "/bin/bash"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn no_part_of_a_command_is_taken_for_an_argument() {
        let command = |text: &str| step(text).map(|step| step.arguments.concat());
        assert_eq!(command("|1 A=b c /bin/sh -c id").as_deref(), Some("/bin/sh -c id"));
        assert_eq!(command("|1 A=b /bin/sh -c evil /bin/sh -c id").as_deref(), Some("/bin/sh -c evil /bin/sh -c id"));
        assert_eq!(command("|2 A=b evil /bin/sh -c id"), None);
    }
}
