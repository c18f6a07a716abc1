//! Who runs or reads a file that is noise only while nobody does: what its own header allows, links to it, and what the
//! configs name.

use std::collections::{BTreeSet, HashSet};

use crate::causes::{ImageFacts, Proof, View};
use crate::content::by_times::goes_by_times;
use crate::content::notes::Noted;
use crate::finding::{Location, Sides};
use crate::image::entry::{Entry, EntryType};
use crate::image::path::{ancestors, clean, file_name, is_below, join, parent};

use self::patterns::{is_matched, is_name_matched, is_of_path, names_anywhere, patterns};
use self::run::Run;
use super::links::Links;

mod patterns;
mod run;

/// Where runtimes mount something of their own, whatever the image holds there (containerd, Docker, podman; OCI runtime
/// specification, "Default Filesystems"): nobody in a container reads it under this name.
const MOUNTED: [&[u8]; 6] = [b"etc/hosts", b"etc/hostname", b"etc/resolv.conf", b"proc", b"sys", b"dev"];

/// Whether runtimes mount something of their own at a path or above it.
pub(super) fn is_mounted(path: &[u8]) -> bool {
    MOUNTED.iter().any(|mounted| *mounted == path || is_below(path, mounted))
}

/// Where only root keeps files; in other places they belong to whoever has run a tool.
const OF_ROOT: [&[u8]; 5] = [b"etc", b"var/log", b"var/lib/dpkg", b"var/backups", b"var/cache/apt"];
/// The first number of groups that are no system groups (Debian policy, section 9.2.2).
const FIRST_USER: u64 = 1000;

/// Whether the header of a file lets nobody run it, and nobody but root write it where only root should.
pub(super) fn is_inert(view: &View<'_>) -> bool {
    view.entry.is_none_or(|entry| {
        // A file without a byte does nothing, whoever runs it: Docker's `.dockerenv` is executable.
        let runs = match entry.entry_type {
            EntryType::File => entry.mode & 0o6000 != 0 || (entry.mode & 0o111 != 0 && entry.size > 0),
            EntryType::Directory => entry.mode & 0o6000 != 0,
            EntryType::Symlink | EntryType::Fifo => false,
            _ => true,
        };
        !runs && entry.xattrs.is_empty() && has_owner_of_place(entry)
    })
}

fn has_owner_of_place(entry: &Entry) -> bool {
    let place = entry.place();
    let of_root = OF_ROOT.iter().any(|directory| is_below(&place, directory));
    let writable = entry.mode & 0o002 != 0 && entry.entry_type != EntryType::Symlink;
    !of_root || (entry.uid == 0 && entry.gid < FIRST_USER && !writable)
}

pub(super) use self::run::is_of_entry_point;

/// Hashes of the paths of the scripts that commands of either image run, by their names.
pub(super) fn scripts(facts: Sides<&ImageFacts>) -> HashSet<u64> {
    Run::new(&Named::of(facts), [None, None]).scripts()
}

/// Whether a command of either image goes by times of files, so that they decide what it does.
pub(crate) fn commands_go_by_times(facts: Sides<&ImageFacts>) -> bool {
    Named::of(facts).by_times
}

/// What is known of who reads which files.
pub(super) struct Gate<'a> {
    links: &'a Links,
    /// The links of the layers that both images share and that were to be looked at; nothing where one of them cannot be
    /// read.
    shared: Option<Links>,
    named: Named,
}

impl<'a> Gate<'a> {
    pub(super) fn new(
        links: &'a Links,
        shared: Option<Links>,
        facts: Sides<&ImageFacts>,
        noted: Sides<&Noted>,
    ) -> Self {
        let mut named = Named::of(facts);
        let mut scripts = noted.original.scripts().iter().chain(noted.rebuild.scripts()).peekable();
        if scripts.peek().is_some() {
            let run = Run::new(&named, [Some(links), shared.as_ref()]);
            named.by_times |= scripts.any(|script| run.is(script));
        }
        Gate { links, shared, named }
    }

    /// Takes it that a command goes by times: a script that one runs could not be read.
    pub(super) const fn fear_times(&mut self) {
        self.named.by_times = true;
    }

    /// Whether a command of either image goes by times of files, so that they decide what it does.
    pub(super) const fn goes_by_times(&self) -> bool {
        self.named.by_times
    }

    /// Whether a directory on the way to a path is a symbolic link, in any layer that was read.
    pub(super) fn goes_through_link(&self, path: &[u8]) -> bool {
        [Some(self.links), self.shared.as_ref()].into_iter().flatten().any(|links| links.is_on_way_to(path))
    }

