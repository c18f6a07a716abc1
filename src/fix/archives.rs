//! Options for programs that compress and archive.

use super::Why;
use super::options::{Found, Touched, behind, long, short};
use crate::dockerfile::ShellWord;

pub(super) fn gzip(words: &[ShellWord], options: &str) -> Found {
    let [program, arguments @ ..] = words else { return Found::Other };
    if !matches!(program.name(), "gzip" | "pigz") {
        return Found::Other;
    }
    let given = short(arguments, "Sbp");
    let is_given = |names: &[&str]| names.iter().any(|name| long(arguments, name));
    let reads = ["decompress", "uncompress", "list", "test", "help", "version"];
    if given.iter().any(|letter| "dltVh".contains(*letter)) || is_given(&reads) {
        return Found::Other;
    }
    if given.contains(&'n') || is_given(&["no-name"]) {
        return Found::Done;
    }
    behind(program, options)
}

pub(super) fn xz(words: &[ShellWord], options: &str) -> Found {
    let [program, arguments @ ..] = words else { return Found::Other };
    if program.name() != "xz" {
        return Found::Other;
    }
    let given = short(arguments, "CFMST");
    let is_given = |names: &[&str]| names.iter().any(|name| long(arguments, name));
    let reads = ["decompress", "uncompress", "list", "test", "help", "version"];
    if given.iter().any(|letter| "dltVhH".contains(*letter)) || is_given(&reads) {
        return Found::Other;
    }
    if given.contains(&'T') || is_given(&["threads"]) {
        return Found::Stuck(Why::Called("xz".to_owned()));
    }
    // The level that is asked for comes later, and counts.
    behind(program, options)
}

pub(super) fn zip(words: &[ShellWord], options: &str) -> Found {
    let [program, arguments @ ..] = words else { return Found::Other };
    match program.name() {
        "zip" if short(arguments, "bntiSx").contains(&'X') || long(arguments, "no-extra") => Found::Done,
        "zip" if !arguments.is_empty() => behind(program, options),
        _ => Found::Other,
    }
}

/// No option of zip gives members another time than their files have: these get one before.
pub(super) fn zip_times(words: &[ShellWord], _options: &str) -> Found {
    let [program, arguments @ ..] = words else { return Found::Other };
    if program.name() != "zip" || arguments.is_empty() {
        return Found::Other;
    }
    let stuck = || Found::Stuck(Why::FileTimes);
    let is_option = |word: &&ShellWord| word.text.starts_with('-');
    let (options, others): (Vec<&ShellWord>, Vec<&ShellWord>) = arguments.iter().partition(is_option);
    // Only what takes no value, and packs what is named into a new archive.
    let is_known = |word: &ShellWord| {
        let letters = word.text.trim_start_matches('-');
        !word.text.starts_with("--")
            && !letters.is_empty()
            && letters.chars().all(|letter| "rqvXyjD0123456789".contains(letter))
    };
    let ([_archive, files @ ..], Some(last)) = (others.as_slice(), arguments.last()) else { return stuck() };
    if files.is_empty() || !options.iter().all(|word| is_known(word)) {
        return stuck();
    }
    let has_extra = !options.iter().any(|word| word.text.contains('X'));
    Found::Touched(Touched {
        files: files.iter().map(|file| file.range.clone()).collect(),
        program: program.range.clone(),
        options: if has_extra { " -X" } else { "" },
        last: last.range.clone(),
    })
}

/// Times of an archive of Python sources are those of its files, and that of the packing.
pub(super) fn zipapp(words: &[ShellWord], _options: &str) -> Found {
    let [program, rest @ ..] = words else { return Found::Other };
    let is_module = rest.windows(2).any(|pair| pair[0].text == "-m" && pair[1].text == "zipapp");
    if program.name().starts_with("python") && is_module { Found::Stuck(Why::Zipapp) } else { Found::Other }
}

pub(super) fn jar(words: &[ShellWord], options: &str) -> Found {
    let [program, first, arguments @ ..] = words else { return Found::Other };
    if program.name() != "jar" {
        return Found::Other;
    }
    if long(&words[1..], "date") {
        return Found::Done;
    }
    if long(&words[1..], "create") || long(&words[1..], "update") {
        return behind(program, options);
    }
    let letters = first.text.trim_start_matches('-');
    if first.text.starts_with("--") || !letters.starts_with('c') || arguments.is_empty() {
        return Found::Other;
    }
    // The old form, whose letters take their values from the words behind; only one of them may.
    let mut long_form = options.to_owned();
    for letter in letters.chars().filter(|letter| *letter != 'f') {
        long_form += match letter {
            'c' => " --create",
            'v' => " --verbose",
            '0' => " --no-compress",
            'M' => " --no-manifest",
            _ => return Found::Stuck(Why::Called("jar".to_owned())),
        };
    }
    if letters.contains('f') {
        long_form += " --file";
    }
    Found::Instead(first.range.clone(), long_form)
}
