//! What builders write down of the files that a step copies: a digest of them, times aside (Docker's tarsum, buildah's
//! `digester.go`). The classic builder takes a layer in place of a step by it (`--cache-from`, `isValidConfig` of its image
//! cache), so that another digest is no wording, unless something of what was copied is another.

use std::collections::BTreeSet;

use crate::causes::copied_by_digest;
use crate::finding::{Aspect, Finding, Kind, Sides};
use crate::image::load::Image;

/// Aspects of an entry that no digest covers.
const UNCOVERED: [Aspect; 6] =
    [Aspect::Mtime, Aspect::Atime, Aspect::Ctime, Aspect::Encoding, Aspect::Order, Aspect::Size];

/// The layers of the original image in which more than times is another.
#[derive(Default)]
pub(super) struct Copied(BTreeSet<Option<u32>>);

impl Copied {
    /// Takes note of a finding.
    pub(super) fn note(&mut self, finding: &Finding) {
        if finding.location.kind == Kind::Entry && !UNCOVERED.contains(&finding.aspect) {
            self.0.insert(finding.location.layer.original);
        }
    }

    /// Whether a finding is of two digests of what one step copied, and nothing shows why they differ.
    pub(super) fn contradict(&self, finding: &Finding, images: Sides<&Image>) -> bool {
        let digests = finding.values.as_ref().map(|value| value.as_str().and_then(copied_by_digest));
        let differ = finding.location.kind == Kind::Config && digests.both().is_some_and(|digests| !digests.same());
        differ && !self.explain(finding.location.field_name(), images.original)
    }

    /// Whether the layer of the step at a field has other files; where it is not known which that is, any of them.
    fn explain(&self, field: &str, image: &Image) -> bool {
        let number = field.strip_prefix("/history/").and_then(|rest| rest.split('/').next());
        let step: Option<usize> = number.and_then(|number| number.parse().ok());
        let mut layers = (0..).take(image.layers.len());
        let layer = step.and_then(|step| layers.find(|layer| image.config.history_of_layer(*layer) == Some(step)));
        match layer {
            Some(layer) => self.0.contains(&Some(layer)) || self.0.contains(&None),
            None => !self.0.is_empty(),
        }
    }
}