    /// Whether nobody reads the entry at a location, on either side, as far as links and the configs show. A stamp lies
    /// among the files of a program: that the program is told of their directory is no sign that it does anything with the
    /// stamp.
    pub(super) fn is_unread(&self, location: &Location, proof: &Proof) -> bool {
        let path = clean(location.path_bytes());
        let Some(shared) = &self.shared else { return false };
        // What is mounted over is read through a hard link alone, and the layers below it need not have been read: where the
        // link goes through a symbolic link of theirs cannot be told.
        let is_mounted = is_mounted(&path);
        let links = [self.links, shared];
        if links.iter().any(|links| links.is_hard_linked(&path) || is_mounted && links.is_hard_linked_by_name(&path)) {
            return false;
        }
        let is_linked = || links.iter().any(|links| links.is_linked(&path));
        let is_stamp = matches!(proof, Proof::Dated { .. });
        let is_found = || !is_stamp && self.named.finds(&path);
        is_mounted || !(is_linked() || self.named.names(&path) || is_found())
    }
}

/// The paths that configs name.
#[derive(Default)]
struct Named {
    /// What commands name: files, and directories with all that is below them.
    commands: BTreeSet<Vec<u8>>,
    /// Names of the files that commands name, or that variables hold alone.
    basenames: BTreeSet<Vec<u8>>,
    /// What variables name.
    files: BTreeSet<Vec<u8>>,
    /// Directories in which programs look for files of any name.
    searched: BTreeSet<Vec<u8>>,
    /// Patterns of paths that shells expand in commands.
    patterns: BTreeSet<Vec<u8>>,
    /// Patterns in commands of names that may be in any directory.
    names: BTreeSet<Vec<u8>>,
    /// Patterns of paths that variables hold.
    held: BTreeSet<Vec<u8>>,
    /// Last names of what is named by way of `..`, which leads elsewhere where the directory before it is a symbolic link.
    astray: BTreeSet<Vec<u8>>,
    /// Directories that containers share.
    volumes: BTreeSet<Vec<u8>>,
    /// Whether a command goes by times of files.
    by_times: bool,
}

/// Patterns that each path is held against: with more, all may be named.
const MOST_PATTERNS: usize = 1000;

/// Members of `config` that are commands.
const COMMANDS: [&str; 5] = ["Entrypoint", "Cmd", "Shell", "Healthcheck", "OnBuild"];
/// Parts of the names of variables that say where programs look for what they load (`LD_LIBRARY_PATH`, `PERL5LIB`,
/// `BASH_ENV`, `PYTHONSTARTUP`, `XDG_CONFIG_DIRS`).
const SEARCHED: [&str; 11] =
    ["PATH", "LIB", "PRELOAD", "PLUGIN", "MODULE", "CONF", "INC", "RC", "ENV", "STARTUP", "INIT"];

impl Named {
    fn of(facts: Sides<&ImageFacts>) -> Self {
        let mut named = Named::default();
        named.add(&facts.original.config);
        named.add(&facts.rebuild.config);
        named
    }

    fn add(&mut self, config: &serde_json::Value) {
        let Some(config) = config.get("config") else { return };
        let directory = config.get("WorkingDir").and_then(|directory| directory.as_str()).unwrap_or("");
        let directory = clean(directory.as_bytes()).into_owned();
        let mut words = String::new();
        for member in COMMANDS {
            let Some(command) = config.get(member) else { continue };
            texts(command, &mut |text| {
                self.command(&directory, text);
                words.extend([text, " "]);
            });
        }
        let expanded = expanded(&words);
        let mut values = String::new();
        if let Some(variables) = config.get("Env") {
            texts(variables, &mut |variable| {
                self.variable(&directory, variable);
                let value = variable.split_once('=').filter(|(name, _)| expanded.contains(name));
                values.extend(value.into_iter().flat_map(|(_, value)| [value, "\n"]));
            });
        }
        // A program and its options may be in items of their own, and in `Entrypoint` and `Cmd`.
        self.by_times |= goes_by_times(&words) || goes_by_times(&values);
        let volumes = config.get("Volumes").and_then(|volumes| volumes.as_object());
        self.volumes.extend(volumes.into_iter().flatten().map(|(volume, _)| clean(volume.as_bytes()).into_owned()));
        if !directory.is_empty() {
            self.searched.insert(directory);
        }
    }

