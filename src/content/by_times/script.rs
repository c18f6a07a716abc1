//! Scripts of a shell: those that go by times of files, by their paths.

use std::collections::BTreeSet;

use super::lists::{BY_PLACE, PROGRAMS, TOLD_BY_PLACE, WORDS};
use super::wrappers::programs;
use super::{asks, compares, is_told};
use crate::image::path::file_name;

/// Bytes of the longest script that is read.
const MOST: usize = 1 << 20;
/// Scripts that are remembered.
const MOST_SCRIPTS: usize = 10_000;
/// Options that say what is printed of a file: of times only by some letters.
const FORMATS: [&str; 2] = ["stat", "-printf"];
/// Letters by which `stat` prints times, and `find`; the same letter is something else to the other one.
const OF_STAT: &str = "xyzwXYZW";
const OF_FIND: &str = "actACTB";
/// Endings of files that shells read as scripts without a mark in them; most of them have none.
const READ: [&str; 12] =
    ["ash", "bashrc", "cmd", "command", "conf", "dash", "env", "functions", "inc", "include", "profile", "rc"];

/// Reads one file after the other, in pieces, and remembers the scripts that go by times.
#[derive(Default)]
pub struct Scripts {
    path: Vec<u8>,
    /// The file, as long as it may be a script.
    bytes: Vec<u8>,
    may_be: bool,
    found: Vec<Vec<u8>>,
}

impl Scripts {
    /// Begins with the file at a path; that before it has ended.
    pub fn begin(&mut self, path: &[u8]) {
        self.path.clear();
        self.path.extend_from_slice(path);
        self.bytes.clear();
        self.may_be = true;
    }

    /// Takes in the next piece.
    pub fn push(&mut self, piece: &[u8]) {
        let room = (MOST + 1).saturating_sub(self.bytes.len());
        if !self.may_be || room == 0 {
            return;
        }
        self.bytes.extend_from_slice(piece.get(..room).unwrap_or(piece));
        let is_marked = self.bytes.starts_with(b"#!") || self.bytes.len() < 2;
        self.may_be = is_marked || self.is_named() || (self.is_read() && !piece.contains(&0));
    }

    /// Ends the file. Of one that is too long nobody knows what it does.
    pub fn end(&mut self) {
        let is_script = std::mem::take(&mut self.may_be) && (self.is_named() || self.is_of_shell());
        if is_script && self.found.len() < MOST_SCRIPTS {
            let goes = self.bytes.len() > MOST || goes_by_times(&String::from_utf8_lossy(&self.bytes));
            self.found.extend(goes.then(|| self.path.clone()));
        }
    }

    /// The paths of the scripts that go by times, of all files that were read.
    pub fn take(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.found)
    }

    fn is_named(&self) -> bool {
        [&b".sh"[..], b".bash", b".zsh", b".ksh"].iter().any(|ending| self.path.ends_with(ending))
    }

    /// Whether a shell that is told of the file may read it as a script, by its name.
    fn is_read(&self) -> bool {
        let name = file_name(&self.path);
        let ending = name.rsplit(|byte| *byte == b'.').next().filter(|ending| ending.len() < name.len());
        ending.is_none_or(|ending| READ.iter().any(|read| read.as_bytes() == ending))
    }

    /// Whether the first line names a shell: `/bin/sh`, `/usr/bin/env bash`, `/bin/busybox ash`; or none, and its name does
    /// not say otherwise.
    fn is_of_shell(&self) -> bool {
        if !self.bytes.starts_with(b"#!") {
            return self.is_read() && !self.bytes.contains(&0);
        }
        let line = self.bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let mut words = line.split(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'!')).map(file_name);
        words.any(|word| word.ends_with(b"sh"))
    }
}

/// Whether a script goes by times: its lines as they are, or as they are continued, which those of comments are not.
fn goes_by_times(script: &str) -> bool {
    const CONTINUED: &str = "\\\n";
    script.lines().any(line_goes)
        || (script.contains(CONTINUED) && script.replace(CONTINUED, " ").lines().any(line_goes))
}

