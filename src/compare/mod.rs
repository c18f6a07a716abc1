//! Two images to findings and gaps. Knows nothing about causes.

pub mod alignment;
mod lcs;
pub mod json;
pub mod pairs;
pub mod index;
pub mod manifest;
pub mod config;
pub mod attributes;
pub mod measure;
pub mod contents;
pub mod presence;
pub mod compression;
pub mod tables;
pub mod reread;
pub mod layer;
pub mod merged;
