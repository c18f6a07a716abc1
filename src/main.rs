//! The program: parse, call the library, print, exit code; nothing else.

#[path = "main/attest.rs"]
mod attest;
#[path = "main/browse.rs"]
mod browse;
#[path = "main/cache.rs"]
mod cache;
mod cli;
#[path = "main/compare.rs"]
mod compare;
#[path = "main/dockerfile.rs"]
mod dockerfile;
#[path = "main/expect.rs"]
mod expect;
#[path = "main/extract.rs"]
mod extract;
#[path = "main/fix.rs"]
mod fix;
#[path = "main/gate.rs"]
mod gate;
#[path = "main/limits.rs"]
mod limits;
#[path = "main/lint.rs"]
mod lint;
#[path = "main/open.rs"]
mod open;
#[path = "main/out.rs"]
mod out;
#[path = "main/outputs.rs"]
mod outputs;
#[path = "main/password.rs"]
mod password;
#[path = "main/prove.rs"]
mod prove;
#[path = "main/push.rs"]
mod push;
#[path = "main/recompute.rs"]
mod recompute;
#[path = "main/registries.rs"]
mod registries;
#[path = "main/shown.rs"]
mod shown;
#[path = "main/sign.rs"]
mod sign;
#[path = "main/verify.rs"]
mod verify;

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use clap::{CommandFactory as _, Parser as _};
use reprove::causes::Cause;
use reprove::dockerfile::{Fault, Wrong};
use reprove::evidence::Refusal;
use reprove::lint::Unfit;
use reprove::policy::unknown;
use reprove::report::escape::escape;
use reprove::report::{draft, json, schema, text};
use reprove::source::Moved;
use reprove::{Date, Error, Explanation, Options, Policy, Report, Rung, Session, Verdict};

use cli::{Cli, Command, Compared, Described, Diff};
use out::Out;

/// Days after which the rules of a drafted policy end.
const DRAFT_DAYS: u64 = 90;
/// Identical or equivalent, or the command did what it is there for.
const FINE: u8 = 0;
/// Different, or below the rung that was asked for.
const DIFFERENT: u8 = 1;
/// Inconclusive, or no verdict at all.
const TROUBLE: u8 = 2;

fn main() -> ExitCode {
    let result = match Cli::try_parse() {
        Ok(cli) => {
            let out = Out::new(cli.color);
            run(cli, out)
        }
        Err(error) if error.use_stderr() => error.exit(),
        Err(help) => out::printed(help.print().and_then(|()| io::stdout().flush())).map(|()| FINE),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let code = code(&error).map(|code| format!(" [{code}]"));
            say(&format!("error: {error:#}{}", code.unwrap_or_default()));
            ExitCode::from(TROUBLE)
        }
    }
}

/// What an error is called by programs, where it is one of those that are.
fn code(error: &anyhow::Error) -> Option<&'static str> {
    let dockerfile = || error.downcast_ref::<Fault>().map(Fault::code);
    let without_stage = || error.downcast_ref::<Wrong>().map(Wrong::code);
    let lint = || error.downcast_ref::<Unfit>().map(Unfit::code);
    let earlier = || error.downcast_ref::<Refusal>().map(Refusal::code);
    let code = error.downcast_ref::<Error>().map(Error::code);
    code.or_else(dockerfile).or_else(without_stage).or_else(lint).or_else(earlier)
}

fn run(cli: Cli, mut out: Out) -> anyhow::Result<u8> {
    match cli.command {
        Command::Diff(arguments) => return diff(&arguments, &mut out),
        Command::Report(arguments) => return report(&arguments, &mut out),
        Command::Gate(arguments) => return gate::run(&arguments, &mut out),
        Command::Attest(arguments) => return attest::run(&arguments, &mut out),
        Command::Push(arguments) => return push::run(&arguments, &mut out),
        Command::Verify(arguments) => return verify::run(&arguments, &mut out),
        Command::GenerateKey(arguments) => sign::generate_key(&arguments)?,
        Command::Expect { command } => expect::run(&command, &mut out)?,
        Command::Fix(arguments) => return fix::run(&arguments, &mut out),
        Command::Cache { command } => cache::run(&command, &mut out)?,
        Command::Causes { id } => causes(id.as_deref(), &mut out)?,
        Command::Lint(arguments) => return lint::run(&arguments, &mut out),
        Command::Limits(arguments) => limits::run(&arguments, &mut out)?,
        Command::Policy { command } => policy(&command, &mut out)?,
        Command::Schema { of: Described::Report } => out.write(|to| json::document(&schema::schema(), to))?,
        Command::Schema { of: Described::ImageComparison } => {
            out.write(|to| json::document(&reprove::evidence::schema(), to))?;
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "reprove", &mut script);
            out.print(&script)?;
        }
        Command::Man { command } => out.print(&manual(command.as_deref())?)?,
    }
    Ok(FINE)
}

