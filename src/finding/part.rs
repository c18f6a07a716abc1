//! What a part is to the file that it is a part of.

use std::borrow::Cow;
use std::sync::Arc;

/// What a part of a file is to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// What the file is there for: code, a row, a line.
    Payload,
    /// What the format says of the file or of a member: a magic number, a name, a time, a mode.
    Header,
    /// Bytes that stand for nothing: they fill.
    Padding,
    /// Bytes that the decoder does not understand.
    Unparsed,
    /// What a member that is a link leads to.
    Link,
    /// Bytes of the member that the part is about, as the member is encoded.
    Encoded,
    /// What follows from other bytes of the same file.
    Derived {
        /// Which bytes.
        of: Of,
        /// In which way.
        kind: Derivation,
    },
}

/// The bytes that a derived part follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Of {
    /// Those of the member that the part is about, decoded.
    Member,
    /// Those of the member that the part is about, as they are in the file.
    Encoded,
    /// The other parts of the header that the part is in.
    Header,
    /// All of the file: where its parts are, and how many.
    File,
}

/// In which way a derived part follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Derivation {
    /// A number that detects accidents, and can be made to be anything.
    Checksum,
    /// The number of bytes, or of things.
    Size,
    /// A cryptographic hash.
    Digest,
    /// A place in the file.
    Offset,
}

/// The part of a file taken apart that a finding is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartPlace {
    /// The format of the file.
    pub format: Cow<'static, str>,
    /// The part's name in the format: the location's field, less the member.
    pub name: Cow<'static, str>,
    /// What it is to the file.
    pub role: Role,
    /// The member that it is about.
    pub member: Option<Arc<[u8]>>,
}

impl Role {
    /// What follows from the bytes of the member that the part is about.
    pub const fn of_member(kind: Derivation) -> Self {
        Role::Derived { of: Of::Member, kind }
    }

    /// What follows from the file as a whole.
    pub const fn of_file(kind: Derivation) -> Self {
        Role::Derived { of: Of::File, kind }
    }

    /// Whether it follows from other bytes.
    pub const fn is_derived(self) -> bool {
        matches!(self, Role::Derived { .. })
    }

    /// Whether its bytes give away those of the member that it is about.
    pub const fn gives_away_member(self) -> bool {
        let told = matches!(
            self,
            Role::Derived { of: Of::Member | Of::Encoded, kind: Derivation::Checksum | Derivation::Digest }
        );
        told || matches!(self, Role::Encoded)
    }
}
