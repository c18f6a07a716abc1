//! Node.js and what is built for browsers.

pub(super) mod npm_cacache_index;
pub(super) mod npm_debug_log;
