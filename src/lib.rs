//! reprove compares two builds of a container image and explains every bit in which they differ.
//!
//! # The flow
//!
//! A [`reference`] names an image, a [`dockerfile`] is what one is built from, [`source`] hands out its bytes, [`codec`]
//! takes bytes apart, [`image`] makes immutable views of them (raw beside parsed), [`content`] looks inside files,
//! [`compare`] turns two images into findings and gaps and knows nothing about causes. [`explain`] offers every finding to
//! the [`causes`] and makes a claim only where a cause maps each side alone to the same canonical form. `canonical` computes
//! what both images are after that; [`policy`] says which causes are acceptable, [`verdict`] concludes, [`plan`] finds the
//! changes that make findings go away, [`fix`] makes those of them in the user's Dockerfile that a program can make, and
//! [`report`] is all of it as data, with its renderers, and [`evidence`] states it so that others can check it. [`lint`]
//! looks at one Dockerfile alone.
//!
//! A [`Session`] runs all of it for two images, [`compare_images`] in one call: it alone schedules platforms, layers and
//! threads. The list of modules below is in that order, and a module imports only from those above it, and from
//! [`finding`].
//!
//! # Use as a library
//!
//! Open two images with [`Session::open`] (or [`Session::of`], with blobs of any kind), say with [`Options`] what of them
//! is compared, and have a [`Report`] made of the [`Explanation`] under a [`Policy`]: its [`Verdict`] is the answer, and
//! [`report`] has the formats. What stops a run is an [`Error`]; what could not be looked at is in the report.
//!
//! # Invariants
//!
//! - Only `source`, `spill` and the program do I/O, and only `source` and the program read clock and environment. All of
//!   the network is behind `source`, as is the only asynchronous code.
//! - A comparison is symmetric, an image equals itself, and output is the same for any number of threads.
//! - Changing any byte of a blob that the comparison reads gives a finding or a gap of reason `integrity`.
//! - Malformed input never panics and never ends as `identical` or `equivalent`.
//! - Findings are data; text exists only in `report`.

// The order of dependency. What is hidden is open to the program, the tests, the benchmarks and the fuzz targets, which
// are crates of their own; nothing of it is promised to anybody else.
pub mod reference;
pub mod dockerfile;
pub mod digest;
pub mod limits;
#[doc(hidden)]
pub mod spill;
pub mod error;
#[doc(hidden)]
pub mod codec;
pub mod source;
#[doc(hidden)]
pub mod image;
#[doc(hidden)]
pub mod content;
#[doc(hidden)]
pub mod compare;
pub mod finding;
pub mod causes;
pub mod explain;
mod canonical;
pub mod policy;
pub mod verdict;
pub mod plan;
pub mod fix;
pub mod report;
pub mod evidence;
mod session;
pub mod lint;

pub use error::{Error, Result};
pub use explain::{Claim, Explanation};
pub use finding::Sides;
pub use limits::Limits;
pub use policy::{Date, Policy};
pub use report::Report;
pub use session::{Extracted, Options, Session, compare_images};
pub use source::progress::Progress;
pub use source::{Access, Opened};
pub use verdict::{Rung, Verdict};
