//! Options for GNU tar, where it packs.

use super::Why;
use super::options::{Found, behind, long, short};
use crate::dockerfile::ShellWord;

/// Short options with a value.
const WITH_VALUE: &str = "bfgCFHIKLNTVX";

/// What tar is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Pack,
    Unpack,
}

/// The letters before which there is no dash: the first word, where it has none.
fn bundle(arguments: &[ShellWord]) -> Option<&ShellWord> {
    arguments.first().filter(|first| !first.text.starts_with('-'))
}

fn letters(arguments: &[ShellWord]) -> Vec<char> {
    let bundled = bundle(arguments).map(|first| first.text.chars().collect::<Vec<_>>());
    let mut letters = bundled.unwrap_or_default();
    letters.extend(short(arguments, WITH_VALUE));
    letters
}

fn mode(words: &[ShellWord]) -> Option<Mode> {
    let [program, arguments @ ..] = words else { return None };
    if !matches!(program.name(), "tar" | "gtar") {
        return None;
    }
    let letters = letters(arguments);
    let is_any = |modes: &str, names: &[&str]| {
        letters.iter().any(|letter| modes.contains(*letter)) || names.iter().any(|name| long(arguments, name))
    };
    if is_any("cru", &["create", "append", "update"]) {
        return Some(Mode::Pack);
    }
    is_any("x", &["extract", "get"]).then_some(Mode::Unpack)
}

/// Whether it unpacks an archive.
pub(super) fn unpacks(words: &[ShellWord]) -> bool {
    mode(words) == Some(Mode::Unpack)
}

/// Whether it writes to standard output.
pub(super) fn is_to_output(words: &[ShellWord]) -> bool {
    let arguments = words.get(1..).unwrap_or_default();
    let to_file = letters(arguments).contains(&'f') || long(arguments, "file");
    let dash = arguments.iter().any(|word| matches!(word.text.as_str(), "-" | "-f-" | "--file=-" | "/dev/stdout"));
    !to_file || dash
}

/// The options that are not there yet, behind the program; before an old bundle of letters only where that may get a dash.
pub(super) fn rewrite(words: &[ShellWord], options: &str) -> Found {
    if mode(words) != Some(Mode::Pack) {
        return Found::Other;
    }
    let arguments = &words[1..];
    let has_format = ["format", "posix", "old-archive", "portability"].iter().any(|name| long(arguments, name))
        || letters(arguments).iter().any(|letter| matches!(letter, 'H' | 'V' | 'o'));
    let is_missing = |option: &&str| {
        let name = option.trim_start_matches('-').split('=').next().unwrap_or_default();
        let is_format = matches!(name, "format" | "pax-option");
        !long(arguments, name) && !(is_format && (has_format || long(arguments, "pax-option")))
    };
    let missing: Vec<&str> = options.split(' ').filter(is_missing).collect();
    if missing.is_empty() {
        return Found::Done;
    }
    let missing = missing.join(" ");
    let Some(bundle) = bundle(arguments) else { return behind(&words[0], &missing) };
    // Values of bundled letters stand behind the bundle in the order of the letters, those of `-abc` right behind one.
    let with_value = bundle.text.chars().filter(|letter| WITH_VALUE.contains(*letter)).count();
    let is_last = bundle.text.chars().last().is_some_and(|letter| WITH_VALUE.contains(letter));
    if bundle.quoted || with_value > 1 || (with_value == 1 && !is_last) {
        return Found::Stuck(Why::Called("tar".to_owned()));
    }
    Found::Instead(bundle.range.clone(), format!("{missing} -{}", bundle.text))
}
