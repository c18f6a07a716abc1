//! Entries of layers that do not show in the tree.

use crate::causes::scope::{Field, Place};
use crate::compare::merged::HIDDEN;
use crate::finding::Aspect;

/// An entry that a later layer hides.
pub(in crate::causes) const HIDDEN_ENTRY: Place =
    Place { aspects: &[Aspect::Presence], field: Field::Like(&[HIDDEN]), ..Place::ENTRY };
