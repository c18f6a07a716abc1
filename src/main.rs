//! The program: parse, call the library, print, exit code; nothing else.

#[path = "main/cache.rs"]
mod cache;
mod cli;
#[path = "main/dockerfile.rs"]
mod dockerfile;
#[path = "main/extract.rs"]
mod extract;
#[path = "main/limits.rs"]
mod limits;
#[path = "main/out.rs"]
mod out;
#[path = "main/outputs.rs"]
mod outputs;
#[path = "main/registries.rs"]
mod registries;

use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use clap::{CommandFactory as _, Parser as _};
use reprove::policy::suggestion;
use reprove::report::escape::escape;
use reprove::report::{draft, json, schema, text};
use reprove::source::Moved;
use reprove::{Date, Explanation, Options, Policy, Progress, Report, Rung, Session, Verdict};

use cli::{Cli, Command, Diff, Format};
use out::{FILE_WIDTH, Out};

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
            say(&format!("error: {error:#}"));
            ExitCode::from(TROUBLE)
        }
    }
}

fn run(cli: Cli, mut out: Out) -> anyhow::Result<u8> {
    match cli.command {
        Command::Diff(arguments) => return diff(&arguments, &mut out),
        Command::Cache { command } => cache::run(&command, &mut out)?,
        Command::Causes { id } => causes(id.as_deref(), &mut out)?,
        Command::Limits(arguments) => limits::run(&arguments, &mut out)?,
        Command::Policy { command } => policy(&command, &mut out)?,
        Command::Schema => out.write(|to| json::document(&schema::schema(), to))?,
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
    let policy = chosen_policy(arguments)?;
    let date = arguments.date.map_or_else(today, Ok)?;
    for output in &arguments.output {
        outputs::check(&output.path, [&arguments.original, &arguments.rebuild])?;
    }
    let (session, explanation) = compare(arguments, date)?;
    if arguments.verbose {
        say(&format!("opened {} layer blobs", explanation.layers_opened));
    }
    let mut failed = false;
    if let Some(folder) = &arguments.extract {
        failed |= !extract::run(&session, &explanation, folder, arguments.extract_secrets)?;
        explanation.check()?;
    }
    if let Some(path) = arguments.dockerfile.as_deref().filter(|_| !dockerfile::is_matched(&explanation)) {
        say(&format!("warning: {}: no step of the images is matched with a line of it", path.display()));
    }
    if let Some(why) = session.unused_cache() {
        say(&format!("warning: {why}"));
    }
    for moved in session.moved() {
        let Moved { name, from, to } = moved;
        say(&format!("warning: {name} moved meanwhile from {from}, which the report is about, to {to}"));
    }
    drop(session);
    let report = Report::new(&explanation, &policy, date, env!("CARGO_PKG_VERSION"));
    report.check()?;
    for output in &arguments.output {
        let written = outputs::write(&output.path, |to| write(&report, output.format, &file_options(arguments), to));
        report.check()?;
        // Named, and no reason not to write the others.
        if let Err(error) = written {
            say(&format!("error: {}: cannot be written: {error:#}", output.path.display()));
            failed = true;
        }
    }
    let options = text::Options { detail: detail(arguments), ..out.options() };
    let written = out.write(|to| write(&report, arguments.format, &options, to));
    report.check()?;
    written?;
    // Asked for last: it has something to say.
    let code = exit_code(&report, arguments.require.map(Rung::from));
    Ok(if failed { TROUBLE } else { code })
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

fn chosen_policy(arguments: &Diff) -> anyhow::Result<Policy> {
    let Some(path) = &arguments.policy else {
        return Ok(if arguments.strict { Policy::strict() } else { Policy::default_policy() });
    };
    let text = fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let known: Vec<&str> = reprove::causes::LIST.iter().map(|cause| cause.id).collect();
    Ok(Policy::parse(&path.display().to_string(), &text, &known)?)
}

fn today() -> anyhow::Result<Date> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970: give --date")?;
    let date = i64::try_from(now.as_secs()).ok().and_then(Date::of_seconds);
    date.context("the clock is out of range: give --date")
}

fn options(arguments: &Diff, date: Date) -> anyhow::Result<Options> {
    let mut options = Options::default();
    options.platforms.clone_from(&arguments.platform);
    options.canonical_digest = arguments.canonical_digest;
    options.verify_all = arguments.verify_all;
    options.date = Some(date);
    options.dockerfile = arguments.dockerfile.as_deref().map(dockerfile::read).transpose()?.map(Arc::new);
    options.limits = arguments.limited.limits();
    options.access = registries::access(&arguments.registries)?;
    Ok(options)
}

/// Compares with a progress bar on the terminal, where there is one.
fn compare(arguments: &Diff, date: Date) -> anyhow::Result<(Session, Explanation)> {
    let options = options(arguments, date)?;
    let progress = Arc::new(Progress::default());
    let compare = || {
        let session = Session::open(&arguments.original, &arguments.rebuild, options, progress.clone())?;
        let explanation = session.compare()?;
        Ok((session, explanation))
    };
    if arguments.no_progress || arguments.quiet || !io::stderr().is_terminal() {
        return compare();
    }
    std::thread::scope(|scope| {
        let (done, is_done) = mpsc::channel();
        let progress = &progress;
        scope.spawn(move || show_progress(progress, &is_done));
        let compared = compare();
        drop(done);
        compared
    })
}

/// Draws the counters until the other end of the channel is gone.
fn show_progress(progress: &Progress, is_done: &mpsc::Receiver<()>) {
    let bar = indicatif::ProgressBar::new(0);
    let style = |template| indicatif::ProgressStyle::with_template(template).map(|style| style.progress_chars("━━─"));
    let (of_known, of_unknown) =
        (style("comparing {bar:30} {bytes}/{total_bytes}{msg}"), style("comparing {bytes}{msg}"));
    while let Err(mpsc::RecvTimeoutError::Timeout) = is_done.recv_timeout(Duration::from_millis(100)) {
        let now = progress.snapshot();
        // Archives of engines do not say how large their layers are.
        if let Ok(style) = if now.bytes_total >= now.bytes_done { &of_known } else { &of_unknown } {
            bar.set_style(style.clone());
        }
        bar.set_length(now.bytes_total.max(now.bytes_done));
        bar.set_position(now.bytes_done);
        if now.layers_opened > 0 {
            bar.set_message(format!(", {} layer blobs opened", now.layers_opened));
        }
    }
    bar.finish_and_clear();
}

fn detail(arguments: &Diff) -> text::Detail {
    match (arguments.quiet, arguments.verbose) {
        (true, _) => text::Detail::Quiet,
        (false, true) => text::Detail::Verbose,
        (false, false) => text::Detail::Normal,
    }
}

/// A file is read later and elsewhere: no colors, and everything in it.
fn file_options(arguments: &Diff) -> text::Options {
    let detail = match detail(arguments) {
        text::Detail::Normal => text::Detail::Verbose,
        given => given,
    };
    text::Options { style: text::Style::plain(), width: FILE_WIDTH, detail }
}

fn write(report: &Report, format: Format, options: &text::Options, to: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, options, to),
        Format::Json => json::write(report, to),
    }
}

fn causes(id: Option<&str>, out: &mut Out) -> anyhow::Result<()> {
    let (list, options) = (reprove::causes::LIST, out.options());
    let Some(id) = id else {
        return out.write(|to| text::write_catalogue(list, &options, to));
    };
    let Some(cause) = list.iter().find(|cause| cause.id == id) else {
        let ids: Vec<&str> = list.iter().map(|cause| cause.id).collect();
        bail!("unknown cause {id:?}{} (\"reprove causes\" lists them)", suggestion(id, &ids));
    };
    out.write(|to| text::write_cause(cause, &options, to))
}

fn policy(command: &cli::Policy, out: &mut Out) -> anyhow::Result<()> {
    let text = match command {
        cli::Policy::Show { name: cli::BuiltIn::Default } => Policy::default_policy().canonical_text(),
        cli::Policy::Show { name: cli::BuiltIn::Strict } => Policy::strict().canonical_text(),
        cli::Policy::Init { report } => {
            let bytes = fs::read(report).with_context(|| format!("{}: cannot be read", report.display()))?;
            draft(&json::read(&report.display().to_string(), &bytes)?)
        }
    };
    out.print(text.as_bytes())
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