    fn command(&mut self, directory: &[u8], text: &str) {
        self.patterns.extend(patterns(text).map(|pattern| absolute_path(directory, &pattern)));
        self.names.extend(names_anywhere(text).map(String::into_bytes));
        for word in text.split(|letter: char| !is_of_path(letter)).filter(|word| !word.is_empty()) {
            // `-f/etc/x` and `@/etc/x` name a file, too.
            let absolute = word.trim_start_matches(['-', '@', '+']).find('/').filter(|_| !word.starts_with('.'));
            let prefixed = word.starts_with(['-', '@', '+']);
            if let Some(path) = absolute.filter(|_| prefixed).and_then(|_| word.split_once('/')).map(|(_, path)| path) {
                self.commands.insert(clean(path.as_bytes()).into_owned());
            }
            self.basenames.insert(file_name(word.as_bytes()).to_vec());
            self.dots(word);
            self.commands.insert(absolute_path(directory, word));
        }
    }

    fn variable(&mut self, directory: &[u8], variable: &str) {
        let (name, value) = variable.split_once('=').unwrap_or(("", variable));
        let name = name.to_ascii_uppercase();
        let looks = SEARCHED.iter().any(|part| name.contains(part));
        // In a class path `*` stands for archives (java(1)), which are no noise.
        let held = patterns(value).filter(|_| !name.contains("CLASSPATH"));
        self.held.extend(held.map(|pattern| absolute_path(directory, &pattern)));
        for word in value.split(|letter: char| !is_of_path(letter)).filter(|word| !word.is_empty()) {
            self.dots(word);
            // `$DIR/$NAME`: the directory is another variable's.
            let last = file_name(word.as_bytes());
            if !word.starts_with('/') && last.contains(&b'.') {
                self.basenames.insert(last.to_vec());
            }
            let path = absolute_path(directory, word);
            if looks && !path.is_empty() {
                self.searched.insert(path.clone());
            }
            self.files.insert(path);
        }
    }

    fn dots(&mut self, word: &str) {
        if word.split('/').any(|component| component == "..") {
            self.astray.insert(file_name(word.as_bytes()).to_vec());
        }
    }

    /// Whether a config names the file.
    fn names(&self, path: &[u8]) -> bool {
        self.commands.contains(path)
            || self.files.contains(path)
            || self.basenames.contains(file_name(path))
            || self.astray.contains(file_name(path))
            || self.matches(path)
            || self.held.len() > MOST_PATTERNS
            || self.held.iter().any(|pattern| is_matched(pattern, path))
    }

    /// Whether a config names a directory in which programs find it.
    fn finds(&self, path: &[u8]) -> bool {
        let mut above = ancestors(path).filter(|directory| !directory.is_empty());
        self.searched.contains(parent(path))
            || above.any(|directory| {
                self.commands.contains(directory)
                    || self.volumes.contains(directory)
                    || self.astray.contains(file_name(directory))
                    || self.matches(directory)
            })
    }

    fn matches(&self, path: &[u8]) -> bool {
        self.patterns.len() > MOST_PATTERNS
            || self.patterns.iter().any(|pattern| is_matched(pattern, path))
            || self.names.len() > MOST_PATTERNS
            || self.names.iter().any(|pattern| is_name_matched(pattern, file_name(path)))
    }
}

/// The names of the variables that a shell expands in a command.
fn expanded(words: &str) -> BTreeSet<&str> {
    let is_end = |letter: char| !letter.is_ascii_alphanumeric() && letter != '_';
    let name = |word| str::split(word, is_end).next().unwrap_or_default();
    words.split('$').skip(1).map(|word| name(word.strip_prefix('{').unwrap_or(word))).collect()
}

/// Every text in a value.
fn texts(value: &serde_json::Value, out: &mut dyn FnMut(&str)) {
    match value {
        serde_json::Value::String(text) => out(text),
        serde_json::Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        serde_json::Value::Object(members) => members.values().for_each(|member| texts(member, out)),
        _ => {}
    }
}

