//! `containers-storage:REF`: podman, or skopeo, writes a docker archive into a pipe.
//!
//! The store keeps no layer as it was pulled or pushed, only its uncompressed bytes, so a docker archive holds all that
//! there is: the config and the layers by diff ID. Both programs write the same one each time.

use std::path::PathBuf;

use crate::limits::Limits;
use crate::source::access::Environment;
use crate::source::archive::Archive;
use crate::source::choice::{Refusal, shown};

use super::export::Export;
use super::name::Stored;
use super::program::{find, run};

/// Has an image exported.
pub(crate) fn export(wanted: &Stored, environment: &Environment, limits: &Limits) -> Result<Archive, Refusal> {
    let (program, arguments) = command(wanted, environment)?;
    let mut export = Export::new(limits)?;
    run(&program, &arguments, environment, &mut export).map_err(|detail| hinted(detail, wanted))?;
    Ok(export.finish()?)
}

fn command(wanted: &Stored, environment: &Environment) -> Result<(PathBuf, Vec<String>), String> {
    let name = &wanted.name;
    let podman = if wanted.skopeo { None } else { find(environment, "podman") };
    if let Some(podman) = podman {
        let arguments = ["save", "--quiet", "--format", "docker-archive", "--", name];
        return Ok((podman, arguments.map(str::to_owned).to_vec()));
    }
    let skopeo = find(environment, "skopeo").ok_or_else(|| missing(wanted))?;
    // Without a name behind it: of the destination only the pipe matters, and not every reference is a name.
    let (source, destination) = (format!("containers-storage:{name}"), "docker-archive:/dev/stdout".to_owned());
    Ok((skopeo, vec!["copy".to_owned(), "--quiet".to_owned(), source, destination]))
}

fn missing(wanted: &Stored) -> String {
    let name = shown(&wanted.name);
    if wanted.skopeo {
        return "this form of reference is read through skopeo, which is not in PATH: install it, or copy the image where \
                it is: skopeo copy containers-storage:REF oci:DIR, then oci:DIR"
            .to_owned();
    }
    format!(
        "images of containers-storage are read through podman or skopeo, and neither is in PATH: install one of them, \
         or save the image where it is: podman save -o FILE {name}, then docker-archive:FILE"
    )
}

fn hinted(detail: String, wanted: &Stored) -> String {
    if wanted.completed {
        format!("{detail} (a name without a host is one of docker.io; what was built here is mostly localhost/NAME)")
    } else {
        detail
    }
}
