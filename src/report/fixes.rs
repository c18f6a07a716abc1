//! Fixes and the plan that is made of them: data of the report, with the words for it.

use std::collections::BTreeSet;

use super::model::{self, CauseSummary, Covers, DockerfileLine, FixKind, NeededFix};
use crate::causes::{Builder, Change, Edit, Fix, Spot};
use crate::plan::{Covered, Plan, Planned, Setting};

/// A plan as the report has it; `None` where there is nothing to plan for.
pub(super) fn plan(plan: &Plan) -> Option<model::Plan> {
    let is_empty = plan.covered == 0 && plan.left.findings == 0;
    (!is_empty).then(|| model::Plan {
        fixes: plan.fixes.iter().map(planned).collect(),
        covered: plan.covered,
        left: covers(&plan.left),
        proven: false,
    })
}

/// Names the one line that the findings lead to, for each fix that edits a Dockerfile there: not for lines in each stage.
pub(super) fn locate(plan: &mut model::Plan, causes: &[CauseSummary]) {
    for fix in plan.fixes.iter_mut().filter(|fix| !matches!(fix.edit, None | Some(model::Edit::Insert { .. }))) {
        let covered = fix.covers.iter().flat_map(|covers| &covers.causes);
        let causes = covered.filter_map(|id| causes.iter().find(|cause| cause.id == *id));
        let steps = causes.flat_map(|cause| cause.steps.original.iter().chain(&cause.steps.rebuild));
        let lines: BTreeSet<Option<&DockerfileLine>> = steps.map(|step| step.dockerfile.as_ref()).collect();
        fix.at = lines.first().copied().flatten().filter(|_| lines.len() == 1).cloned();
    }
}

fn planned(planned: &Planned) -> model::Fix {
    let covers = Some(covers(&planned.covers));
    model::Fix { covers, tried: Some(false), ..fix(planned.fix, &planned.needs) }
}

fn covers(covered: &Covered) -> Covers {
    Covers { findings: covered.findings, causes: covered.causes.iter().map(|id| (*id).to_owned()).collect() }
}

/// A fix as one of several that a cause has: what makes it go away for one builder.
pub(super) fn remedy(fix: &Fix, setting: &Setting) -> model::Remedy {
    let by_program = kind(&fix.change) != FixKind::Words;
    model::Remedy {
        builder: fix.builder.map_or("any", Builder::name).to_owned(),
        text: text(fix),
        fix: by_program.then(|| of(fix, setting)),
    }
}

/// A fix that no plan has, with what it needs.
pub(super) fn of(fix: &Fix, setting: &Setting) -> model::Fix {
    self::fix(fix, &setting.needs(fix))
}

fn fix(fix: &Fix, needs: &[(&Fix, &str)]) -> model::Fix {
    let (options, edit) = match &fix.change {
        Change::Build(options) | Change::Push(options) => (*options, None),
        Change::Dockerfile(edit) => (&[][..], Some(self::edit(edit))),
        _ => (&[][..], None),
    };
    model::Fix {
        id: fix.id.to_owned(),
        kind: kind(&fix.change),
        builder: fix.builder.map(|builder| builder.name().to_owned()),
        since: fix.since.map(str::to_owned),
        text: text(fix),
        at: None,
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        edit,
        covers: None,
        needs: needs
            .iter()
            .map(|(fix, reason)| NeededFix { id: fix.id.to_owned(), reason: (*reason).to_owned() })
            .collect(),
        tried: None,
    }
}

const fn kind(change: &Change) -> FixKind {
    match change {
        Change::Build(_) | Change::Push(_) => FixKind::BuildOption,
        Change::Dockerfile(_) => FixKind::Dockerfile,
        Change::File(_) | Change::Commands(..) => FixKind::File,
        Change::SameBuilder(_) | Change::Nothing(_) | Change::Words(_) => FixKind::Words,
    }
}

fn edit(edit: &Edit) -> model::Edit {
    match *edit {
        Edit::Insert { line, place } => model::Edit::Insert {
            line: line.to_owned(),
            place: match place {
                Spot::Top => model::Place::Top,
                Spot::EachStage => model::Place::EachStage,
            },
        },
        Edit::Append { run, command } => model::Edit::Append { run: run.words.to_owned(), command: command.to_owned() },
        Edit::Replace { what, with } => model::Edit::Replace { what: what.to_owned(), with: with.to_owned() },
    }
}

