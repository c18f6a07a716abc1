//! What the Dockerfile tells beyond the plan, which does not read it: what the archives are, and which commands may have made
//! what nothing explains.

use std::collections::BTreeSet;

use super::sites;
use crate::causes::{self, Builder};
use crate::dockerfile::Dockerfile;
use crate::explain::{BuiltBy, Claim};
use crate::finding::Kind;
use crate::fix::{self, Base, Site};
use crate::plan::Setting;
use crate::report::fixes;
use crate::report::model::{Covers, DifferingLayer, Finding, Fix, Image, Report};

/// The fix of times in archives, and what it is where all of them are wheels: their builders take the time of the build.
const ARCHIVE_TIMES: &str = "zip-times";

/// How their names end.
const WHEEL: &str = ".whl";

/// The fix that gives it to them.
const EPOCH: &str = "arg-source-date-epoch";

/// The fix of what prints the time.
const DATE: &str = "date-from-epoch";

/// What makes a directory of another name in each build.
const TEMPORARY: &str = "mktemp";

/// The changes of a plan, with what the Dockerfile tells of them.
pub(super) struct Beyond {
    /// The changes.
    pub(super) fixes: Vec<Fix>,
    /// How many findings nothing explains.
    unexplained: u64,
    /// Ids of the fixes that may make these go away, by the commands that they lead to.
    suspects: Vec<&'static str>,
    /// The instructions that these lead to; `None` where one of them is not known.
    nodes: Option<BTreeSet<usize>>,
}

impl Beyond {
    pub(super) fn new(report: &Report, file: &Dockerfile, target: usize) -> Self {
        let mut fixes: Vec<Fix> = report.plan.iter().flat_map(|plan| plan.fixes.iter().cloned()).collect();
        let setting = setting(report);
        if let Some(at) = fixes.iter().position(|fix| fix.id == ARCHIVE_TIMES && is_of_wheels(report, fix)) {
            let covered = fixes.remove(at).covers;
            add(&mut fixes, EPOCH, covered, &setting);
        }
        let (unexplained, nodes) = unexplained(report, file);
        let site = Site { target, nodes: nodes.clone(), bases: &[] };
        let suspects = if unexplained > 0 { suspects(file, &site) } else { Vec::new() };
        for id in &suspects {
            add(&mut fixes, id, None, &setting);
        }
        Beyond { fixes, unexplained, suspects, nodes }
    }

    fn is_suspect(&self, fix: &Fix) -> bool {
        self.suspects.iter().any(|id| *id == fix.id)
    }

    /// Where a fix is to be made.
    pub(super) fn site<'a>(
        &self,
        report: &Report,
        fix: &Fix,
        file: &Dockerfile,
        target: usize,
        bases: &'a [Base],
    ) -> Site<'a> {
        let mut site = sites::of(report, fix, file, target, bases);
        if !self.is_suspect(fix) {
            return site;
        }
        let covers_none = fix.covers.as_ref().is_none_or(|covers| covers.findings == 0);
        site.nodes = match (site.nodes, &self.nodes) {
            (_, more) if covers_none => more.clone(),
            (Some(nodes), Some(more)) => Some(nodes.union(more).copied().collect()),
            _ => None,
        };
        site
    }

    /// How many unexplained findings a fix may make go away.
    pub(super) fn may_cover(&self, fix: &Fix) -> u64 {
        if self.is_suspect(fix) { self.unexplained } else { 0 }
    }

    /// What to say where more files have a time than commands are edited that print one: a script may write the others.
    pub(super) fn other_files(&self, report: &Report, fix: &Fix, edits: usize) -> Option<String> {
        let causes = fix.covers.iter().flat_map(|covers| &covers.causes);
        let known = causes.filter_map(|id| report.causes.iter().find(|cause| cause.id == *id));
        let files = known.map(|cause| cause.entries).sum::<u64>();
        (fix.id == DATE && edits > 0 && files > edits as u64).then(|| {
            format!(
                "{files} files have a time, more than there are commands that print one: a script may write the others"
            )
        })
    }
}

