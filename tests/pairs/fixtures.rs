//! The fixtures on disk.

use std::fs;
use std::path::{Path, PathBuf};

/// A folder of `testdata` with one folder for each subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// Why images differ, by the cause's id.
    Causes,
    /// What somebody might do to an image, class by class.
    Attacks,
}

impl Group {
    fn name(self) -> &'static str {
        match self {
            Group::Causes => "causes",
            Group::Attacks => "attacks",
        }
    }

    /// What must come of a fixture, by its file name; other files only belong to one.
    fn kind(self, name: &str) -> Option<Kind> {
        let is = |prefix: &str| name.starts_with(prefix);
        match self {
            Group::Causes if is("claimed") => Some(Kind::Claimed),
            Group::Attacks if is("green-") => Some(Kind::Passes),
            Group::Causes if is("look-alike") => Some(Kind::Refused),
            Group::Attacks if is("red-") => Some(Kind::Refused),
            Group::Causes | Group::Attacks => None,
        }
    }
}

/// What must come of a fixture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The cause of its folder is claimed, and nothing is left unexplained.
    Claimed,
    /// The verdict is a good one.
    Passes,
    /// It does not pass, and what was tampered with is named.
    Refused,
}

/// One pair of images, written down.
#[derive(Debug)]
pub(crate) struct Fixture {
    pub(crate) group: Group,
    /// The cause's id, or the class of attacks.
    pub(crate) folder: String,
    pub(crate) kind: Kind,
    pub(crate) file: PathBuf,
}

impl Fixture {
    /// The test's name: `causes/ID/claimed`.
    pub(crate) fn name(&self) -> String {
        let file = self.file.file_stem().unwrap_or_default().to_string_lossy();
        format!("{}/{}/{file}", self.group.name(), self.folder)
    }

    /// Where the list of what is said of it is kept.
    pub(crate) fn claims(&self) -> PathBuf {
        self.file.with_extension("claims")
    }
}

/// Every fixture of a group, in order of name.
pub(crate) fn all(group: Group) -> Vec<Fixture> {
    let mut found: Vec<Fixture> = files(group)
        .into_iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        .filter_map(|file| {
            let kind = group.kind(&file.file_name()?.to_string_lossy())?;
            let folder = file.parent()?.file_name()?.to_string_lossy().into_owned();
            Some(Fixture { group, folder, kind, file })
        })
        .collect();
    found.sort_by(|one, other| one.file.cmp(&other.file));
    found
}

/// Both groups have fixtures, and no list is left of a fixture that is gone.
pub(crate) fn lists_are_whole() -> Result<(), String> {
    for group in [Group::Causes, Group::Attacks] {
        let lists: Vec<PathBuf> = all(group).iter().map(Fixture::claims).collect();
        if lists.is_empty() {
            return Err(format!("testdata/{} has no fixtures", group.name()));
        }
        let is_list = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "claims");
        if let Some(left) = files(group).into_iter().find(|file| is_list(file) && !lists.contains(file)) {
            return Err(format!("{} belongs to no fixture", left.display()));
        }
    }
    Ok(())
}

/// The files of all folders of a group; none where the group cannot be read.
fn files(group: Group) -> Vec<PathBuf> {
    let read = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|item| item.path());
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(group.name());
    read(&testdata).flat_map(|folder| read(&folder)).collect()
}
