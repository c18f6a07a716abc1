//! reprove compares two builds of a container image and explains every bit in which they differ.
//!
//! # The flow
//!
//! A [`reference`] names an image, a [`dockerfile`] is what one is built from, [`source`] hands out its bytes, [`codec`] takes bytes apart, [`image`] makes immutable views of them (raw beside
//! parsed), [`content`] looks inside files, [`compare`] turns two images into findings and gaps and knows nothing about
//! causes. [`explain`] offers every finding to the [`causes`] and makes a claim only where a cause maps each side alone to
//! the same canonical form. [`canonical`] computes what both images are after that; [`policy`] says which causes are
//! acceptable, [`verdict`] concludes, [`plan`] finds the changes that make findings go away, and [`report`] is all of it as
//! data, with its renderers.
//!
//! A [`Session`] runs all of it for two images, [`compare_images`] in one call. The list of modules below is in that order, and a module imports only from those above it, and from [`finding`].
//!
//! # Invariants
//!
//! - Only `source`, `spill` and the program do I/O, and only `source` and the program read clock and environment. All of
//!   the network is behind `source`, as is the only asynchronous code.
//! - A comparison is symmetric, an image equals itself, and output is the same for any number of threads.
//! - Changing any byte of a blob that the comparison reads gives a finding or a gap of reason `integrity`.
//! - Malformed input never panics and never ends as `identical` or `equivalent`.
//! - Findings are data; text exists only in `report`.

pub mod reference;
pub mod dockerfile;
pub mod digest;
pub mod limits;
pub mod spill;
pub mod error;
pub mod codec;
pub mod source;
pub mod image;
pub mod content;
pub mod compare;
pub mod finding;
pub mod causes;
pub mod explain;
pub mod canonical;
pub mod policy;
pub mod verdict;
pub mod plan;
pub mod report;

mod session;

pub use session::{Extracted, Options, Session, compare_images};
