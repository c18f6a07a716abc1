//! Hazards of a Dockerfile and of an image: read, looked for, printed.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use reprove::dockerfile::Dockerfile;
use reprove::lint::{self, Ignore, Surroundings};
use reprove::report::results::{github, gitlab, junit, sarif};
use reprove::{Options, Progress, Session};

use super::cli::{Lint, LintFormat};
use super::out::Out;
use super::registries;
use super::{DIFFERENT, FINE, TROUBLE};

/// What a Dockerfile is called where nobody says so.
const NAMES: [&str; 2] = ["Dockerfile", "Containerfile"];

/// Files that say what of a context is left out.
const IGNORES: [&str; 2] = [".dockerignore", ".containerignore"];

/// Standard input, as an argument.
const INPUT: &str = "-";

/// Bytes of standard input that are read: more than any Dockerfile has.
const LARGEST: u64 = 2 << 20;

pub(crate) fn run(arguments: &Lint, out: &mut Out) -> anyhow::Result<u8> {
    let style = out.options().style;
    if arguments.rules {
        out.write(|to| lint::write_rules(style, to))?;
        return Ok(FINE);
    }
    let (path, image) = inputs(arguments)?;
    let file = path.as_deref().map(|path| dockerfile(arguments, path)).transpose()?;
    let found = image.map(|reference| in_image(arguments, reference)).transpose()?;
    let image = image.zip(found.as_ref());
    let file = file.as_ref().map(|(shown, found)| (shown.as_str(), found));
    let results = || lint::results(file, image, env!("CARGO_PKG_VERSION"));
    match arguments.format {
        LintFormat::Json => out.print(lint::document(file, image)?.as_bytes())?,
        LintFormat::Markdown => out.write(|to| lint::write_markdown(file, image, to))?,
        LintFormat::Sarif => out.write(|to| sarif::write(&results(), to))?,
        LintFormat::Junit => out.write(|to| junit::write(&results(), to))?,
        LintFormat::Gitlab => out.write(|to| gitlab::write(&results(), to))?,
        LintFormat::Github => out.write(|to| github::write(&results(), to))?,
        LintFormat::Text => {
            let options = lint::Options { style, verbose: arguments.verbose };
            out.write(|to| {
                file.map_or(Ok(()), |(shown, found)| lint::write(shown, found, &options, to))?;
                image.map_or(Ok(()), |(reference, found)| lint::write_image(reference, found, style, to))
            })?;
        }
    }
    let trouble = file.is_some_and(|(_, found)| !found.refused.is_empty())
        || image.is_some_and(|(_, found)| !found.gaps.is_empty());
    let hazards = file.is_some_and(|(_, found)| !found.hazards.is_empty())
        || image.is_some_and(|(_, found)| !found.hazards.is_empty());
    Ok(match (trouble, hazards) {
        (true, _) => TROUBLE,
        (false, true) => DIFFERENT,
        (false, false) => FINE,
    })
}

/// What is found in a Dockerfile, once changed where that is asked for, and how it is called.
fn dockerfile(arguments: &Lint, path: &Path) -> anyhow::Result<(String, lint::Lint)> {
    let name = path.display().to_string();
    let mut file = read(path)?;
    let surroundings =
        Surroundings { ignore: ignore(path, arguments.context.as_deref())?, target: arguments.target.clone() };
    let look =
        |file: &Dockerfile| lint::check(file, &surroundings).with_context(|| format!("{name}: cannot be looked at"));
    let mut found = look(&file)?;
    let fixed = lint::fixed(&file, &found, &surroundings);
    if arguments.fix && fixed.source() != file.source() {
        if is_input(path) {
            bail!("standard input cannot be changed: name the file");
        }
        fs::write(path, fixed.source()).with_context(|| format!("{name}: cannot be written"))?;
        super::say(&format!("{name}: changed"));
        file = fixed;
        found = look(&file)?;
    }
    Ok((if is_input(path) { "<stdin>".to_owned() } else { name }, found))
}

fn in_image(arguments: &Lint, reference: &str) -> anyhow::Result<lint::ImageLint> {
    let mut options = Options::default();
    options.platforms.clone_from(&arguments.platform);
    options.access = registries::access(&arguments.registries)?;
    let session = Session::alone(reference, options, Arc::new(Progress::default()))?;
    let explanation = session.compare()?;
    let found = lint::of_image(&explanation);
    explanation.check()?;
    Ok(found)
}

/// The Dockerfile and the image that are asked for.
fn inputs(arguments: &Lint) -> anyhow::Result<(Option<PathBuf>, Option<&str>)> {
    match arguments.inputs.as_slice() {
        [] => Ok((Some(chosen()?), None)),
        [one] if is_dockerfile(one) => Ok((Some(one.into()), None)),
        [one] => Ok((None, Some(one))),
        [file, image, ..] => Ok((Some(file.into()), Some(image))),
    }
}

/// Whether an argument is no image: standard input, or a file that does not begin like an archive.
fn is_dockerfile(argument: &str) -> bool {
    let path = Path::new(argument);
    let names_image = argument.contains(':') && !path.exists();
    if is_input(path) || (!names_image && !path.exists() && is_dockerfile_name(path)) {
        return true;
    }
    let Ok(mut file) = fs::File::open(path) else { return false };
    let mut first = [0; 512];
    let read = file.read(&mut first).unwrap_or(0);
    path.is_file() && !first.get(..read).unwrap_or_default().contains(&0)
}

/// Whether somebody who names a file that is not there means a Dockerfile.
fn is_dockerfile_name(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    NAMES.iter().any(|known| name.contains(&known.to_lowercase()))
}

fn is_input(path: &Path) -> bool {
    path.as_os_str() == INPUT
}

fn chosen() -> anyhow::Result<PathBuf> {
    let found = NAMES.into_iter().map(PathBuf::from).find(|path| path.is_file());
    found.context("there is neither a Dockerfile nor a Containerfile here: name one")
}

fn read(path: &Path) -> anyhow::Result<Dockerfile> {
    let name = path.display();
    let bytes = if is_input(path) {
        let mut bytes = Vec::new();
        io::stdin().take(LARGEST).read_to_end(&mut bytes).context("standard input cannot be read")?;
        bytes
    } else {
        fs::read(path).with_context(|| format!("{name}: cannot be read"))?
    };
    super::dockerfile::parse(&name.to_string(), &bytes)
}

/// Whether the context says what is left out: in a file of the Dockerfile's name, or in one for all.
fn ignore(path: &Path, context: Option<&Path>) -> anyhow::Result<Ignore> {
    let beside = path.parent().filter(|_| !is_input(path));
    if let Some(context) = context.filter(|context| !context.is_dir()) {
        bail!("{}: is no directory", context.display());
    }
    let Some(directory) = context.or(beside) else { return Ok(Ignore::Unknown) };
    let mut own = path.as_os_str().to_owned();
    own.push(".dockerignore");
    let mut names = vec![PathBuf::from(own)];
    names.extend(IGNORES.map(|name| directory.join(name)));
    if context.is_none() {
        // Most Dockerfiles in a directory of their own are built from the one at hand.
        names.extend(IGNORES.map(PathBuf::from));
    }
    let mut found = Ignore::Missing;
    for name in names.iter().filter(|name| name.is_file()) {
        let bytes = fs::read(name).with_context(|| format!("{}: cannot be read", name.display()))?;
        if Ignore::of(&String::from_utf8_lossy(&bytes)) == Ignore::Present {
            found = Ignore::Present;
        }
    }
    Ok(found)
}