/// What goes with a fix whatever the builder: each in one line.
pub(super) fn companions(fix: &Fix) -> impl Iterator<Item = String> + '_ {
    fix.needs.iter().filter_map(|need| need.one_of.last()).map(|fix| format!("and: {}", text(fix)))
}

/// A fix in one line: an imperative, with the versions that have it. No full stop: it may end in a command.
pub(crate) fn text(fix: &Fix) -> String {
    let mut text = match fix.change {
        Change::Build(options) => format!("Pass {}", options.join(" and ")),
        Change::Push(options) => format!("Push with {}", options.join(" and ")),
        Change::Dockerfile(edit) => edited(edit),
        Change::File(words) | Change::Commands(words, _) | Change::Words(words) | Change::SameBuilder(Some(words)) => {
            words.to_owned()
        }
        Change::SameBuilder(None) => "Build both images with one builder in one version".to_owned(),
        Change::Nothing(why) => format!("Nothing to change: {why}"),
    };
    let since = fix.builder.zip(fix.since);
    let since = since.map(|(builder, since)| format!("{} {since} or later", product(builder.name())));
    let versions: Vec<String> = since.into_iter().chain(fix.also.map(str::to_owned)).collect();
    if !versions.is_empty() {
        text = format!("{text} ({})", versions.join(", "));
    }
    match fix.note {
        Some(note) => format!("{text}; {note}"),
        None => text,
    }
}

fn edited(edit: Edit) -> String {
    match edit {
        Edit::Insert { line, place: Spot::Top } => format!("Begin the Dockerfile with {line}"),
        Edit::Insert { line, place: Spot::EachStage } => {
            format!("Write {line} after the FROM of each stage that has a RUN")
        }
        Edit::Append { run, command } => format!("End {} with && {command}", run.words),
        Edit::Replace { what, with } => format!("Instead of {what} write {with}"),
    }
}

/// How a builder is written where people read it; a report may be of a version that knows others.
pub(super) fn product(name: &str) -> &str {
    match name {
        "buildkit" => "BuildKit",
        "docker" => "Docker",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes;

    fn texts(id: &str) -> Vec<String> {
        causes::find(id).unwrap().remedies.iter().map(|fix| text(fix)).collect()
    }

    #[test]
    fn fixes_are_rendered_from_their_data() {
        assert_eq!(
            texts("config-created-time").get(..3).unwrap(),
            [
                "Pass --build-arg SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct) (BuildKit 0.11 or later)",
                "Pass --source-date-epoch $(git log -1 --pretty=%ct) and --rewrite-timestamp (buildah 1.41 or later, podman 5.6)",
                "Pass --timestamp $(git log -1 --pretty=%ct) (buildah 1.16 or later); it sets every time of the new layers, \
                 also earlier ones; 1.41 has --source-date-epoch instead",
            ]
        );
        assert_eq!(
            texts("machine-id"),
            ["End the RUN that makes it with && : > /etc/machine-id && rm -f /var/lib/dbus/machine-id"]
        );
        assert_eq!(
            texts("pyc-header-mtime").first().unwrap(),
            "Write ARG SOURCE_DATE_EPOCH after the FROM of each stage that has a RUN"
        );
        assert_eq!(
            texts("config-history-command-format").last().unwrap(),
            "Nothing to change: it follows from what the step made, or from the step before"
        );
    }

    #[test]
    fn a_remedy_has_a_fix_where_a_program_could_make_the_change() {
        let remedies: Vec<_> = causes::find("text-build-stamp")
            .unwrap()
            .remedies
            .iter()
            .map(|fix| remedy(fix, &Setting::new([None])))
            .collect();
        let date = remedies.first().unwrap().fix.as_ref().unwrap();
        let edit = model::Edit::Replace { what: "date".to_owned(), with: "date -u -d @$SOURCE_DATE_EPOCH".to_owned() };
        assert_eq!((date.kind, date.edit.as_ref()), (FixKind::Dockerfile, Some(&edit)));
        let needs: Vec<&str> = date.needs.iter().map(|need| need.id.as_str()).collect();
        assert_eq!(needs, ["arg-source-date-epoch"]);
        assert!(remedies.last().unwrap().fix.is_none());
    }
}
