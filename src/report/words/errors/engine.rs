//! Engines that do not hand out an image.

use std::fmt::{self, Display, Formatter};

use crate::error::{Hint, NamedBy, Unexported, Unplaced};

impl Display for Hint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Hint::Save(name) => {
                write!(f, "; the other way is a file: docker save -o FILE {name}, then docker-archive:FILE")
            }
            Hint::Localhost => f.write_str(
                " (a name without a host is one of docker.io; what was built here is mostly localhost/NAME)",
            ),
        }
    }
}

impl Display for NamedBy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            NamedBy::Environment => f.write_str("DOCKER_HOST"),
            NamedBy::Context(name) => write!(f, "the context {name}"),
        }
    }
}

impl Display for Unexported {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unexported::AnotherImage(id) => write!(f, "the engine sent an image that is not {id}"),
            Unexported::Nothing => f.write_str("the engine sent nothing"),
            Unexported::Setup(said) => f.write_str(said),
            Unexported::ConnectTimeout(at, time) => write!(f, "no connection to {at} within {time:?}"),
            Unexported::Silent(at, time) => write!(f, "the engine at {at} sent nothing for {time:?}"),
            Unexported::BrokeOff(at, why) => write!(f, "the export of the engine at {at} broke off: {why}"),
            Unexported::Missing(at) => write!(
                f,
                "there is no {at}: the Docker engine is not installed, or not running, or elsewhere (DOCKER_HOST or DOCKER_CONTEXT says where)"
            ),
            Unexported::NotRunning(at) => write!(f, "nobody listens at {at}: the Docker engine is not running"),
            Unexported::Denied(at) => {
                write!(f, "permission denied at {at}: it takes root or a user in the group docker")
            }
            Unexported::Unreachable(at, why) => write!(f, "the engine at {at} cannot be reached: {why}"),
            Unexported::Answer { endpoint, status, said } => {
                write!(f, "the engine at {endpoint} answers {status}")?;
                said.as_ref().map_or(Ok(()), |said| write!(f, ": {said}"))
            }
            Unexported::NoRoom(error) => write!(
                f,
                "the export cannot be stored in the temporary directory (TMPDIR names another): {error}"
            ),
            Unexported::TooLarge(most) => {
                write!(f, "the export has more than {most} bytes (see --limit archive-bytes)")
            }
            Unexported::ReadBrokeOff(error) => write!(f, "the export broke off: {error}"),
            Unexported::NoProgram { skopeo: true, .. } => f.write_str(
                "this form of reference is read through skopeo, which is not in PATH: install it, or copy the image where it is: skopeo copy containers-storage:REF oci:DIR, then oci:DIR",
            ),
            Unexported::NoProgram { skopeo: false, image } => write!(
                f,
                "images of containers-storage are read through podman or skopeo, and neither is in PATH: install one of them, or save the image where it is: podman save -o FILE {image}, then docker-archive:FILE"
            ),
            Unexported::DoesNotRun(name, error) => write!(f, "{name} does not run: {error}"),
            Unexported::ProgramFailed(name, words) => write!(f, "{name} failed: {words}"),
            Unexported::Program { name, problem } => write!(f, "{name}: {problem}"),
            Unexported::Place { problem } => write!(f, "{problem}"),
        }
    }
}

impl Display for Unplaced {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unplaced::Scheme(scheme) => write!(f, "an engine behind {scheme}:// is not reached from here"),
            Unplaced::UnknownScheme(scheme) => write!(f, "{scheme}:// is no way to reach an engine"),
            Unplaced::Address(why) => write!(f, "not the address of an engine: {why}"),
            Unplaced::AddressWithoutHost => f.write_str("not the address of an engine: it has no host"),
            Unplaced::AddressWithLogin => {
                f.write_str("not the address of an engine: it carries a login, which engines do not take")
            }
            Unplaced::HostNotText => f.write_str("DOCKER_HOST is not text"),
            Unplaced::ContextWithoutHome(name) => write!(f, "the context {name} needs DOCKER_CONFIG or HOME"),
            Unplaced::NoContext(name, folder) => write!(f, "there is no context {name} in {folder}"),
            Unplaced::ContextWithoutEngine(name) => write!(f, "the context {name} names no Docker engine"),
            Unplaced::ConfigNotRegular(path) => write!(f, "{path}: not a regular file"),
            Unplaced::ConfigMalformed { path, line, column } => {
                write!(f, "{path}: not as Docker writes it, at line {line} column {column}")
            }
            Unplaced::ConfigUnread(path, error) => write!(f, "{path}: {error}"),
            Unplaced::NoCertificate(path) => write!(f, "{path}: no certificate in PEM"),
            Unplaced::NoIdentity(path, key) => {
                write!(f, "{path} and {key} are not a certificate and its key in PEM")
            }
            Unplaced::HalfIdentity(name, beside) => write!(f, "there is no {name} beside {beside}"),
            Unplaced::Named { by, problem } => write!(f, "{by}: {problem}"),
        }
    }
}
