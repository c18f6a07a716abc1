//! The programs of an image whose machine was seen, as far as the image cannot do without them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::causes::{Cause, ImageFacts};
use crate::content::machine::Machine;
use crate::finding::{Kind, Location, Sides};
use crate::image::path::{clean, file_name, join, parent};

use super::Warning;

/// Where the interpreter of programs is, and nothing for other machines: those have directories of their own.
const LIBRARIES: [&[u8]; 4] = [b"lib", b"lib64", b"usr/lib", b"usr/lib64"];
/// Where shells are.
const COMMANDS: [&[u8]; 2] = [b"bin", b"usr/bin"];
/// What an image of a distribution runs whatever else it does.
const SHELLS: [&[u8]; 5] = [b"sh", b"bash", b"dash", b"busybox", b"env"];
/// Where a command without a slash is looked for where the config says nothing (containerd, `DefaultUnixEnv`).
const SEARCHED: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Directories of `PATH` that are looked at.
const MOST: usize = 100;

/// Programs that an image runs, by path, as the uppermost layer has them.
#[derive(Default)]
pub(super) struct Programs {
    /// Where the program may be that a container starts.
    wanted: Vec<Vec<u8>>,
    seen: BTreeMap<Arc<[u8]>, (u32, Machine)>,
}

impl Programs {
    pub(super) fn new(facts: &ImageFacts) -> Self {
        Programs { wanted: entry_points(&facts.config), seen: BTreeMap::new() }
    }

    /// Takes note of a program, where the image cannot do without it.
    pub(super) fn add(&mut self, layer: u32, path: Arc<[u8]>, machine: Machine) {
        if is_needed(&path) || self.wanted.iter().any(|wanted| **wanted == *path) {
            self.put(layer, path, machine);
        }
    }

    fn put(&mut self, layer: u32, path: Arc<[u8]>, machine: Machine) {
        if self.seen.get(&path).is_none_or(|(known, _)| *known <= layer) {
            self.seen.insert(path, (layer, machine));
        }
    }

    pub(super) fn extend(&mut self, other: Programs) {
        for (path, (layer, machine)) in other.seen {
            self.put(layer, path, machine);
        }
    }

    /// The first that the image runs and that is for another machine than its config says.
    fn contradiction(&self, facts: &ImageFacts) -> Option<String> {
        let said = facts.config.get("architecture")?.as_str()?;
        let (path, architectures) = self.seen.iter().find_map(|(path, (_, machine))| {
            let architectures = machine.architectures()?;
            (!architectures.contains(&said)).then_some((path, architectures))
        })?;
        let machine = architectures.first()?;
        Some(format!("says {said}, and {} is a program for {machine}", String::from_utf8_lossy(path)))
    }
}

/// The warning that an image is not for the machine that it says, where its layers were read.
pub(super) fn warning(
    cause: Option<&'static Cause>,
    facts: Sides<&ImageFacts>,
    programs: &Sides<Programs>,
) -> Option<Warning> {
    let details = facts.zip(programs.as_ref()).map(|(facts, programs)| programs.contradiction(facts));
    let any = details.original.is_some() || details.rebuild.is_some();
    let location = Location::field_of(Kind::Config, "/architecture");
    cause.filter(|_| any).map(|cause| Warning { cause, location, count: 1, details })
}

fn is_needed(path: &[u8]) -> bool {
    let (directory, name) = (parent(path), file_name(path));
    let interpreter = name.starts_with(b"ld-linux") || name.starts_with(b"ld-musl");
    (LIBRARIES.contains(&directory) && interpreter) || (COMMANDS.contains(&directory) && SHELLS.contains(&name))
}

/// The paths at which the program may be that a container starts.
fn entry_points(config: &serde_json::Value) -> Vec<Vec<u8>> {
    let member = |name: &str| config.pointer(&format!("/config/{name}"));
    let list = |name: &str| member(name).and_then(|list| list.as_array()).filter(|list| !list.is_empty());
    let first = list("Entrypoint").or_else(|| list("Cmd")).and_then(|list| list.first()).and_then(|word| word.as_str());
    let Some(first) = first else { return Vec::new() };
    if first.starts_with('/') {
        return vec![clean(first.as_bytes()).into_owned()];
    }
    if first.contains('/') {
        let directory = member("WorkingDir").and_then(|directory| directory.as_str()).unwrap_or("");
        return vec![clean(&join(directory.as_bytes(), first.as_bytes())).into_owned()];
    }
    let variables = list("Env").into_iter().flatten().filter_map(|variable| variable.as_str());
    let searched = variables.filter_map(|variable| variable.strip_prefix("PATH=")).next_back().unwrap_or(SEARCHED);
    searched
        .split(':')
        .take(MOST)
        .map(|directory| clean(&join(directory.as_bytes(), first.as_bytes())).into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const X86_64: Machine = Machine::Elf(62);

    fn contradiction(config: serde_json::Value, path: &[u8], machine: Machine) -> Option<String> {
        let facts = ImageFacts { config, ..ImageFacts::default() };
        let mut programs = Programs::new(&facts);
        programs.add(0, path.into(), machine);
        programs.contradiction(&facts)
    }

    fn arm64(config: serde_json::Value) -> serde_json::Value {
        json!({ "architecture": "arm64", "config": config })
    }

    #[test]
    fn what_a_container_starts_must_be_for_the_machine_that_the_config_names() {
        let said = "says arm64, and usr/bin/app is a program for amd64";
        let absolute = || arm64(json!({ "Entrypoint": ["/usr/bin/app"] }));
        assert_eq!(contradiction(absolute(), b"usr/bin/app", X86_64).as_deref(), Some(said));
        assert_eq!(contradiction(absolute(), b"usr/bin/app", Machine::Elf(183)), None);
        assert_eq!(contradiction(absolute(), b"usr/bin/other", X86_64), None);
        assert_eq!(contradiction(arm64(json!({ "Cmd": ["app", "x"] })), b"usr/bin/app", X86_64).as_deref(), Some(said));
        let elsewhere = arm64(json!({ "Cmd": ["app"], "Env": ["PATH=/opt:/bin"] }));
        assert_eq!(contradiction(elsewhere.clone(), b"usr/bin/app", X86_64), None);
        assert!(contradiction(elsewhere, b"opt/app", X86_64).is_some());
        let relative = arm64(json!({ "Cmd": ["./app"], "WorkingDir": "/srv" }));
        assert!(contradiction(relative, b"srv/app", X86_64).is_some());
    }

    #[test]
    fn shells_and_interpreters_count_and_libraries_of_other_machines_do_not() {
        let config = || arm64(json!({}));
        assert!(contradiction(config(), b"lib/ld-musl-x86_64.so.1", X86_64).is_some());
        assert!(contradiction(config(), b"usr/bin/dash", X86_64).is_some());
        assert_eq!(contradiction(config(), b"usr/x86_64-linux-gnu/lib/ld-linux-x86-64.so.2", X86_64), None);
        assert_eq!(contradiction(config(), b"usr/lib/x86_64-linux-gnu/libc.so.6", X86_64), None);
        let old = json!({ "architecture": "amd64" });
        assert_eq!(contradiction(old, b"lib/ld-linux.so.2", Machine::Elf(3)), None);
    }
}
