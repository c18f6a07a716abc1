//! `reprove verify`: whether evidence about an image holds and says enough.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, anyhow, ensure};
use reprove::digest::Digest;
use reprove::error::Misplaced;
use reprove::evidence::{Form, PublicKey, Refusal, Requirements, Verified, decide, line_of_other, recognize, verify};
use reprove::source::{Access, Embedded, Holder, Purpose};
use reprove::{Error, Options};

use super::cli::Verify;
use super::out::Out;
use super::recompute::{self, Again};
use super::sign::public_key;
use super::{DIFFERENT, FINE, compare, now, registries, say};

/// Bytes of a file of evidence that are read: more than can be evidence.
const MOST: u64 = 4 << 20;

pub(crate) fn run(arguments: &Verify, out: &mut Out) -> anyhow::Result<u8> {
    let keys = arguments.key.iter().map(|path| public_key(path)).collect::<anyhow::Result<Vec<_>>>()?;
    let requirements = requirements(arguments)?;
    let is_given = !arguments.bundle.is_empty() || !arguments.envelope.is_empty();
    let typed = Digest::parse(&arguments.image).ok();
    let access = registries::access(&arguments.registries)?;
    ensure!(
        arguments.recompute.is_none() || typed.is_none(),
        "--recompute: name the image instead of its digest, so that it can be read"
    );
    let (image, pieces) = match typed {
        Some(_) if !is_given => return Err(anyhow!("give --bundle or --envelope, or name the image in its registry")),
        Some(digest) => (digest, given(arguments)?),
        None if is_given => {
            let pieces = given(arguments)?;
            (digest(arguments, &access)?, pieces)
        }
        None => looked_up(arguments, &access)?,
    };
    let asked = Asked { keys: &keys, requirements: &requirements, image: &image, now: now()?, is_given };
    let (evidence, mut refused) = asked.check(pieces, arguments.quiet);
    let lines = shown(&image, &evidence, &keys, is_given);
    let (names, evidence): (Vec<_>, Vec<_>) = evidence.into_iter().unzip();
    if let Err(why) = decide(&evidence, &requirements, asked.now) {
        // Where rebuilders disagree it takes all of them to see that.
        lines.iter().filter(|_| !is_given && !arguments.quiet).for_each(|line| say(line));
        say(&format!("{image}: {why} [{}]", why.code()));
        return Ok(DIFFERENT);
    }
    if let Some(rebuild) = &arguments.recompute {
        let comparing = Again {
            original: &arguments.image,
            rebuild,
            image: &image,
            access: &access,
            limits: arguments.limited.limits(),
            is_shown: !arguments.quiet,
        };
        refused |= !recompute::run(&comparing, &names, &evidence)?;
    }
    if refused {
        return Ok(DIFFERENT);
    }
    if !arguments.quiet {
        out.print(lines.iter().map(|line| format!("{line}\n")).collect::<String>().as_bytes())?;
    }
    Ok(FINE)
}

/// Something that may be evidence.
struct Piece {
    /// Where it is from.
    name: String,
    form: Form,
    /// The bytes, or why they are no evidence whatever they say.
    bytes: Result<Vec<u8>, Misplaced>,
}

/// What pieces of evidence are held against.
struct Asked<'a> {
    keys: &'a [PublicKey],
    requirements: &'a Requirements,
    image: &'a Digest,
    /// Seconds since 1970.
    now: i64,
    /// Whether the pieces were chosen. What was chosen has to hold; what was only found may be anybody's.
    is_given: bool,
}

impl Asked<'_> {
    /// The evidence that counts, by its place, and whether any of what has to hold does not. Says why something does not
    /// count.
    fn check(&self, pieces: Vec<Piece>, is_quiet: bool) -> (Vec<(String, Verified)>, bool) {
        let (mut evidence, mut refused) = (Vec::new(), false);
        for Piece { name, form, bytes } in pieces {
            let verified = match &bytes {
                Ok(bytes) => self.verified(bytes, form),
                Err(why) => Err(Refusal::Foreign(why.clone().into())),
            };
            match verified {
                Ok(verified) => {
                    evidence.push((name, verified));
                    continue;
                }
                Err(Refusal::Foreign(_)) if !self.is_given && is_quiet => continue,
                Err(Refusal::Foreign(why)) if !self.is_given => {
                    say(&format!("{name}: does not count: {why} [{}]", why.code()));
                }
                Err(why) => {
                    say(&format!("{name}: {why} [{}]", why.code()));
                    refused = true;
                }
            }
            if !is_quiet {
                others(&name, bytes.as_deref().unwrap_or_default(), self.keys, self.image);
            }
        }
        (evidence, refused)
    }

    fn verified(&self, bytes: &[u8], form: Form) -> Result<Verified, Refusal> {
        let verified = verify(bytes, form, self.keys, self.image)?;
        match verified.passed_over(self.requirements, self.now).filter(|_| !self.is_given) {
            Some(why) => Err(why),
            None => Ok(verified),
        }
    }
}

