//! `containers-storage:REF`: podman, or skopeo, writes a docker archive into a pipe.
//!
//! The store keeps no layer as it was pulled or pushed, only its uncompressed bytes, so a docker archive holds all that
//! there is: the config and the layers by diff ID. Both programs write the same one each time.

use std::path::PathBuf;

use crate::error::{Hint, Unexported, Unopened, shown};
use crate::limits::Limits;
use crate::source::access::Environment;
use crate::source::archive::Archive;
use crate::source::choice::Refusal;

use super::export::Export;
use super::name::Stored;
use super::program::{find, run};

/// Has an image exported.
pub(crate) fn export(wanted: &Stored, environment: &Environment, limits: &Limits) -> Result<Archive, Refusal> {
    let (program, arguments) = command(wanted, environment)?;
    let mut export = Export::new(limits)?;
    run(&program, &arguments, environment, &mut export).map_err(|problem| hinted(problem, wanted))?;
    Ok(export.finish()?)
}

fn command(wanted: &Stored, environment: &Environment) -> Result<(PathBuf, Vec<String>), Unexported> {
    let name = &wanted.name;
    let podman = if wanted.skopeo { None } else { find(environment, "podman") };
    if let Some(podman) = podman {
        let arguments = ["save", "--quiet", "--format", "docker-archive", "--", name];
        return Ok((podman, arguments.map(str::to_owned).to_vec()));
    }
    let skopeo = find(environment, "skopeo")
        .ok_or_else(|| Unexported::NoProgram { image: shown(name), skopeo: wanted.skopeo })?;
    // Without a name behind it: of the destination only the pipe matters, and not every reference is a name.
    let (source, destination) = (format!("containers-storage:{name}"), "docker-archive:/dev/stdout".to_owned());
    Ok((skopeo, vec!["copy".to_owned(), "--quiet".to_owned(), source, destination]))
}

fn hinted(problem: Unexported, wanted: &Stored) -> Refusal {
    let problem = Unopened::from(problem);
    Refusal::Source(if wanted.completed { problem.with(Hint::Localhost) } else { problem })
}
