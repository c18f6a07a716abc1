//! Programs that run another one, which they are told behind their own options.

use super::program_name;

/// What stands before a command in its place.
const BEFORE: [&str; 10] = ["then", "do", "else", "elif", "if", "while", "until", "!", "coproc", "builtin"];

/// Programs that run what they are told, by how many words stand before it that are no options.
const WRAPPERS: [(&str, usize); 73] = [
    ("alias", 0),
    ("bash", 0),
    ("bundle", 1),
    ("busybox", 0),
    ("catatonit", 0),
    ("catchsegv", 0),
    ("chpst", 0),
    ("chroot", 1),
    ("chrt", 1),
    ("command", 0),
    ("cpulimit", 0),
    ("dash", 0),
    ("ash", 0),
    ("doas", 0),
    ("docker-init", 0),
    ("dumb-init", 0),
    ("entr", 0),
    ("env", 0),
    ("eval", 0),
    ("exec", 0),
    ("execlineb", 0),
    ("export", 0),
    ("faketime", 1),
    ("fakeroot", 0),
    ("fish", 0),
    ("flock", 1),
    ("gosu", 1),
    ("ionice", 0),
    ("ksh", 0),
    ("linux32", 0),
    ("linux64", 0),
    ("local", 0),
    ("logexec", 0),
    ("ltrace", 0),
    ("mksh", 0),
    ("multirun", 0),
    ("nice", 0),
    ("nocache", 0),
    ("nohup", 0),
    ("nsenter", 0),
    ("numactl", 0),
    ("parallel", 0),
    ("pid1", 0),
    ("poetry", 1),
    ("prlimit", 0),
    ("proxychains", 0),
    ("readonly", 0),
    ("rush", 0),
    ("runuser", 1),
    ("s6-applyuidgid", 0),
    ("s6-envdir", 1),
    ("s6-setuidgid", 1),
    ("script", 0),
    ("set", 0),
    ("setarch", 1),
    ("setpriv", 0),
    ("setsid", 0),
    ("setuidgid", 1),
    ("sh", 0),
    ("stdbuf", 0),
    ("strace", 0),
    ("su", 1),
    ("su-exec", 1),
    ("sudo", 0),
    ("taskset", 1),
    ("time", 0),
    ("timeout", 1),
    ("tini", 0),
    ("trap", 0),
    ("unshare", 0),
    ("watch", 0),
    ("with-contenv", 0),
    ("xargs", 0),
];

/// Options behind which `find` is told a program.
const OF_FIND: [&str; 4] = ["-exec", "-execdir", "-ok", "-okdir"];

/// The words of a command of a shell that may be programs which it runs: the first, and behind a program that runs another
/// one those where that may stand. Each option may have a value behind it. What is assigned to a variable may be run later.
pub(super) fn programs(command: &str) -> impl Iterator<Item = &str> {
    let mut left: usize = 1;
    let mut is_told = false;
    command.split_whitespace().filter_map(move |word| {
        let word = word.trim_matches(['"', '\'']).trim_start_matches('\\');
        let word = word.split(['<', '>']).next().unwrap_or(word);
        let is_of_find = std::mem::replace(&mut is_told, OF_FIND.contains(&word));
        if left == 0 && !is_of_find || word.is_empty() || BEFORE.contains(&word) {
            return None;
        }
        if word.starts_with(['-', '+']) {
            left += 1;
            return None;
        }
        if let Some((_, value)) = word.split_once('=') {
            let value = value.trim_start_matches(['"', '\'']);
            return (!value.contains('/') || value.contains("bin/")).then(|| program_name(value));
        }
        let name = program_name(word);
        let wrapper = WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name);
        left = left.saturating_sub(1) + wrapper.map_or(0, |(_, before)| 1 + before);
        Some(name.rsplit(":-").next().unwrap_or(name))
    })
}
