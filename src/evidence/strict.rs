//! JSON that anybody can have written: no larger than it has to be, no key twice, no member that is not known.

use serde::de::DeserializeOwned;

use crate::codec::json::Document;
use crate::error::Unproven;
use crate::limits::Limits;

/// No envelope, bundle or statement that is worth reading is larger.
pub(super) const MOST: usize = 1 << 20;

/// Reads a document.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unproven> {
    if bytes.len() > MOST {
        return Err(Unproven::Size(MOST));
    }
    let document = Document::parse(bytes.into(), &Limits::default());
    let document = document.map_err(|error| Unproven::Malformed(error.detail.to_string()))?;
    serde_json::from_value(document.to_value()).map_err(|error| Unproven::Malformed(error.to_string()))
}
