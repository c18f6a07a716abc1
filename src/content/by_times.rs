//! Whether a command or a script goes by times of files: then they decide what it does, and none of them is noise.

mod script;

pub use self::script::Scripts;

/// What compares the times of files: operators of `test`, `find` and `tar`, and what tells of times or builds by them.
const WORDS: [&str; 22] = [
    "-nt",
    "-ot",
    "-mmin",
    "-mtime",
    "-cmin",
    "-ctime",
    "-amin",
    "-atime",
    "-anewer",
    "-cnewer",
    "-printf",
    "--newer",
    "--after-date",
    "stat",
    "make",
    "gmake",
    "ninja",
    "rake",
    "mvn",
    "gradle",
    "ant",
    "rsync",
];

/// Programs that copy, remove or build by times. Only the name itself counts: what was installed is in
/// `/usr/local/cargo/bin`.
const PROGRAMS: [&str; 20] = [
    "bmake",
    "cabal",
    "cargo",
    "cmake",
    "forfiles",
    "go-task",
    "gradlew",
    "meson",
    "mix",
    "msbuild",
    "MSBuild",
    "mvnw",
    "nmake",
    "rebar3",
    "robocopy",
    "samu",
    "sbt",
    "tmpreaper",
    "tmpwatch",
    "tsc",
];

/// Parts of the names by which languages ask for times, in small letters: `os.path.getmtime`, `st_mtime`, `mtimeMs`,
/// `filectime`, `lastModified`, `getLastModifiedTime`, `LastWriteTime`.
const PARTS: [&str; 12] = [
    "mtime",
    "_atime",
    "_ctime",
    "getatime",
    "getctime",
    "fileatime",
    "filectime",
    "atimems",
    "ctimems",
    "lastmodif",
    "last_modif",
    "lastwrite",
];

/// A program that goes by times where it is told so.
struct Told {
    program: &'static str,
    /// Options of a letter, which may be behind others.
    letters: &'static str,
    /// Options and subcommands, whole or up to `=`.
    words: &'static [&'static str],
}

const fn told(program: &'static str, letters: &'static str, words: &'static [&'static str]) -> Told {
    Told { program, letters, words }
}

const TOLD: [Told; 13] = [
    told("ls", "tcu", &["--sort=time", "--time", "--full-time"]),
    told("dir", "tcu", &["--sort=time", "--time", "/od", "/o:d", "/o-d", "/o:-d", "/OD", "/O:D", "/O-D", "/O:-D"]),
    told("cp", "u", &["--update"]),
    told("mv", "u", &["--update"]),
    told("xcopy", "", &["/d", "/D"]),
    told("date", "r", &["--reference"]),
    told("tar", "uN", &["--update"]),
    told("zip", "uf", &["--update", "--freshen", "--filesync"]),
    told("unzip", "uf", &[]),
    told("curl", "z", &["--time-cond"]),
    told("wget", "N", &["--timestamping"]),
    // `dotnet APP.dll` is how any image of .NET begins.
    told("dotnet", "", &["build", "msbuild", "pack", "publish", "run", "test", "watch"]),
    told("swift", "", &["build", "run", "test"]),
];

/// Whether a command goes by times of files.
pub fn goes_by_times(text: &str) -> bool {
    let mut words = text.split(|letter: char| letter != '-' && letter != '_' && !letter.is_alphanumeric());
    words.any(|word| WORDS.contains(&word) || word.starts_with("-newer") || asks(word))
        || text.split([';', '|', '&', '\n', '`', '(', ')']).any(is_told)
        || text.split("*(").skip(1).any(is_sorted_by_time)
}

/// Whether a word asks for a time; `gmtime` is of no file.
fn asks(word: &str) -> bool {
    let word = word.to_ascii_lowercase().replace("gmtime", "");
    PARTS.iter().any(|part| word.contains(part))
}

/// Whether one command of several is a program that goes by times, or that is told to.
fn is_told(command: &str) -> bool {
    let is_between =
        |letter: char| letter.is_whitespace() || matches!(letter, '\'' | '"' | ',' | '[' | ']' | '{' | '}');
    let mut heeded: Vec<&Told> = Vec::new();
    for word in command.split(is_between).filter(|word| !word.is_empty()) {
        if heeded.iter().any(|told| told.heeds(word)) {
            return true;
        }
        let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
        let name = name.strip_suffix(".exe").unwrap_or(name);
        if PROGRAMS.contains(&name) {
            return true;
        }
        // Each is in there once, however often it is named.
        let is_new = heeded.iter().all(|told| told.program != name);
        heeded.extend(TOLD.iter().filter(|told| is_new && told.program == name));
    }
    false
}

impl Told {
    fn heeds(&self, word: &str) -> bool {
        let letters = word.strip_prefix('-').filter(|letters| letters.chars().all(char::is_alphanumeric));
        letters.is_some_and(|letters| letters.contains(|letter| self.letters.contains(letter)))
            || self
                .words
                .iter()
                .any(|own| word.strip_prefix(own).is_some_and(|end| end.is_empty() || end.starts_with('=')))
    }
}

/// Whether what follows `*(` sorts the files that a pattern of zsh finds by their times: `*(om[1])`, `*(.DOm)` (zshexpn(1),
/// "Glob Qualifiers").
fn is_sorted_by_time(qualifiers: &str) -> bool {
    let sorts = qualifiers.trim_start_matches(|letter| "./@=*^-DNFUn".contains(letter));
    let mut letters = sorts.chars();
    matches!(letters.next(), Some('o' | 'O'))
        && matches!(letters.next(), Some('m' | 'a' | 'c'))
        && matches!(letters.next(), Some('[' | ')' | ':' | 'D' | 'N' | '.' | 'o' | 'O'))
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
            "curl -H 'If-Modified-Since: x' http://localhost/",
        ] {
            assert!(!goes_by_times(command), "{command}");
        }
    }
}
