//! Whether a command or a script goes by times of files: then they decide what it does, and none of them is noise.

mod lists;
mod script;
mod wrappers;

use std::collections::HashSet;
use std::sync::LazyLock;

use self::lists::{BY_PLACE, PARTS, PROGRAMS, TOLD, TOLD_BY_PLACE, Told, WORDS};

pub use self::script::Scripts;

/// Whether a command goes by times of files.
pub fn goes_by_times(text: &str) -> bool {
    let mut words = text.split(|letter: char| letter != '-' && letter != '_' && !letter.is_alphanumeric());
    words.any(|word| WORDS.contains(&word) || word.starts_with("-newer") || asks(word))
        || text.split([';', '|', '&', '\n', '`', '(', ')']).any(|command| is_told(command, |_| true))
        || compares(text)
}

/// What one of these is in whatever asks for a time.
const STARTS: [&[u8; 4]; 4] = [b"time", b"modi", b"writ", b"lsta"];

/// Whether a word asks for a time; `gmtime` is of no file.
fn asks(word: &str) -> bool {
    // Most words have nothing of any of them.
    if !word.as_bytes().windows(4).any(|part| STARTS.iter().any(|start| part.eq_ignore_ascii_case(&start[..]))) {
        return false;
    }
    let word = word.to_ascii_lowercase().replace("gmtime", "");
    word == "lstat" || PARTS.iter().any(|part| word.contains(part))
}

/// The names of all programs of the lists.
static NAMED: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let told = TOLD.iter().flat_map(|told| [told.program.to_owned(), format!("g{}", told.program)]);
    PROGRAMS.iter().chain(&BY_PLACE).map(|name| (*name).to_owned()).chain(told).collect()
});

/// Whether one command of several is a program that goes by times, or that is told to. Where the name of one is a word of
/// other things, too, `is_run` says whether it is the program.
fn is_told(command: &str, is_run: impl Fn(&str) -> bool) -> bool {
    let is_between =
        |letter: char| letter.is_whitespace() || matches!(letter, '\'' | '"' | ',' | '[' | ']' | '{' | '}');
    let mut heeded: Vec<&Told> = Vec::new();
    let mut is_behind = false;
    for word in command.split(is_between).filter(|word| !word.is_empty()) {
        if heeded.iter().any(|told| told.heeds(word, is_behind)) {
            return true;
        }
        let name = program_name(word);
        if !NAMED.contains(name) {
            is_behind = false;
            continue;
        }
        if PROGRAMS.contains(&name) || (BY_PLACE.contains(&name) && is_run(name)) {
            return true;
        }
        let told = TOLD.iter().find(|told| told.is(name) && (!TOLD_BY_PLACE.contains(&name) || is_run(name)));
        is_behind = told.is_some();
        // Each is in there once, however often it is named.
        heeded.extend(told.filter(|told| heeded.iter().all(|known| known.program != told.program)));
    }
    false
}

/// The name of the program that a word calls.
fn program_name(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    name.strip_suffix(".exe").unwrap_or(name)
}

/// Whether operators compare times: of `test`, of Perl or of zsh, or a list with times in it is sorted.
fn compares(text: &str) -> bool {
    is_tested(text) || is_of_perl(text) || is_sorted_list(text) || is_of_zsh(text)
}

/// Whether `test` asks whether a file was written since it was read.
fn is_tested(text: &str) -> bool {
    let mut before = "";
    text.split_whitespace().any(|word| {
        let asks = word == "-N" && ["[", "[[", "test", "!", "-a", "-o", "&&", "||"].contains(&before);
        before = word.trim_start_matches(['\'', '"', '(', '$', '`', ';', '{']);
        asks
    })
}

/// Whether Perl asks for the age of a file: `-M $file`. Behind its own options of these letters stands nothing or a name.
fn is_of_perl(text: &str) -> bool {
    let is_age = |at: usize| {
        let (before, after) = text.split_at(at);
        let starts = before.ends_with(|letter: char| letter.is_whitespace() || "({[,!=<>\"'".contains(letter));
        let file = after.get(2..).unwrap_or_default().trim_start();
        starts && file.starts_with(['$', '(', '"', '\'', '/'])
    };
    let ages = ["-M", "-A", "-C"];
    text.contains("perl") && ages.iter().any(|age| text.match_indices(age).any(|(at, _)| is_age(at)))
}

/// The first and last columns of a long list of `ls` in which its times are.
const COLUMNS: [&str; 3] = ["6", "7", "8"];

/// Whether a list that has times in it is sorted by them, or they are taken out of it: `ls -l | sort -k6`.
fn is_sorted_list(text: &str) -> bool {
    let Some((_, list)) = text.split_once("ls ") else { return false };
    let is_long = |word: &str| word.starts_with('-') && !word.starts_with("--") && word.contains(['l', 'g', 'n', 'o']);
    if !list.split_whitespace().any(is_long) {
        return false;
    }
    let is_column = |word: &str| {
        let digits = word.find(|letter: char| !letter.is_ascii_digit()).map_or(word, |end| word.split_at(end).0);
        COLUMNS.contains(&digits)
    };
    let sorts = list.split_once("sort").is_some_and(|(_, keys)| {
        ["-k", "--key"]
            .iter()
            .any(|key| keys.split(key).skip(1).any(|key| is_column(key.trim_start_matches([' ', '=']))))
    });
    sorts || (list.contains("awk") && list.split('$').skip(1).any(is_column))
}

