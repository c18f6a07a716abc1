//! What goes by times of files, by name.

/// What compares the times of files: operators of `test`, `find`, `fd` and `tar`, and what tells of times or builds by them.
pub(super) const WORDS: [&str; 29] = [
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
    "-used",
    "-printf",
    "--newer",
    "--after-date",
    "--changed-within",
    "--changed-before",
    "--change-newer-than",
    "--change-older-than",
    "stat",
    "gstat",
    "lstat",
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
pub(super) const PROGRAMS: [&str; 37] = [
    "bmake",
    "cabal",
    "cargo",
    "clj",
    "clojure",
    "cmake",
    "csync2",
    "forfiles",
    "go-task",
    "gprbuild",
    "gradlew",
    "latexmk",
    "lein",
    "lsyncd",
    "meson",
    "mix",
    "msbuild",
    "MSBuild",
    "mtree",
    "mvnw",
    "nmake",
    "ocamlbuild",
    "rdiff-backup",
    "rebar",
    "rebar3",
    "robocopy",
    "samu",
    "sbt",
    "scons",
    "snakemake",
    "sphinx-build",
    "syncthing",
    "tmpreaper",
    "tmpwatch",
    "tripwire",
    "tsc",
    "xmake",
];

/// More of them, whose names are words of other things, too: in scripts they count where a command begins.
pub(super) const BY_PLACE: [&str; 9] = ["aide", "doit", "dune", "mandb", "redo", "tup", "unison", "updatedb", "waf"];

/// Those of `TOLD` of which the same is true.
pub(super) const TOLD_BY_PLACE: [&str; 8] = ["du", "erl", "go", "mc", "pax", "stack", "tree", "zig"];

/// Parts of the names by which languages ask for times, in small letters: `os.path.getmtime`, `st_mtime`, `mtimeMs`,
/// `filectime`, `lastModified`, `getLastModifiedTime`, `LastWriteTime`, `CreationTime`.
pub(super) const PARTS: [&str; 13] = [
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
    "creationtime",
];

/// A program that goes by times where it is told so.
pub(super) struct Told {
    pub(super) program: &'static str,
    /// Options of a letter, which may be behind others; of `tar` and `ar` without a dash, too.
    letters: &'static str,
    /// Options and subcommands, whole or up to `=`; long options as far as they are written out.
    words: &'static [&'static str],
}

const fn told(program: &'static str, letters: &'static str, words: &'static [&'static str]) -> Told {
    Told { program, letters, words }
}

/// Programs of which GNU's have a `g` before their names where BSD's own have these; `gzip` is no `zip`.
const OF_GNU: [&str; 8] = ["cp", "date", "dir", "du", "ls", "mv", "tar", "vdir"];

pub(super) const TOLD: [Told; 42] = [
    told("ls", "tcu", &["--sort=time", "--time", "--time-style", "--full-time"]),
    told("vdir", "tcu", &["--sort=time", "--time", "--time-style", "--full-time"]),
    told("dir", "tcu", &["--sort=time", "--time", "/od", "/o:d", "/o-d", "/o:-d", "/OD", "/O:D", "/O-D", "/O:-D"]),
    told("exa", "st", &["--sort", "--time"]),
    told("eza", "st", &["--sort", "--time"]),
    told("lsd", "t", &["--timesort", "--sort"]),
    told("tree", "tcD", &["--sort", "--timefmt"]),
    told("du", "", &["--time", "--time-style"]),
    told("cp", "u", &["--update"]),
    told("mv", "u", &["--update"]),
    told("pax", "u", &[]),
    told("xcopy", "", &["/d", "/D"]),
    told("date", "r", &["--reference"]),
    told("tar", "uNdg", &["--update", "--newer", "--keep-newer-files", "--compare", "--diff", "--listed-incremental"]),
    told("ar", "u", &[]),
    told("zip", "uf", &["--update", "--freshen", "--filesync"]),
    told("unzip", "uf", &[]),
    told("7z", "", &["u"]),
    told("7za", "", &["u"]),
    told("7zz", "", &["u"]),
    told("curl", "z", &["--time-cond"]),
    told("wget", "Nm", &["--timestamping", "--mirror"]),
    told("lftp", "", &["mirror"]),
    told("mc", "", &["mirror"]),
    told("rclone", "", &["sync", "bisync", "copy", "copyto", "move", "moveto", "check", "lsl", "lsjson"]),
    told("aws", "", &["sync"]),
    told("s3cmd", "", &["sync"]),
    told("s5cmd", "", &["sync"]),
    told("azcopy", "", &["sync"]),
    told("gsutil", "", &["rsync"]),
    told("gcloud", "", &["rsync"]),
    told("rpm", "V", &["--verify"]),
    told("depmod", "A", &["--quick"]),
    told("systemd-tmpfiles", "", &["--clean"]),
    told("sass", "", &["--update"]),
    told("erl", "", &["-make"]),
    told("ghc", "", &["--make"]),
    // `dotnet APP.dll` is how any image of .NET begins.
    told("dotnet", "", &["build", "msbuild", "pack", "publish", "run", "test", "watch"]),
    told("swift", "", &["build", "run", "test"]),
    told("go", "", &["build", "generate", "install", "run", "test", "vet"]),
    told("stack", "", &["build", "exec", "install", "run", "test"]),
    told("zig", "", &["build", "run", "test"]),
];

impl Told {
    /// Whether this is the program of a name.
    pub(super) fn is(&self, name: &str) -> bool {
        let of_gnu = || name.strip_prefix('g').is_some_and(|own| OF_GNU.contains(&own) && own == self.program);
        self.program == name || of_gnu()
    }

    /// Whether a word behind the program tells it to go by times.
    pub(super) fn heeds(&self, word: &str, is_first: bool) -> bool {
        let is_bare = is_first && ["tar", "ar"].contains(&self.program);
        let letters = word.strip_prefix('-').or_else(|| is_bare.then_some(word));
        let letters = letters.filter(|letters| letters.chars().all(char::is_alphanumeric));
        letters.is_some_and(|letters| letters.contains(|letter| self.letters.contains(letter)))
            || self.words.iter().any(|own| is_option(word, own))
    }
}

/// Whether a word is an option or subcommand. GNU's programs take what is left of a long option and of its value when its
/// end is left out, and the value as a word of its own.
fn is_option(word: &str, own: &str) -> bool {
    if !own.starts_with("--") {
        return word.strip_prefix(own).is_some_and(|end| end.is_empty() || end.starts_with('='));
    }
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    let (own_name, own_value) = own.split_once('=').unwrap_or((own, ""));
    let is_short = name.len() < own_name.len().min("--xx".len());
    !is_short && own_name.starts_with(name) && (own_value.is_empty() || own_value.starts_with(value))
}