fn absolute_path(directory: &[u8], word: &str) -> Vec<u8> {
    let word = word.as_bytes();
    if word.starts_with(b"/") { clean(word).into_owned() } else { clean(&join(directory, word)).into_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reads(config: serde_json::Value, path: &str) -> bool {
        let mut named = Named::default();
        named.add(&json!({ "config": config }));
        named.names(path.as_bytes()) || named.finds(path.as_bytes())
    }

    #[test]
    fn commands_name_files_and_directories_with_all_that_is_in_them() {
        let log = "var/log/dpkg.log";
        for config in [
            json!({ "Entrypoint": ["/bin/sh", "/var/log/dpkg.log"] }),
            json!({ "Cmd": ["sh", "-c", ". /var/log/dpkg.log; exec app"] }),
            json!({ "Cmd": ["sh", "-c", "for x in /var/log/*; do . $x; done"] }),
            json!({ "Cmd": ["python3", "@/var/log/dpkg.log"] }),
            json!({ "Cmd": ["app", "--config=/var/log/dpkg.log"] }),
            json!({ "Cmd": ["sh", "-c", "cd /var; . log/dpkg.log"] }),
            json!({ "Cmd": ["sh", "dpkg.log"], "WorkingDir": "/var/log" }),
            json!({ "Shell": ["/var/log/dpkg.log"] }),
            json!({ "Healthcheck": { "Test": ["CMD-SHELL", "/var/log/./dpkg.log"] } }),
            json!({ "OnBuild": ["RUN /var/log/dpkg.log"] }),
            json!({ "Env": ["PATH=/usr/bin:/var/log"] }),
            json!({ "Env": ["LD_PRELOAD=/usr/lib/x.so:/var/log/dpkg.log"] }),
            json!({ "Env": ["BASH_ENV=/var/log/dpkg.log"] }),
            json!({ "Env": ["ANYTHING=/var/log/dpkg.log"] }),
            json!({ "Volumes": { "/var/log": {} } }),
            json!({ "WorkingDir": "/var/log/" }),
            json!({ "Env": ["BASH_ENV=/a/../log/dpkg.log"] }),
            json!({ "Env": ["PATH=/usr/bin:/a/../log"] }),
            json!({ "Cmd": ["run-parts", "/a/../log"] }),
            json!({ "Cmd": ["sh", "-c", ". /var/lo?/dpk*"] }),
            json!({ "Cmd": ["sh", "-c", ". /var/l[ao]g/[d]pkg.log"] }),
            json!({ "Cmd": ["sh", "-c", "run-parts /v*/{log,lib}"] }),
            json!({ "Cmd": ["sh", "-c", ". ./*.log"], "WorkingDir": "/var/log" }),
            json!({ "Cmd": ["sh", "-c", "find / -name 'dpkg.l*' -exec sh {} +"] }),
            json!({ "Cmd": ["sh", "-c", "find / -path '*/dpkg.l*' -exec sh {} +"] }),
            json!({ "Cmd": ["sh", "-c", ". $DIR/$NAME"], "Env": ["NAME=dpkg.log"] }),
            json!({ "Cmd": ["sh", "-c", "for f in $FILES; do . $f; done"], "Env": ["FILES=/var/log/*.log"] }),
        ] {
            assert!(reads(config.clone(), log), "{config}");
        }
    }

    #[test]
    fn what_commands_expand_goes_by_times_too() {
        let goes = |config| {
            let mut named = Named::default();
            named.add(&json!({ "config": config }));
            named.by_times
        };
        assert!(goes(json!({ "Entrypoint": ["ls"], "Cmd": ["-t"] })));
        assert!(goes(json!({ "Cmd": ["sh", "-c", "exec ${START:-x}"], "Env": ["START=make run"] })));
        assert!(!goes(json!({ "Cmd": ["sh", "-c", "exec $OTHER"], "Env": ["START=make run", "ANT_HOME=/opt/ant"] })));
    }

    #[test]
    fn what_ordinary_images_say_reads_no_leftover() {
        let config = json!({
            "Entrypoint": ["/usr/bin/tini", "--"],
            "Cmd": ["nginx", "-g", "daemon off;"],
            "Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/root", "LOG_DIR=/var/log", "LANG=C.UTF-8", "X=/srv/*"],
            "WorkingDir": "/",
            "Volumes": { "/data": {} },
            "Labels": { "x": "/var/log/dpkg.log" },
        });
        for path in ["var/log/dpkg.log", "root/.npm/_logs/x-debug-0.log", "etc/passwd-", ".dockerenv"] {
            assert!(!reads(config.clone(), path), "{path}");
        }
        for command in [
            "find / -name x -exec {} ;",
            "/srv/*/dpkg.log",
            "/var/*",
            "* ? {",
            "echo [a b] ${x}",
            "/var/log*",
            "tee ${x}.log",
        ] {
            let config = json!({ "Cmd": ["sh", "-c", command] });
            let in_directory = command == "/var/*" || command == "/var/log*";
            assert_eq!(reads(config, "var/log/alternatives.log"), in_directory, "{command}");
        }
        assert!(!reads(json!(null), "var/log/dpkg.log"));
        assert!(!reads(json!({ "Cmd": "x", "Env": 3 }), "var/log/dpkg.log"));
    }
}