/// Whether a line goes by times. Words that are programs count where a command begins, for they are of English, too.
fn line_goes(line: &str) -> bool {
    if line.trim_start().starts_with('#') {
        return false;
    }
    let mut words = line.split(|letter: char| letter != '-' && letter != '_' && !letter.is_alphanumeric());
    let is_option = |word: &str| word.starts_with('-') && WORDS.contains(&word) && !FORMATS.contains(&word);
    words.any(|word| is_option(word) || word.starts_with("-newer") || asks(word))
        || compares(line)
        || line.split(['|', ';', '&', '`', '(', ')', '{', '}']).any(command_goes)
}

fn command_goes(command: &str) -> bool {
    let of_stat = ["stat", "gstat"];
    let mut by_place = BTreeSet::new();
    let mut asks_stat = false;
    for name in programs(command) {
        asks_stat |= of_stat.contains(&name);
        if PROGRAMS.contains(&name) || (WORDS.contains(&name) && !of_stat.contains(&name)) {
            return true;
        }
        by_place.extend([name].into_iter().filter(|name| BY_PLACE.contains(name) || TOLD_BY_PLACE.contains(name)));
    }
    // Without a format all is printed; what a variable holds as one is not known.
    let is_unknown = || format_of_stat(command).is_none_or(|format| format.contains('$'));
    (asks_stat && (prints(command, OF_STAT) || is_unknown()))
        || (command.contains("find") && command.contains("-printf") && prints(command, OF_FIND))
        || is_told(command, |name| by_place.contains(name))
}

/// What `stat` is told to print, as far as it is there: behind `-c`, `-Lc`, `--format=` or `--printf=`.
fn format_of_stat(command: &str) -> Option<&str> {
    let behind = |(at, _)| {
        let option = command.get(at + 2..)?;
        let letters = option.trim_start_matches(['L', 'f', 't']).strip_prefix('c');
        letters.or_else(|| option.strip_prefix("-format")).or_else(|| option.strip_prefix("-printf"))
    };
    let told = command.match_indices(" -").find_map(behind)?;
    let told = told.trim_start_matches([' ', '=']);
    let quoted = ['"', '\''].into_iter().find_map(|quote| Some((quote, told.strip_prefix(quote)?)));
    match quoted {
        Some((quote, format)) => format.split(quote).next(),
        None => told.split_whitespace().next(),
    }
}

