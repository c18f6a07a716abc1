//! Bytes to structure and back, without meaning: what a document or stream holds, whatever it is about.

pub mod documents;
pub mod json;
pub mod time;