/// The fixes of what nothing explains that change a command which the findings lead to. What compilers write of a directory
/// counts where nothing else does, or where the directory is another one each time.
fn suspects(file: &Dockerfile, site: &Site<'_>) -> Vec<&'static str> {
    let made = |list: &'static [&'static [&'static causes::Fix]]| {
        let is_made = |fixes: &&&[&'static causes::Fix]| {
            fixes.first().is_some_and(|first| fix::change(file, first, site).is_made())
        };
        list.iter().filter(is_made).flat_map(|fixes| *fixes).map(|fix| fix.id).collect::<Vec<_>>()
    };
    let mut found = made(causes::SUSPECTS);
    if found.is_empty() || site.has(file, TEMPORARY) {
        found.extend(made(causes::SUSPECTS_ELSEWHERE));
    }
    found
}

/// One builder for each image that shows it.
fn setting(report: &Report) -> Setting {
    let built_by = |image: &Image| {
        let shown = image.builder.as_ref()?;
        let builder = Builder::ALL.into_iter().find(|known| known.name() == shown.name)?;
        Some(BuiltBy { builder, version: shown.version.clone() })
    };
    let images = [&report.original, &report.rebuild].map(built_by);
    Setting::new(images.iter().map(Option::as_ref))
}

/// Adds a fix with all that it needs, or what it covers to the one that is there.
fn add(fixes: &mut Vec<Fix>, id: &str, covered: Option<Covers>, setting: &Setting) {
    let Some(known) = causes::fix_of(id) else { return };
    if !fixes.iter().any(|fix| fix.id == id) {
        fixes.push(fixes::of(known, setting));
    }
    if let (Some(more), Some(fix)) = (covered, fixes.iter_mut().find(|fix| fix.id == id)) {
        let covers = fix.covers.get_or_insert_with(|| Covers { findings: 0, causes: Vec::new() });
        covers.findings += more.findings;
        covers.causes.extend(more.causes);
    }
    for (need, _) in setting.needs(known) {
        add(fixes, need.id, None, setting);
    }
}

/// Whether all that a fix covers is in wheels.
fn is_of_wheels(report: &Report, fix: &Fix) -> bool {
    let covered = |finding: &Finding| {
        let mut causes = fix.covers.iter().flat_map(|covers| &covers.causes);
        finding.cause.as_ref().is_some_and(|cause| causes.any(|id| id == cause))
    };
    let of_wheel = |finding: &Finding| {
        let mut names = finding.location.path.iter().chain(&finding.location.inside);
        names.any(|name| name.ends_with(WHEEL))
    };
    let findings = report.platforms.iter().flat_map(|platform| platform.findings.iter());
    let mut covered = findings.filter(|finding| covered(finding)).peekable();
    covered.peek().is_some() && covered.all(|finding| of_wheel(&finding))
}

/// How many findings about entries nothing explains, and the instructions that they lead to; `None` where one is not known.
fn unexplained(report: &Report, file: &Dockerfile) -> (u64, Option<BTreeSet<usize>>) {
    let mut nodes = Some(BTreeSet::new());
    let mut count = 0;
    for platform in &report.platforms {
        let is_it = |finding: &Finding| finding.claim == Claim::Unexplained && finding.location.kind == Kind::Entry;
        for finding in platform.findings.iter().filter(|finding| is_it(finding)) {
            let numbers = finding.location.layer.as_ref();
            let of_layer = |layer: &&DifferingLayer| {
                numbers.is_some_and(|numbers| (layer.original, layer.rebuild) == (numbers.original, numbers.rebuild))
            };
            let step = platform.layers.iter().find(of_layer).and_then(|layer| layer.step.as_ref());
            match (step.and_then(|step| sites::node(file, step)), &mut nodes) {
                (Some(node), Some(nodes)) => _ = nodes.insert(node),
                _ => nodes = None,
            }
            count += 1;
        }
    }
    (count, nodes)
}
