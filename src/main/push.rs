//! `reprove push`: evidence kept beside the image that it is about.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use reprove::Error;
use reprove::digest::Digest;
use reprove::evidence::{Attachable, attachable, html_artifact, report_artifact};
use reprove::report::{html, json};
use reprove::source::{Artifact, Attachments, Purpose, Pushed};

use super::cli::Push;
use super::out::Out;
use super::{FINE, input, registries};

pub(crate) fn run(arguments: &Push, out: &mut Out) -> anyhow::Result<u8> {
    // What can be wrong with the files is said before anything is written.
    let files: Vec<_> = arguments.bundle.iter().map(|path| Ok((path, input(path)?))).collect::<anyhow::Result<_>>()?;
    let report = arguments.report.as_deref().map(|path| Ok::<_, anyhow::Error>((path, input(path)?))).transpose()?;
    let limits = arguments.limited.limits();
    let access = registries::access(&arguments.registries)?;
    let image = registries::attachments(&arguments.image, &access, &limits, Purpose::Push)?;
    let mut bundles = Vec::new();
    for (path, bytes) in files {
        let unusable = |problem| Error::Evidence { name: path.display().to_string(), problem };
        let bundle = attachable(bytes, image.image()).map_err(unusable)?;
        if arguments.cosign_tag && bundle.envelope.is_none() {
            bail!("{}: it is signed with a certificate: --cosign-tag is for keys alone", path.display());
        }
        bundles.push((path, bundle));
    }
    let mut said = Said { image: &image, is_quiet: arguments.quiet, out };
    // Before what names it: nobody finds a statement whose report is not there.
    if let Some((path, bytes)) = report {
        let digest = Digest::of(&bytes);
        named(path, &digest, bundles.iter().map(|(_, bundle)| bundle))?;
        let page = arguments.html.then(|| page(path, &bytes)).transpose()?;
        said.push(&path.display().to_string(), &report_artifact(compressed(&bytes)?, &digest))?;
        if let Some(page) = page {
            said.push(&format!("{} as a page", path.display()), &html_artifact(page, &digest))?;
        }
    }
    for (path, bundle) in &bundles {
        said.push(&path.display().to_string(), &bundle.artifact)?;
        if let Some((envelope, annotations)) = bundle.envelope.as_ref().filter(|_| arguments.cosign_tag) {
            let (tag, is_new) = image.push_to_cosign_tag(envelope, annotations)?;
            said.line(&format!("{}{} in the tag {tag}", path.display(), state(is_new)))?;
        }
    }
    Ok(FINE)
}

/// A report that no statement names says nothing about the image.
fn named<'a>(path: &Path, digest: &Digest, mut bundles: impl Iterator<Item = &'a Attachable>) -> anyhow::Result<()> {
    let is_named = bundles.any(|bundle| bundle.report.as_deref() == Some(digest.to_string().as_str()));
    ensure!(is_named, "{}: no bundle names this report, which has the digest {digest}", path.display());
    Ok(())
}

fn page(path: &Path, report: &[u8]) -> anyhow::Result<Vec<u8>> {
    let report = json::read(&path.display().to_string(), report)?;
    let mut page = Vec::new();
    html::write(&report, &mut page)?;
    report.check()?;
    Ok(page)
}

/// The same bytes each time, so that what is there already is found to be there.
fn compressed(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut encoder = flate2::GzBuilder::new().mtime(0).write(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).context("the report cannot be compressed")?;
    Ok(encoder.finish()?)
}

const fn state(is_new: bool) -> &'static str {
    if is_new { ": is now" } else { ": was already" }
}

struct Said<'a> {
    image: &'a Attachments,
    is_quiet: bool,
    out: &'a mut Out,
}

impl Said<'_> {
    /// Keeps an artifact, and says where it is.
    fn push(&mut self, name: &str, artifact: &Artifact) -> anyhow::Result<()> {
        let Pushed { digest, is_new, tag } = self.image.push(artifact)?;
        let list = tag.map_or_else(|| "the registry's referrers".to_owned(), |tag| format!("the tag {tag}"));
        self.line(&format!("{name}{} {digest}, in {list}", state(is_new)))
    }

    fn line(&mut self, line: &str) -> anyhow::Result<()> {
        if self.is_quiet {
            return Ok(());
        }
        let line = reprove::report::escape::escape(line);
        self.out.print(format!("{line}\n").as_bytes())
    }
}
