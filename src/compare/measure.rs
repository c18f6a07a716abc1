//! What differs, measured on the bytes as they are stored, so that findings can be held against it.
//!
//! Nothing here knows what a finding says: only which ranges it is of. Outside of the ranges of all findings two files must
//! have the same bytes in the same order; inside of them bytes are counted one by one where the ranges align, and by the
//! longer side's length where they were resized. What is the same on both sides once it has moved is not counted.

mod cover;
mod intervals;

pub use cover::Cover;
