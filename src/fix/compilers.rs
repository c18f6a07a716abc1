//! Options for compilers, which write the directory that they run in into programs.

use super::Why;
use super::options::{Found, behind};
use crate::dockerfile::ShellWord;

/// A build id that the linker draws (`ld --build-id=uuid`).
const RANDOM: &str = "--build-id=uuid";

/// One that is a hash of what it links.
const HASH: &str = "--build-id=sha1";

pub(super) fn go(words: &[ShellWord], options: &str) -> Found {
    let [program, command, arguments @ ..] = words else { return Found::Other };
    if program.name() != "go" || !matches!(command.text.as_str(), "build" | "install") {
        return Found::Other;
    }
    let is_given = |word: &ShellWord| {
        let name = word.text.trim_start_matches('-').split('=').next();
        word.text.starts_with('-') && name == Some("trimpath")
    };
    if arguments.iter().any(is_given) {
        return Found::Done;
    }
    // `go help build`: -C, if any, is the first of all.
    match arguments {
        [first, directory, ..] if first.text == "-C" => behind(directory, options),
        [first, ..] if first.text.starts_with("-C=") => behind(first, options),
        _ => behind(command, options),
    }
}

/// Whether a name is that of a compiler of C or C++, be it for another machine or in a version: `x86_64-linux-gnu-gcc-12`.
fn is_c(name: &str) -> bool {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let name = name.rsplit_once('-').filter(|(_, version)| is_number(version)).map_or(name, |(name, _)| name);
    let name = name.rsplit('-').next().unwrap_or_default();
    matches!(name, "gcc" | "g++" | "cc" | "c++" | "clang" | "clang++")
}

/// Whether a compiler is given anything to read.
fn reads(arguments: &[ShellWord]) -> bool {
    arguments.iter().any(|word| !word.text.starts_with('-'))
}

pub(super) fn c(words: &[ShellWord], options: &str) -> Found {
    let [program, arguments @ ..] = words else { return Found::Other };
    if !is_c(program.name()) || !reads(arguments) {
        return Found::Other;
    }
    if arguments.iter().any(|word| word.text.starts_with("-ffile-prefix-map=")) {
        return Found::Done;
    }
    behind(program, options)
}

pub(super) fn build_id(words: &[ShellWord], _options: &str) -> Found {
    let [program, arguments @ ..] = words else { return Found::Other };
    let Some(random) = arguments.iter().find(|word| word.text.contains(RANDOM)) else { return Found::Other };
    if !is_c(program.name()) && !program.name().ends_with("ld") {
        return Found::Other;
    }
    if random.quoted {
        return Found::Stuck(Why::Called(program.name().to_owned()));
    }
    Found::Instead(random.range.clone(), random.text.replace(RANDOM, HASH))
}

pub(super) fn rustc(words: &[ShellWord], options: &str) -> Found {
    let [program, arguments @ ..] = words else { return Found::Other };
    if program.name() != "rustc" || !reads(arguments) {
        return Found::Other;
    }
    if arguments.iter().any(|word| word.text.starts_with("--remap-path-prefix")) {
        return Found::Done;
    }
    behind(program, options)
}
