//! Options for commands that write what differs: `date`, `pip install`, `gzip` and others, wherever a shell runs them.

use super::options::{Found, behind, long, short};
use super::site::Site;
use super::{Changed, Unedited, Why, archives, compilers, tar};
use crate::dockerfile::{Dockerfile, ShellWord, SimpleCommand};

/// How one program takes options: from its words on, and the options to add.
type Rewrite = fn(&[ShellWord], &str) -> Found;

/// By what fixes say that is replaced.
const PROGRAMS: [(&str, Rewrite); 14] = [
    ("date", date),
    ("pip install", pip),
    ("gzip", archives::gzip),
    ("xz", archives::xz),
    ("zip", archives::zip),
    ("zip -r", archives::zip_times),
    ("python3 -m zipapp", archives::zipapp),
    ("jar", archives::jar),
    ("npm ci", npm),
    ("tar", tar::rewrite),
    ("go build", compilers::go),
    ("gcc", compilers::c),
    ("rustc", compilers::rustc),
    ("-Wl,--build-id", compilers::build_id),
];

/// Edits each call of a program in the `RUN` instructions that the findings lead to.
pub(super) fn in_runs(file: &Dockerfile, what: &str, with: &'static str, site: &Site<'_>) -> Changed {
    let rewrite = PROGRAMS.iter().find(|(known, _)| *known == what).map(|(_, rewrite)| *rewrite);
    let (Some(rewrite), Some(added)) = (rewrite, with.strip_prefix(what)) else {
        return Changed::left(Unedited::Author);
    };
    let (options, then) = added.split_once(" && ").map_or((added, None), |(options, then)| (options, Some(then)));
    let runs = site.runs(file, true);
    if runs.is_empty() {
        return Changed::left(Unedited::NoRun);
    }
    let mut changed = Changed::default();
    let mut done = false;
    for node in runs.into_keys() {
        match in_run(file, node, rewrite, options.trim()) {
            Ok(None) => {}
            Ok(Some(edits)) => {
                done |= edits.is_empty();
                changed.appended.extend(then.filter(|_| !edits.is_empty()).map(|then| (node, then.into())));
                changed.edits.extend(edits);
            }
            // What is not understood may be about anything else.
            Err(_) if !file.source()[file.nodes()[node].range.clone()].contains(program_of(what)) => {}
            Err(why) => changed.left.push(Unedited::of(file, node, why)),
        }
    }
    if !changed.is_made() && changed.left.is_empty() && !done {
        changed.left.push(Unedited::NoCommand);
    }
    changed
}

fn program_of(what: &str) -> &str {
    what.split(' ').next().unwrap_or_default()
}

/// The edits of one `RUN`; `None` where it has no such call, an empty list where all calls are as they should be.
fn in_run(
    file: &Dockerfile,
    node: usize,
    rewrite: Rewrite,
    options: &str,
) -> Result<Option<Vec<crate::dockerfile::Edit>>, Why> {
    let script = file.script(node)?;
    let commands = script.commands().ok_or(Why::Unread)?;
    let mut found = None;
    for command in &commands {
        let words = command.program();
        let edits = match rewrite(words, options) {
            Found::Other => continue,
            Found::Done => Vec::new(),
            Found::Stuck(why) => return Err(why),
            Found::Behind(place, more) => {
                let text = format!("{} {more}", script.text.get(place.clone()).unwrap_or_default());
                vec![(place, text)]
            }
            Found::Instead(place, text) => vec![(place, text)],
            // What stands before it would be about the other command.
            Found::Touched(touched) if command.words.len() == words.len() => {
                touched.texts(script.text).map(Vec::from).ok_or(Why::FileTimes)?
            }
            Found::Touched(_) => return Err(Why::FileTimes),
        };
        if !edits.is_empty() {
            check(words, &commands)?;
        }
        let all: &mut Vec<_> = found.get_or_insert_default();
        for (place, text) in edits {
            all.push(file.replace_in_script(node, &place, &text)?);
        }
    }
    Ok(found)
}

