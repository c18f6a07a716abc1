//! The Dockerfile of the user: read, and whether anything was found in it.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use reprove::dockerfile::{Dockerfile, Wrong};
use reprove::explain::{Explanation, GivenDockerfile};
use reprove::finding::Side;

pub(crate) fn read(path: &Path) -> anyhow::Result<GivenDockerfile> {
    let bytes = fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let path = path.display().to_string();
    Ok(GivenDockerfile { file: parse(&path, &bytes)?, path })
}

/// A Dockerfile that builds something.
pub(crate) fn parse(name: &str, bytes: &[u8]) -> anyhow::Result<Dockerfile> {
    let file = Dockerfile::parse(bytes).with_context(|| format!("{name}: is no Dockerfile"))?;
    if file.stages().is_empty() {
        return Err(Wrong::NoStage).with_context(|| format!("{name}: is no Dockerfile"));
    }
    Ok(file)
}

/// Whether a line is known of any layer, or there was nothing to ask for.
pub(crate) fn is_matched(explanation: &Explanation) -> bool {
    let mut places = explanation.platforms.iter().flat_map(|platform| Side::BOTH.map(|side| platform.lines.get(side)));
    explanation.platforms.iter().all(|platform| platform.same_image)
        || places.any(|places| places.iter().any(Option::is_some))
}
