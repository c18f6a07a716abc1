//! Two manifests to findings.

use super::alignment::{Alignment, Containers};
use super::json::compare_documents;
use super::pairs::LayerPairs;
use crate::finding::{Finding, Kind, Location, Sides};
use crate::image::json::Node;
use crate::image::manifest::Manifest;
use crate::limits::Limits;

/// Compares two manifests. Layer descriptors follow the layer pairs; where the split into layers differs, the
/// descriptors of the merged layers are one finding at `/layers`, whose values are their numbers.
pub fn compare_manifests(
    original: &Manifest,
    rebuild: &Manifest,
    layer_pairs: &LayerPairs,
    limits: &Limits,
) -> Vec<Finding> {
    let documents = Sides::new(&original.document, &rebuild.document);
    compare_documents(&Location::new(Kind::Manifest), documents, &ManifestLists { layer_pairs }, limits)
}

struct ManifestLists<'a> {
    layer_pairs: &'a LayerPairs,
}

impl Containers for ManifestLists<'_> {
    fn align(&self, pointer: &str, elements: Sides<&[Node]>) -> Option<Alignment> {
        (pointer == "/layers").then(|| self.layer_pairs.align(elements.map(<[Node]>::len)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::pairs::pair_layers;
    use crate::digest::Digest;
    use crate::finding::{Aspect, Value};
    use crate::image::json::Document;

    fn manifest(layers: &[&str]) -> Manifest {
        let descriptor =
            |text: &&str| format!(r#"{{"digest":"{}","size":{}}}"#, Digest::of(text.as_bytes()), text.len());
        let layers: Vec<String> = layers.iter().map(descriptor).collect();
        let json = format!(r#"{{"schemaVersion":2,"config":{},"layers":[{}]}}"#, descriptor(&"c"), layers.join(","));
        let limits = Limits::default();
        let document = Document::parse(json.as_bytes().into(), &limits).unwrap();
        Manifest::read(document, &limits).unwrap()
    }

    fn compare(original: &[&str], rebuild: &[&str]) -> Vec<Finding> {
        let ids = Sides::new(original, rebuild).map(|layers| layers.iter().map(|l| Digest::of(l.as_bytes())).collect());
        let pairs = pair_layers(ids.as_ref().map(Vec::as_slice));
        compare_manifests(&manifest(original), &manifest(rebuild), &pairs, &Limits::default())
    }

    #[test]
    fn layers_are_compared_pair_by_pair() {
        let findings = compare(&["base", "app"], &["base", "apple"]);
        let places: Vec<_> = findings.iter().map(|f| (f.location.field_name(), f.location.layer, f.aspect)).collect();
        let layer = Sides::new(Some(1), Some(1));
        assert_eq!(places, [("/layers/1/digest", layer, Aspect::Value), ("/layers/1/size", layer, Aspect::Value)]);
    }

    #[test]
    fn another_split_is_one_finding() {
        let findings = compare(&["base", "1", "2", "top"], &["base", "12", "top"]);
        let [finding] = findings.as_slice() else { panic!("{findings:?}") };
        assert_eq!(finding.location.field_name(), "/layers");
        let number = |count: u32| Value::Json(serde_json::json!({ "layers": count }));
        assert_eq!(finding.values, Sides::new(number(2), number(1)));
        let range = finding.location.range.original.unwrap();
        assert_eq!(finding.bytes, range.1 - range.0);
    }

    #[test]
    fn a_layer_more_is_one_finding() {
        let findings = compare(&["base"], &["base", "more"]);
        let [finding] = findings.as_slice() else { panic!("{findings:?}") };
        assert_eq!(finding.location.range.original, None);
        assert!(finding.bytes > 0);
    }

    #[test]
    fn an_image_equals_itself() {
        assert_eq!(compare(&["base", "app"], &["base", "app"]), []);
    }
}