/// Whether other commands around it forbid the change.
fn check(words: &[ShellWord], all: &[SimpleCommand]) -> Result<(), Why> {
    let name = words.first().map(ShellWord::name);
    let loops = |command: &SimpleCommand| {
        command.words.first().is_some_and(|word| !word.quoted && matches!(word.text.as_str(), "while" | "until"))
    };
    if name == Some("date") && all.iter().any(loops) {
        return Err(Why::Waits);
    }
    if name == Some("tar") && tar::is_to_output(words) && all.iter().any(|other| tar::unpacks(other.program())) {
        return Err(Why::Copies);
    }
    Ok(())
}

fn date(words: &[ShellWord], options: &str) -> Found {
    let [program, arguments @ ..] = words else { return Found::Other };
    if program.name() != "date" {
        return Found::Other;
    }
    let given = short(arguments, "dfrsI");
    let is_given = |names: &[&str]| names.iter().any(|name| long(arguments, name));
    if given.iter().any(|letter| "dfrs".contains(*letter)) || is_given(&["date", "file", "reference", "set"]) {
        // The time of something else.
        return Found::Other;
    }
    let is_utc = given.contains(&'u') || is_given(&["utc", "universal"]);
    let options = if is_utc { options.trim_start_matches("-u ") } else { options };
    behind(program, options)
}

fn pip(words: &[ShellWord], options: &str) -> Found {
    let [program, rest @ ..] = words else { return Found::Other };
    let is_version = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let arguments = if program.name().strip_prefix("pip").is_some_and(is_version) {
        rest
    } else if program.name().strip_prefix("python").is_some_and(is_version) {
        match rest.iter().position(|word| !word.text.starts_with('-') || word.text == "-m") {
            Some(at) if rest[at].text == "-m" && rest.get(at + 1).is_some_and(|word| word.text == "pip") => {
                &rest[at + 2..]
            }
            _ => return Found::Other,
        }
    } else {
        return Found::Other;
    };
    let Some(at) = subcommand(arguments, PIP_VALUES) else { return Found::Other };
    let install = &arguments[at];
    if install.text != "install" {
        return Found::Other;
    }
    if long(arguments, "no-compile") {
        return Found::Done;
    }
    if long(arguments, "compile") {
        return Found::Stuck(Why::Called("pip".to_owned()));
    }
    behind(install, options)
}

/// Options of pip before its command that have a word of their own as value.
const PIP_VALUES: &[&str] = &[
    "--python",
    "--log",
    "--proxy",
    "--retries",
    "--timeout",
    "--exists-action",
    "--trusted-host",
    "--cert",
    "--client-cert",
    "--cache-dir",
    "--use-feature",
    "--use-deprecated",
    "--keyring-provider",
];

/// Where the first word is that is neither an option nor the value of one of these.
fn subcommand(arguments: &[ShellWord], with_values: &[&str]) -> Option<usize> {
    let mut at = 0;
    while arguments.get(at)?.text.starts_with('-') {
        at += if with_values.contains(&arguments[at].text.as_str()) { 2 } else { 1 };
    }
    arguments.get(at).map(|_| at)
}

/// Commands of npm that fetch something, or leave a log.
const NPM_COMMANDS: [&str; 12] =
    ["ci", "install", "i", "add", "pack", "run", "run-script", "rebuild", "prune", "update", "test", "link"];

fn npm(words: &[ShellWord], options: &str) -> Found {
    let [program, arguments @ ..] = words else { return Found::Other };
    if program.name() != "npm" {
        return Found::Other;
    }
    let Some(at) = subcommand(arguments, &["--prefix", "-C", "--loglevel", "--registry", "-w", "--workspace"]) else {
        return Found::Other;
    };
    let command = &arguments[at];
    if !NPM_COMMANDS.contains(&command.text.as_str()) {
        return Found::Other;
    }
    if long(arguments, "cache") {
        return Found::Done;
    }
    behind(command, options)
}