fn diff(arguments: &Diff, out: &mut Out) -> anyhow::Result<u8> {
    let policy = chosen_policy(&arguments.compared, Policy::default_policy)?;
    // What is wrong with it is said before there is work done.
    shown::selection(&arguments.shown)?;
    open::wanted(&arguments.shown)?;
    browse::check(&arguments.shown)?;
    let date = arguments.compared.date.map_or_else(today, Ok)?;
    let expected = arguments.expect.as_deref().map(expect::read).transpose()?;
    for output in &arguments.shown.output {
        outputs::check(&output.path, &[&arguments.original, &arguments.rebuild])?;
    }
    let mut options = options(&arguments.compared, date)?;
    options.canonical_digest = arguments.canonical_digest;
    let given = options.dockerfile.clone();
    let is_shown = !arguments.compared.no_progress && !arguments.shown.quiet;
    let (session, explanation) = compare::run(&arguments.original, &arguments.rebuild, options, is_shown)?;
    if arguments.shown.verbose {
        say(&format!("opened {} layer blobs", explanation.layers_opened));
    }
    let mut failed = false;
    if let Some(folder) = &arguments.extract {
        failed |= !extract::run(&session, &explanation, folder, arguments.extract_secrets)?;
        explanation.check()?;
    }
    warn(&session, &explanation, &arguments.compared);
    drop(session);
    let report = Report::new(&explanation, &policy, date, env!("CARGO_PKG_VERSION"));
    report.check()?;
    failed |= !shown::write_all(&report, given.as_deref(), &arguments.shown, out)?;
    // Asked for last: it has something to say.
    let code = match &expected {
        Some(expected) => expect::exit_code(&report, expected),
        None => exit_code(&report, arguments.require.map(Rung::from)),
    };
    Ok(if failed { TROUBLE } else { code })
}

/// What is to be said of a comparison beside its report.
fn warn(session: &Session, explanation: &Explanation, compared: &Compared) {
    if let Some(path) = compared.dockerfile.as_deref().filter(|_| !dockerfile::is_matched(explanation)) {
        let path = path.display();
        say(&format!(
            "warning: {path}: no layer is that of a single line of it: the images are of another file, or of a builder that \
             makes one layer of several lines, as buildah does without --layers"
        ));
    }
    if let Some(why) = session.unused_cache() {
        say(&format!("warning: {why}"));
    }
    for moved in session.moved() {
        let Moved { name, from, to } = moved;
        say(&format!("warning: {name} moved meanwhile from {from}, which the report is about, to {to}"));
    }
}

fn exit_code(report: &Report, required: Option<Rung>) -> u8 {
    let code = match report.verdict {
        Verdict::Identical | Verdict::Equivalent => FINE,
        Verdict::Different => DIFFERENT,
        Verdict::Inconclusive => return TROUBLE,
    };
    match required {
        Some(rung) if !report.reaches(rung) => {
            say(&format!("not every platform is at the rung that --require asks for: {}", rung.name()));
            DIFFERENT
        }
        _ => code,
    }
}

fn chosen_policy(compared: &Compared, built_in: fn() -> Policy) -> anyhow::Result<Policy> {
    let Some(path) = &compared.policy else {
        return Ok(if compared.strict { Policy::strict() } else { built_in() });
    };
    let text = fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let known: Vec<&str> = reprove::causes::LIST.iter().map(|cause| cause.id).collect();
    Ok(Policy::parse(&path.display().to_string(), &text, &known)?)
}

