//! `reprove verify`: whether evidence about an image holds and says enough.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use reprove::Options;
use reprove::digest::Digest;
use reprove::evidence::{Form, PublicKey, Requirements, Verified, decide, verify};

use super::cli::Verify;
use super::out::Out;
use super::sign::public_key;
use super::{DIFFERENT, FINE, compare, now, registries, say};

/// Bytes of a file of evidence that are read: more than can be evidence.
const MOST: u64 = 4 << 20;

pub(crate) fn run(arguments: &Verify, out: &mut Out) -> anyhow::Result<u8> {
    let keys = arguments.key.iter().map(|path| public_key(path)).collect::<anyhow::Result<Vec<_>>>()?;
    let requirements = requirements(arguments)?;
    let files = arguments.bundle.iter().map(|path| (path, Form::Bundle));
    let files = files.chain(arguments.envelope.iter().map(|path| (path, Form::Envelope)));
    let files = files.map(|(path, form)| Ok((path, form, read(path)?))).collect::<anyhow::Result<Vec<_>>>()?;
    let image = digest(arguments)?;
    let mut evidence = Vec::new();
    let mut refused = false;
    for (path, form, bytes) in &files {
        match verify(bytes, *form, &keys, &image) {
            Ok(verified) => evidence.push(verified),
            Err(why) => {
                say(&format!("{}: {why}", path.display()));
                refused = true;
            }
        }
    }
    match decide(&evidence, &requirements, now()?) {
        Ok(()) if !refused => {
            if !arguments.quiet {
                out.print(shown(&image, &evidence, &keys).as_bytes())?;
            }
            Ok(FINE)
        }
        Ok(()) => Ok(DIFFERENT),
        Err(why) => {
            say(&format!("{image}: {why}"));
            Ok(DIFFERENT)
        }
    }
}

fn requirements(arguments: &Verify) -> anyhow::Result<Requirements> {
    let mut requirements = match &arguments.policy {
        Some(path) => {
            let text = fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
            Requirements::parse(&text).map_err(|why| anyhow!("{}: {why}", path.display()))?
        }
        None => Requirements::default(),
    };
    // The stricter of the two.
    requirements.max_age = arguments.max_age.into_iter().chain(requirements.max_age).min();
    Ok(requirements)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    file.take(MOST).read_to_end(&mut bytes).with_context(|| format!("{}: cannot be read", path.display()))?;
    Ok(bytes)
}

/// The digest that was typed, or that what was typed stands for.
fn digest(arguments: &Verify) -> anyhow::Result<Digest> {
    let typed = arguments.image.as_str();
    if let Ok(digest) = Digest::parse(typed) {
        return Ok(digest);
    }
    let mut options = Options::default();
    options.access = registries::access(&arguments.registries)?;
    // An image is the same as itself by its digest alone: nothing but that is read.
    let (_, explanation) = compare::run(typed, typed, options, false)?;
    explanation.images.original.digest.with_context(|| format!("{typed}: has no manifest, and so no digest"))
}

fn shown(image: &Digest, evidence: &[Verified], keys: &[PublicKey]) -> String {
    let mut text = String::new();
    for verified in evidence {
        let signers = verified.signers.iter().filter(|key| keys.contains(key)).map(PublicKey::id);
        let signers = signers.collect::<Vec<_>>().join(", ");
        text.push_str(&format!("{image}: {}, signed by key {signers}\n", verified.line()));
    }
    text
}
