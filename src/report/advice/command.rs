//! The commands that build and push, with the options of a plan.

use crate::causes::{self, Builder, Change};
use crate::report::model::{Fix, Report};

/// What exporters are told.
const OUTPUT: &str = "--output type=";

/// Options by what they are for.
pub(super) struct Commands {
    path: String,
    /// For each builder at hand, or none where it is not known.
    builders: Vec<(Option<Builder>, Vec<String>, Vec<String>)>,
    ids: Vec<&'static str>,
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
        // The options are those of this program, not what somebody may have written into a report.
        let known: Vec<&causes::Fix> = fixes.iter().filter_map(|fix| causes::fix_of(&fix.id)).collect();
        let options = |builder: Option<Builder>, of: fn(&Change) -> &'static [&'static str]| {
            let own = known.iter().filter(|fix| fix.builder.is_none() || fix.builder == builder);
            joined(own.flat_map(|fix| of(&fix.change)))
        };
        let of = |builder| (builder, options(builder, build), options(builder, push));
        let builders = builders.into_iter().map(of).collect();
        let is_option = |fix: &&&causes::Fix| matches!(fix.change, Change::Build(_) | Change::Push(_));
        Commands { path: path.to_owned(), builders, ids: known.iter().filter(is_option).map(|fix| fix.id).collect() }
    }

    /// Whether a fix is one of their options.
    pub(super) fn have(&self, fix: &Fix) -> bool {
        self.ids.contains(&fix.id.as_str())
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

const fn build(change: &Change) -> &'static [&'static str] {
    match change {
        Change::Build(options) => options,
        _ => &[],
    }
}

const fn push(change: &Change) -> &'static [&'static str] {
    match change {
        Change::Push(options) => options,
        _ => &[],
    }
}

/// Options, each once, and all that the exporter is told in one of them.
fn joined<'a>(options: impl Iterator<Item = &'a &'static str>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut output: Vec<String> = Vec::new();
    for option in options {
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
        } else if !joined.iter().any(|known| known == option) {
            joined.push((*option).to_owned());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_exporter_is_told_is_one_option() {
        let options = [
            "--output type=…,oci-mediatypes=true",
            "--build-arg A=1",
            "--output type=oci,dest=FILE,rewrite-timestamp=true",
            "--build-arg A=1",
            "--output type=…,oci-mediatypes=true",
        ];
        let expected = ["--build-arg A=1", "--output type=oci,oci-mediatypes=true,dest=FILE,rewrite-timestamp=true"];
        assert_eq!(joined(options.iter()), expected);
    }

    #[test]
    fn paths_are_words_of_a_shell() {
        assert_eq!(quoted("a/Dockerfile"), "a/Dockerfile");
        assert_eq!(quoted("it's $x"), "'it'\\''s $x'");
    }
}
