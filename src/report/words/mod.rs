//! What the program calls things, in every format that people read.

mod dockerfile;
mod errors;
mod gap;

use crate::explain::Claim;
use crate::finding::Aspect;

/// How a claim is written.
pub(super) const fn claim(claim: Claim) -> &'static str {
    match claim {
        Claim::Proven => "proven",
        Claim::Derived => "derived",
        Claim::Attributed => "attributed",
        Claim::Random => "random",
        Claim::Excluded => "excluded",
        Claim::Unexplained => "unexplained",
    }
}

/// How an aspect is written.
pub(super) const fn aspect(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Presence => "there on one side only",
        Aspect::Type => "type",
        Aspect::Mode => "mode",
        Aspect::Uid => "user id",
        Aspect::Gid => "group id",
        Aspect::Uname => "user name",
        Aspect::Gname => "group name",
        Aspect::Mtime => "modification time",
        Aspect::Atime => "access time",
        Aspect::Ctime => "change time",
        Aspect::LinkName => "link target",
        Aspect::Xattr => "extended attribute",
        Aspect::Device => "device numbers",
        Aspect::Order => "order",
        Aspect::Encoding => "encoding",
        Aspect::Compression => "compression",
        Aspect::Size => "size",
        Aspect::Content => "content",
        Aspect::Value => "value",
    }
}
