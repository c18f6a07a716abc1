//! The commands that build and push, with the options of a plan.

use crate::causes::{self, Builder, Change};
use crate::report::model::{Fix, FixKind, Report};

/// What exporters are told.
const OUTPUT: &str = "--output type=";

/// Options by what they are for.
pub(super) struct Commands {
    path: String,
    /// For each builder at hand, or none where it is not known.
    builders: Vec<(Option<Builder>, Vec<String>, Vec<String>)>,
    ids: Vec<String>,
}

impl Commands {
    pub(super) fn new(report: &Report, path: &str, fixes: &[&Fix]) -> Self {
        let shown =
            [&report.original, &report.rebuild].map(|image| image.builder.as_ref().map(|known| known.name.as_str()));
        let mut builders: Vec<Option<Builder>> =
            Builder::ALL.into_iter().filter(|builder| shown.contains(&Some(builder.name()))).map(Some).collect();
        if builders.is_empty() {
            builders.push(None);
        }
        let options = fixes.iter().copied().filter(|fix| fix.kind == FixKind::BuildOption && !fix.options.is_empty());
        let options: Vec<&Fix> = options.collect();
        let of = |builder: Option<Builder>| {
            let own = |fix: &&&Fix| fix.builder.is_none() || fix.builder.as_deref() == builder.map(Builder::name);
            let (push, build): (Vec<&Fix>, Vec<&Fix>) =
                options.iter().filter(own).copied().partition(|fix| is_push(fix));
            (builder, joined(&build), joined(&push))
        };
        let builders = builders.into_iter().map(of).collect();
        Commands { path: path.to_owned(), builders, ids: options.iter().map(|fix| fix.id.clone()).collect() }
    }

    /// Whether a fix is one of their options.
    pub(super) fn have(&self, fix: &Fix) -> bool {
        self.ids.contains(&fix.id)
    }

    /// The commands, the file being that of the patch.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (builder, build, push) in &self.builders {
            if !build.is_empty() {
                let options = build.join(" ");
                let file = quoted(&self.path);
                lines.push(match builder {
                    Some(Builder::Buildah) => format!("buildah build {options} --file {file} ."),
                    Some(Builder::Buildkit) => format!("docker buildx build {options} --file {file} ."),
                    Some(Builder::Kaniko) => format!("/kaniko/executor {options} --dockerfile {file} --context ."),
                    Some(Builder::Docker) | None => format!("docker build {options} --file {file} ."),
                });
            }
            if !push.is_empty() {
                let program = if *builder == Some(Builder::Buildah) { "buildah push" } else { "push" };
                lines.push(format!("{program} {} IMAGE DESTINATION", push.join(" ")));
            }
        }
        lines
    }
}

fn is_push(fix: &Fix) -> bool {
    causes::fix_of(&fix.id).is_some_and(|known| matches!(known.change, Change::Push(_)))
}

/// The options of some fixes, each once, and all that the exporter is told in one of them.
fn joined(fixes: &[&Fix]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut output: Vec<String> = Vec::new();
    for option in fixes.iter().flat_map(|fix| &fix.options) {
        if let Some(attributes) = option.strip_prefix(OUTPUT) {
            for attribute in attributes.split(',') {
                let is_new = !output.iter().any(|known| known == attribute);
                // The kind of output is the user's, but for where one fix names it.
                let is_kind = !attribute.contains('=');
                match output.first_mut() {
                    Some(first) if is_kind && first == "…" => attribute.clone_into(first),
                    Some(_) if is_kind => {}
                    _ if is_new => output.push(attribute.to_owned()),
                    _ => {}
                }
            }
        } else if !joined.contains(option) {
            joined.push(option.clone());
        }
    }
    if !output.is_empty() {
        joined.push(format!("{OUTPUT}{}", output.join(",")));
    }
    joined
}

/// A word for a shell.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+:=@%".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
