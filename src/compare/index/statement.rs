//! Arrays inside in-toto statements that are sets in truth, and the members that identify their elements.

use crate::compare::alignment::{Alignment, Containers, by_key_of};
use crate::finding::Sides;
use crate::image::json::Node;
use crate::image::provenance::material_key;

/// Name of an array, and the members that identify an element of it.
const KEYS: &[(&str, &[&str])] = &[
    // SLSA provenance v1 and v0.2; besides see below
    ("llbDefinition", &["id"]),
    // SPDX
    ("packages", &["SPDXID"]),
    ("files", &["SPDXID"]),
    ("relationships", &["spdxElementId", "relationshipType", "relatedSpdxElement"]),
    // CycloneDX
    ("components", &["bom-ref"]),
    ("dependencies", &["ref"]),
];

/// Arrays of the inputs of a build in SLSA provenance v1 and v0.2.
const MATERIALS: &[&str] = &["/predicate/buildDefinition/resolvedDependencies", "/predicate/materials"];

/// Matches the elements of known sets by what identifies them, where every element has it.
pub(super) struct StatementLists;

impl Containers for StatementLists {
    fn align(&self, pointer: &str, elements: Sides<&[Node]>) -> Option<Alignment> {
        if MATERIALS.contains(&pointer) {
            return by_key_of(elements, |node| node.member("uri")?.as_str().map(material_key));
        }
        if pointer.ends_with("/exec/meta/env") {
            return by_key_of(elements, |node| Some(node.as_str()?.split('=').next()?.to_owned()));
        }
        let (_, name) = pointer.rsplit_once('/')?;
        let (_, members) = KEYS.iter().find(|(array, _)| *array == name)?;
        by_key_of(elements, |node| {
            let parts = members.iter().map(|member| node.member(member)?.as_str());
            Some(parts.collect::<Option<Vec<_>>>()?.join(" "))
        })
    }
}
