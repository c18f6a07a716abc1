//! Bases pinned by digest.

use super::site::Site;
use super::{Changed, Unedited};
use crate::dockerfile::{Arguments, Dockerfile};

/// What fixes say that is replaced where a base is pinned.
pub(super) const BASE: &str = "FROM NAME:TAG";

/// The image that has nothing in it.
const EMPTY: &str = "scratch";

/// Pins the bases whose digests are known, of all stages that the image is made of.
pub(super) fn pin(file: &Dockerfile, site: &Site<'_>) -> Changed {
    let mut changed = Changed::default();
    for stage in file.stages_of(site.target) {
        let node = file.stages()[stage].nodes.start;
        let Some(instruction) = file.nodes()[node].instruction() else { continue };
        let written = file.stages()[stage].base.as_str();
        if file.base_stage(stage).is_some() || written.eq_ignore_ascii_case(EMPTY) || written.contains('@') {
            continue;
        }
        let name = file.base_image(stage).unwrap_or_else(|| written.to_owned());
        let mut known = site.bases.iter().filter(|base| full_name(&base.name) == full_name(&name));
        // Two digests of one name: it moved in between, or one is of another platform.
        let digest = known.next().filter(|first| known.all(|other| other.digest == first.digest));
        let place = match &instruction.command.arguments {
            Arguments::Words(words) => words.first().map(|word| word.range.clone()),
            _ => None,
        };
        match (digest, place) {
            (Some(base), Some(place)) => match file.replace(node, &place, &format!("{written}@{}", base.digest)) {
                Ok(edit) => changed.edits.push(edit),
                Err(refused) => changed.left.push(Unedited::of(file, node, refused.into())),
            },
            _ => changed.left.push(Unedited::NoDigest { line: file.nodes()[node].line, name }),
        }
    }
    changed
}

/// A name with its registry and its tag, as engines complete it.
fn full_name(name: &str) -> String {
    let (repository, tag) = match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (name, "latest"),
    };
    let first = repository.split('/').next().unwrap_or_default();
    let has_host = repository.contains('/') && (first.contains(['.', ':']) || first == "localhost");
    let repository = match (has_host, repository.contains('/')) {
        (true, _) => repository.to_owned(),
        (false, true) => format!("docker.io/{repository}"),
        (false, false) => format!("docker.io/library/{repository}"),
    };
    format!("{repository}:{tag}")
}
