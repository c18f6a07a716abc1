//! Where the findings of a report lead to in a Dockerfile, and what it says of bases.

use std::collections::BTreeSet;

use crate::dockerfile::{Dockerfile, Keyword};
use crate::finding::Kind;
use crate::fix::{Base, Site};
use crate::image::provenance::ImagePurl;
use crate::report::model::{Finding, Fix, Report, Step};

/// The annotation with the digest of the last stage's base.
const BASE_DIGEST: &str = "/annotations/org.opencontainers.image.base.digest";

/// Where the findings lead to that a fix covers.
pub(super) fn of<'a>(report: &Report, fix: &Fix, file: &Dockerfile, target: usize, bases: &'a [Base]) -> Site<'a> {
    let covered = fix.covers.iter().flat_map(|covers| &covers.causes);
    let causes = covered.filter_map(|id| report.causes.iter().find(|cause| cause.id == *id));
    let steps: Vec<&Step> = causes.flat_map(|cause| cause.steps.original.iter().chain(&cause.steps.rebuild)).collect();
    let nodes: Option<BTreeSet<usize>> = steps.iter().map(|step| node(file, step)).collect();
    Site { target, nodes: nodes.filter(|nodes| !nodes.is_empty()), bases }
}

/// The instruction that made a layer, where the report names its line and it is the one that stands there: a report may be
/// older than the file.
pub(super) fn node(file: &Dockerfile, step: &Step) -> Option<usize> {
    let line = usize::try_from(step.dockerfile.as_ref()?.line).ok()?;
    let node = file.node_at(line).filter(|node| file.nodes()[*node].line == line)?;
    let instruction = file.nodes()[node].instruction()?;
    let said = collapsed(&step.created_by);
    let is_same = match instruction.keyword() {
        Keyword::Run if instruction.heredocs.is_empty() => said.contains(&collapsed(instruction.arguments())),
        Keyword::Run => true,
        keyword => said.contains(keyword.name()),
    };
    is_same.then_some(node)
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Bases that moved, with the digests that the original was built on.
pub(super) fn bases(report: &Report, file: &Dockerfile, target: usize) -> Vec<Base> {
    let of_index = report.index.iter().flat_map(|index| index.findings.iter());
    let mut bases: Vec<Base> = of_index.filter_map(|finding| material(&finding)).collect();
    let root = std::iter::successors(Some(target), |stage| file.base_stage(*stage)).last();
    if let Some(name) = root.and_then(|root| file.base_image(root)) {
        let platforms = report.platforms.iter().flat_map(|platform| platform.findings.iter());
        let annotated = platforms.filter_map(|finding| {
            let is_base =
                finding.location.kind == Kind::Manifest && finding.location.field.as_deref() == Some(BASE_DIGEST);
            let digest = finding.original.as_ref()?.as_str().filter(|_| is_base)?;
            Some(Base { name: name.clone(), digest: digest.to_owned() })
        });
        bases.extend(annotated.collect::<Vec<_>>());
    }
    bases.retain(|base| is_digest(&base.digest));
    bases.dedup();
    bases
}

/// The image that provenance gives another digest on either side.
fn material(finding: &Finding) -> Option<Base> {
    let field = finding.location.field.as_deref()?.strip_suffix("/digest/sha256")?;
    let (list, key) = field.rsplit_once('/')?;
    if !list.ends_with("/materials") && !list.ends_with("/resolvedDependencies") {
        return None;
    }
    let purl = ImagePurl::parse(&key.replace("~1", "/").replace("~0", "~"))?;
    let digest = format!("sha256:{}", finding.original.as_ref()?.as_str()?);
    Some(Base { name: format!("{}:{}", purl.name, purl.tag?), digest })
}

fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