/// Says what somebody else states, where it is recognized.
fn others(name: &str, bytes: &[u8], keys: &[PublicKey], image: &Digest) {
    for other in recognize(bytes, keys, image) {
        say(&format!("{name}: {}", line_of_other(&other)));
    }
}

/// The files that were given.
fn given(arguments: &Verify) -> anyhow::Result<Vec<Piece>> {
    let files = arguments.bundle.iter().map(|path| (path, Form::Bundle));
    let files = files.chain(arguments.envelope.iter().map(|path| (path, Form::Envelope)));
    files.map(|(path, form)| Ok(Piece { name: path.display().to_string(), form, bytes: Ok(read(path)?) })).collect()
}

/// The digest of the image in its registry, and what is beside it there.
fn looked_up(arguments: &Verify, access: &Access) -> anyhow::Result<(Digest, Vec<Piece>)> {
    let limits = arguments.limited.limits();
    let attachments = registries::attachments(&arguments.image, access, &limits, Purpose::Pull)
        .context("evidence is looked for in a registry where neither --bundle nor --envelope is given")?;
    let lookup = attachments.evidence()?;
    let pieces: Vec<Piece> = lookup
        .found
        .into_iter()
        .map(|found| {
            let (name, form) = match &found.holder {
                Holder::Referrer(digest) => (format!("referrer {digest}"), Form::Bundle),
                Holder::CosignTag(digest) => (format!("envelope {digest} in cosign's tag"), Form::Envelope),
            };
            Piece { name, form, bytes: found.bytes }
        })
        .collect();
    if pieces.is_empty() && !arguments.quiet {
        let others = lookup.others;
        let beside = if others == 0 { String::new() } else { format!(" ({others} other things are)") };
        say(&format!("{}: no evidence is beside it in its registry{beside}", arguments.image));
    }
    if !arguments.quiet {
        for Embedded { manifest, about, bytes } in attachments.embedded()? {
            others(&format!("attestation {manifest} on {about} in the index"), &bytes, &[], &about);
        }
    }
    Ok((attachments.image().clone(), pieces))
}

fn requirements(arguments: &Verify) -> anyhow::Result<Requirements> {
    let mut requirements = match &arguments.policy {
        Some(path) => {
            let text = fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
            Requirements::parse(&text)
                .map_err(|problem| Error::Requirements { name: path.display().to_string(), problem })?
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
fn digest(arguments: &Verify, access: &Access) -> anyhow::Result<Digest> {
    let typed = arguments.image.as_str();
    if let Ok(digest) = Digest::parse(typed) {
        return Ok(digest);
    }
    let mut options = Options::default();
    options.access = access.clone();
    options.limits = arguments.limited.limits();
    // An image is the same as itself by its digest alone: nothing but that is read.
    let (_, explanation) = compare::run(typed, typed, options, false)?;
    explanation.images.original.digest.with_context(|| format!("{typed}: has no manifest, and so no digest"))
}

/// What was stated, a line each.
fn shown(image: &Digest, evidence: &[(String, Verified)], keys: &[PublicKey], is_given: bool) -> Vec<String> {
    let line = |(name, verified): &(String, Verified)| {
        let signers = verified.signers.iter().filter(|key| keys.contains(key)).map(PublicKey::id);
        let signers = signers.collect::<Vec<_>>().join(", ");
        let place = if is_given { String::new() } else { format!(", in {name}") };
        format!("{image}: {}, signed by key {signers}{place}", verified.line())
    };
    evidence.iter().map(line).collect()
}