/// Whether a pattern of zsh takes files by their times: `*(om[1])`, `?(.DOm)`, `*(m-1)`, `x(#qom[1])` (zshexpn(1), "Glob
/// Qualifiers").
fn is_of_zsh(text: &str) -> bool {
    if !text.contains('(') {
        return false;
    }
    let behind = |opening: &'static str| text.split(opening).skip(1);
    ["*(", "?(", "](", "(#q"].into_iter().any(|opening| behind(opening).any(is_by_time))
}

fn is_by_time(qualifiers: &str) -> bool {
    let rest = qualifiers.trim_start_matches("#q").trim_start_matches(|letter| "./@=*^-DNFUn".contains(letter));
    let mut letters = rest.chars();
    let is_time = |letter: Option<char>| matches!(letter, Some('m' | 'a' | 'c'));
    match letters.next() {
        Some('o' | 'O') => {
            is_time(letters.next()) && matches!(letters.next(), Some('[' | ')' | ':' | 'D' | 'N' | '.' | 'o' | 'O'))
        }
        // `(m-1)`, `(mh+2)`: younger or older than so many days or hours.
        first if is_time(first) => {
            let age = letters.as_str();
            let age = age.strip_prefix(['M', 'w', 'd', 'h', 'm', 's']).unwrap_or(age);
            age.strip_prefix(['-', '+']).unwrap_or(age).starts_with(|digit: char| digit.is_ascii_digit())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::goes_by_times;

    #[test]
    fn what_tells_of_times_goes_by_them() {
        for command in [
            "java -jar $(ls -t /app/*.jar | head -n1)",
            "ls -1tr /app",
            "cd /app; x=`ls --sort=time`",
            " /bin/ls -t",
            "import os; os.execvp('ls', ['ls', '-t'])",
            "cp -au /a /b",
            "mv --update=older a b",
            "date -r /app/x +%s",
            "find / -newermt 2024-01-01",
            "find / -anewer /x",
            "find / -printf '%T@ %p'",
            "./gradlew run",
            "cargo run",
            "dotnet run --project x",
            "max(glob('*'), key=os.path.getmtime)",
            "fs.statSync(x).mtimeMs",
            "gci | sort LastWriteTime",
            "cmd /c dir /b /od",
            "exec *(om[1])",
            "exec /app/*(.Om)",
            "test a -nt b",
            "[ -N /app/b ] && exec /app/b",
            "exec *(m-1)",
            "exec /app/?(om[1])",
            "exec /app/b(#qom[1])",
            "exec /app/*(-mh-3)",
            "ls --so=time /app",
            "ls --sort=ti /app",
            "ls --sort time /app",
            "ls -l --time-style=+%s /app",
            "exec /app/$(ls -l /app | sort -k8 | tail -1)",
            "ls -l /app | sort --key=6n",
            "ls -l /app | awk '{print $6}'",
            "vdir -t /app",
            "gls -t /app",
            "du --time /app",
            "cp --upd a b",
            "tar -x --keep-newer-files -f /a.tar",
            "tar df /a.tar",
            "ar ru x.a b",
            "wget -m http://x",
            "go run .",
            "aws s3 sync /app s3://x",
            "7z u x.7z /app",
            "eza --sort=newest /app",
            "fd --changed-within 2weeks",
            "rpm -Va && exec app",
            "lein run",
            "aide --check",
            "perl -e 'exec((sort { -M $a <=> -M $b } glob(\"/app/*\"))[0])'",
            "perl -e 'exec((sort { (lstat $a)[9] <=> (lstat $b)[9] } glob(\"/app/*\"))[0])'",
            "python3 -c 'max(x, key=lambda f: os.lstat(f)[8])'",
        ] {
            assert!(goes_by_times(command), "{command}");
        }
    }

    #[test]
    fn other_commands_do_not() {
        for command in [
            "exec app/run --newer-than 5",
            "dotnet App.dll",
            "/usr/local/cargo/bin/app",
            "ls -la /app | sort -t:",
            "ls; app -t",
            "cp -a /a /b",
            "date -u +%s",
            "curl -fsS http://localhost:8080/health",
            "wget -qO- --no-verbose http://localhost/",
            "tar -xzf /a.tar.gz -C /b",
            "python -c 'import time; time.gmtime()'",
            "grep -E '.*(com|omega)'",
            "--runtime x --datetime y --uptime",
            "ls -ld /app | awk '{print $3}'",
            "ls -l /app | sort -k5n",
            "ls --sort=size /app",
            "ls --show-control-chars --time_ /app",
            "tar xzf /a.tar.gz",
            "perl -MFile::Find -C -ne 'print $x'",
            "rpm -qa",
            "gzip -cdfq x; gunzip -f x",
            "go version",
            "golang-app run",
            "aws s3 cp x s3://y",
            "[[ $x = ?(min.)js ]]",
            "curl -N http://localhost",
            "curl -H 'If-Modified-Since: x' http://localhost/",
        ] {
            assert!(!goes_by_times(command), "{command}");
        }
    }
}