/// Whether a command has a format with one of these letters (`%Y`, `%.3Y`, `%10T@`).
fn prints(command: &str, letters: &str) -> bool {
    let after = |format: &str| format.trim_start_matches(|flag: char| "-+ #.0123456789".contains(flag)).chars().next();
    command.split('%').skip(1).any(|format| after(format).is_some_and(|letter| letters.contains(letter)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goes(path: &str, text: &str) -> bool {
        let mut scripts = Scripts::default();
        scripts.begin(path.as_bytes());
        text.as_bytes().chunks(7).for_each(|piece| scripts.push(piece));
        scripts.end();
        !scripts.take().is_empty()
    }

    #[test]
    fn scripts_that_compare_times_go_by_them() {
        for line in [
            "if [ /a -nt /b ]; then exec /new; fi",
            "find /app -newer /stamp -exec rm {} +",
            "exec make run",
            "cd /app && make",
            "  then rsync -a /a/ /b/",
            "[ $(stat -c %Y /a) -gt $(stat -c %Y /b) ] && exec /new",
            "find / -printf '%T@ %p\\n' | sort | tail -n 1",
            "find / -printf '%10t\\n'",
            "newest=$(stat -c '%.3Y' /a)",
            "stat /a",
            "stat ${x%/*}",
            "[ $(stat -c \"$FORMAT\" /a) -gt 1 ]",
            "stat --format=$FORMAT /a",
            "stat -Lc %Y /a",
            "stat -Lc \"$FORMAT\" /a",
            "ls \\\n  -t /a",
            "# as it is: \\\n[ /a -nt /b ]",
            "newest=$(ls -t /app/*.jar | head -n 1)",
            "cp -u /a /b",
            "python3 -c 'import os; print(os.path.getmtime(\"/a\"))'",
        ] {
            assert!(goes("start.sh", line), "{line}");
            assert!(goes("start", &format!("#!/usr/bin/env bash\n{line}\n")), "{line}");
            assert!(!goes("start", &format!("#!/usr/bin/perl\n{line}\n")), "{line}");
            assert!(goes("start", line) && goes("app.conf", line), "{line}");
            assert!(!goes("start.js", line) && !goes("start", &format!("{line}\0")), "{line}");
        }
    }

    #[test]
    fn programs_go_by_times_behind_those_that_run_them() {
        for line in [
            "exec gosu app make run",
            "su-exec app make run",
            "exec sudo -u app make run",
            "su app -c \"make run\"",
            "sh -c \"make run\"",
            "timeout 10 make run",
            "timeout -k 5 10 make run",
            "nice -n 5 make run",
            "exec tini -- make run",
            "exec dumb-init make run",
            "s6-setuidgid app make run",
            "chpst -u app make run",
            "runuser -u app -- make run",
            "echo run | xargs make",
            "env -i make run",
            "exec env -u X A=b make run",
            "exec -a x make run",
            "trap 'make run' EXIT",
            "make>log run",
            "\\make run",
            "M=make",
            "export M=\"make run\"",
            "\"${MAKE:-make}\" run",
            "busybox make run",
            "find /app -name Makefile -execdir make run \\;",
            "find /app -exec sh -c 'make run' \\;",
            "flock /l make run",
            "exec gosu app nice -n 5 timeout 3 make run",
            "sudo stat -c %Y /a",
            "exec aide --check",
            "exec gosu app go run .",
            "set -- make \"$@\"",
        ] {
            assert!(goes("start.sh", line), "{line}");
        }
    }

    #[test]
    fn what_is_too_long_is_feared() {
        let long = format!("#!/bin/sh\n{}", "#\n".repeat(MOST / 2));
        assert!(goes("start", &long));
        assert!(!goes("start", &long[..MOST]));
        assert!(!goes("start.txt", &long.replacen('#', " ", 1)));
    }

    #[test]
    fn ordinary_entry_points_do_not() {
        for line in [
            "# make sure that [ a -nt b ]",
            "echo \"cannot make $1: stat failed\"",
            "owner=$(stat -c '%u' \"$PGDATA\")",
            "[ $(stat -fc %T /sys/fs/cgroup) = cgroup2fs ]",
            "stat --format=%u /a && stat -Lc '%u' /a",
            "[ $(stat -c %a /a) = 640 ] && stat --printf='%A %F %B' /a",
            "find / -printf '%m %u %y %p\\n'",
            "find /docker-entrypoint.d/ -follow -type f -print | sort -V",
            "find . \\! -user redis -exec chown redis '{}' +",
            "exec gosu postgres \"$BASH_SOURCE\" \"$@\"",
            "echo go make ant rake",
            "set -- tini -- \"$@\"",
            "tar -xzf /a.tar.gz -C /b",
            "dpkg-query --show --showformat='${Conffiles}\\n' nginx | md5sum -c -",
            "printf '%s %c %a' x",
            "export ANT_HOME=/opt/ant",
            "exec gosu postgres echo make",
            "echo 'go test it, redo or check the stack'",
            "find /data -print0 | xargs -0 stat -c %u",
            "ls -ld /data | awk '{print $3}'",
            "exec env -u X nginx -g 'daemon off;'",
        ] {
            assert!(!goes("start.sh", line), "{line}");
        }
    }
}
