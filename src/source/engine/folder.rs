//! Where the `docker` command keeps its configuration.

use std::path::PathBuf;

use crate::source::access::Environment;

/// The directory of Docker's configuration.
pub(crate) fn folder(environment: &Environment) -> Option<PathBuf> {
    environment.path("DOCKER_CONFIG").or_else(|| environment.home().map(|home| home.join(".docker")))
}