fn today() -> anyhow::Result<Date> {
    let date = now().ok().and_then(Date::of_seconds);
    date.context("the clock is out of range: give --date")
}

/// Seconds since 1970.
fn now() -> anyhow::Result<i64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?;
    i64::try_from(now.as_secs()).context("the clock is out of range")
}

/// The bytes of a file that was named.
fn input(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))
}

fn options(compared: &Compared, date: Date) -> anyhow::Result<Options> {
    let mut options = Options::default();
    options.platforms.clone_from(&compared.platform);
    options.verify_all = compared.verify_all;
    options.date = Some(date);
    options.dockerfile = compared.dockerfile.as_deref().map(dockerfile::read).transpose()?.map(Arc::new);
    options.limits = compared.limited.limits();
    options.access = registries::access(&compared.registries)?;
    Ok(options)
}

/// The page of a cause, or the list of those that have a word in their pages.
fn causes(word: Option<&str>, out: &mut Out) -> anyhow::Result<()> {
    // Elsewhere than on a terminal there is room for whole lines.
    let (options, listing) = (out.options(), out.listing_options());
    let Some(word) = word else {
        return out.write(|to| text::write_catalogue(&reprove::causes::by_group(), &listing, to));
    };
    if let Some(cause) = reprove::causes::find(word) {
        return out.write(|to| text::write_cause(cause, &options, to));
    }
    let found = text::search_causes(word);
    if found.is_empty() {
        known_cause(word)?;
    }
    out.write(|to| text::write_catalogue(&found, &listing, to))
}

fn known_cause(id: &str) -> anyhow::Result<&'static Cause> {
    let list = reprove::causes::LIST;
    let Some(cause) = list.iter().find(|cause| cause.id == id) else {
        let ids: Vec<&str> = list.iter().map(|cause| cause.id).collect();
        bail!("unknown cause {} (\"reprove causes\" lists them, \"reprove causes WORD\" searches)", unknown(id, &ids));
    };
    Ok(cause)
}

fn policy(command: &cli::Policy, out: &mut Out) -> anyhow::Result<()> {
    let text = match command {
        cli::Policy::Show { name: cli::BuiltIn::Default } => Policy::default_policy().canonical_text(),
        cli::Policy::Show { name: cli::BuiltIn::Strict } => Policy::strict().canonical_text(),
        cli::Policy::Show { name: cli::BuiltIn::Gate } => Policy::gate().canonical_text(),
        cli::Policy::Init { report, expires } => {
            let expires = match expires {
                Some(date) => *date,
                None => today()?.later(DRAFT_DAYS).context("the clock is out of range: give --expires")?,
            };
            draft(&read_report(report)?, expires)
        }
    };
    out.print(text.as_bytes())
}

fn read_report(path: &Path) -> anyhow::Result<Report<'static>> {
    let bytes = input(path)?;
    Ok(json::read(&path.display().to_string(), &bytes)?)
}

/// An old report again.
fn report(arguments: &cli::Again, out: &mut Out) -> anyhow::Result<u8> {
    open::wanted(&arguments.shown)?;
    browse::check(&arguments.shown)?;
    let report = read_report(&arguments.report)?;
    for output in &arguments.shown.output {
        outputs::check(&output.path, &[&arguments.report.to_string_lossy()])?;
    }
    let given = arguments.dockerfile.as_deref().map(dockerfile::read).transpose()?;
    let written = shown::write_all(&report, given.as_ref(), &arguments.shown, out)?;
    Ok(if written { exit_code(&report, None) } else { TROUBLE })
}

fn manual(command: Option<&str>) -> anyhow::Result<Vec<u8>> {
    let mut program = Cli::command();
    program.build();
    let page = match command {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command.clone(),
            None => bail!("there is no command {name:?}"),
        },
    };
    let mut text = Vec::new();
    let source = concat!("reprove ", env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(page).source(source).render(&mut text)?;
    Ok(text)
}

/// One line on standard error, whatever is in it; where that is gone there is nobody left to tell.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "reprove: {}", escape(line));
}
