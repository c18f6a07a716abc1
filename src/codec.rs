//! Bytes to structure and back, without meaning: what a document or stream holds, whatever it is about.

pub mod ar;
pub mod compression;
pub mod documents;
pub mod fault;
pub mod json;
pub mod tar;
pub mod time;
pub(crate) mod unseen;
pub mod zip;
