//! What a comparison says: findings and gaps, as data.
//!
//! A *finding* is one aspect that differs at one location; a *gap* is a place that could not be looked at. Neither
//! carries display text and neither knows why it is there: causes are claimed later, in `explain`.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod coded;
mod detail;
mod part;
mod secret;
mod sides;

pub(crate) use coded::coded;
pub use detail::{
    BadAr, BadArchive, BadBlob, BadGzip, BadGzipHeader, BadJson, BadRecord, BadStream, BadSyntax, BadTar, BadValue,
    BadZip, BadZstd, Detail, FileKind, Listed, Object, Obstacle, Overdone, TarPart, Uncompared, Unexplainable, Unfit,
    Unread, UnreadFile,
};
pub use part::{Derivation, Of, PartPlace, Role};
pub use secret::Secret;
pub use sides::{Side, Sides};

/// The kind of object a location is in, in document order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Kind {
    /// The image index, the platform sets, attestation manifests.
    Index,
    /// The image manifest.
    Manifest,
    /// The image configuration.
    Config,
    /// A layer as a whole: its compression, its tar stream outside entries.
    Layer,
    /// A tar entry of a layer, its content included.
    Entry,
}

/// A place inside an attestation manifest of an index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttestationPlace {
    /// The platform of the image that the attestation is about, as `os/architecture[/variant]`.
    pub platform: String,
    /// The in-toto predicate type of the statement, empty for the manifest itself.
    pub predicate_type: String,
}

/// The field of a finding of bytes that differ and that no other finding is of.
pub const UNCOVERED: &str = "uncovered";

/// A byte range, end exclusive.
pub type Range = (u64, u64);

/// Where a finding or gap is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The kind of object.
    pub kind: Kind,
    /// Layer indexes counted from 0 at the base; for layers, entries, and what in manifest or config stands for a layer.
    pub layer: Sides<Option<u32>>,
    /// The entry's name without leading `./` or `/`, nothing else changed.
    pub path: Option<Arc<[u8]>>,
    /// Members of nested archives, outermost first.
    pub inside: Vec<Arc<[u8]>>,
    /// The field of a decoded format; a JSON pointer (RFC 6901) for JSON documents, with keys in place of positions where
    /// a list is compared by key (environment variables).
    pub field: Option<Cow<'static, str>>,
    /// Byte ranges in the innermost file or blob.
    pub range: Sides<Option<Range>>,
    /// Byte ranges in the outermost file, for what is in the content of one: the same for what is in no member of it, else
    /// from the first to the last byte that encodes that member.
    pub outer: Sides<Option<Range>>,
    /// How many of the stored bytes there differ, those that count in other findings aside; `None` where all that the
    /// finding is of does, as it is on one side only.
    pub measured: Option<u64>,
    /// The part that the field is, where the file is taken apart.
    pub part: Option<Box<PartPlace>>,
    /// Set for places inside attestation manifests.
    pub attestation: Option<Box<AttestationPlace>>,
}

impl Location {
    /// A location of this kind and nothing more.
    pub const fn new(kind: Kind) -> Self {
        Location {
            kind,
            layer: Sides::new(None, None),
            path: None,
            inside: Vec::new(),
            field: None,
            range: Sides::new(None, None),
            outer: Sides::new(None, None),
            measured: None,
            part: None,
            attestation: None,
        }
    }

    /// A field of a document of this kind.
    pub fn field_of(kind: Kind, field: impl Into<Cow<'static, str>>) -> Self {
        Location::new(kind).with_field(field)
    }

    /// The same location narrowed to a field.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same location with byte ranges.
    #[must_use]
    pub fn with_range(mut self, range: Sides<Option<Range>>) -> Self {
        self.range = range;
        self
    }

    /// The same location in a pair of layers.
    #[must_use]
    pub fn in_layer(mut self, layer: Sides<Option<u32>>) -> Self {
        self.layer = layer;
        self
    }

    /// The same location at an entry.
    #[must_use]
    pub fn at_path(mut self, path: Arc<[u8]>) -> Self {
        self.path = Some(path);
        self
    }

    /// The role of the part, where it is one.
    pub fn role(&self) -> Option<Role> {
        self.part.as_ref().map(|part| part.role)
    }

    /// The field's name, empty where there is none.
    pub fn field_name(&self) -> &str {
        self.field.as_deref().unwrap_or("")
    }

    /// The entry's path as bytes, empty where there is none.
    pub fn path_bytes(&self) -> &[u8] {
        self.path.as_deref().unwrap_or(b"")
    }
}

/// What about a location differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Aspect {
    /// It is there on one side only.
    Presence,
    /// The entry's type.
    Type,
    /// Permission and set-id bits.
    Mode,
    /// Numeric owner.
    Uid,
    /// Numeric group.
    Gid,
    /// Owner name.
    Uname,
    /// Group name.
    Gname,
    /// Modification time.
    Mtime,
    /// Access time.
    Atime,
    /// Status change or creation time.
    Ctime,
    /// Target of a hard or symbolic link.
    LinkName,
    /// An extended attribute.
    Xattr,
    /// Device numbers.
    Device,
    /// The sequence of things whose set is equal.
    Order,
    /// The same value written in other bytes.
    Encoding,
    /// The same content compressed to other bytes.
    Compression,
    /// A length that follows from a content.
    Size,
    /// Bytes of a file or of a layer outside its entries.
    Content,
    /// A value of a document.
    Value,
}

impl Aspect {
    /// All of them, in order.
    pub const ALL: [Aspect; Aspect::Value as usize + 1] = [
        Aspect::Presence,
        Aspect::Type,
        Aspect::Mode,
        Aspect::Uid,
        Aspect::Gid,
        Aspect::Uname,
        Aspect::Gname,
        Aspect::Mtime,
        Aspect::Atime,
        Aspect::Ctime,
        Aspect::LinkName,
        Aspect::Xattr,
        Aspect::Device,
        Aspect::Order,
        Aspect::Encoding,
        Aspect::Compression,
        Aspect::Size,
        Aspect::Content,
        Aspect::Value,
    ];
}

/// What one side holds at a location. Raw: what must not be shown is withheld when a report is made of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Nothing there on this side.
    Absent,
    /// A JSON value, or a number or text of a decoded field.
    Json(serde_json::Value),
    /// Bytes of a field, at most a few KiB.
    Bytes(Arc<[u8]>),
    /// A longer run of bytes, by digest.
    Content {
        /// SHA-256 of the bytes.
        sha256: [u8; 32],
        /// Their number.
        size: u64,
        /// Set where the digest itself could be used to guess a secret.
        secret: Option<Secret>,
    },
}

impl Value {
    /// A text value.
    pub fn text(text: impl Into<String>) -> Self {
        Value::Json(serde_json::Value::String(text.into()))
    }

    /// A number.
    pub fn number(number: impl Into<serde_json::Number>) -> Self {
        Value::Json(serde_json::Value::Number(number.into()))
    }

    /// Bytes: as text where they are printable ASCII, else as bytes.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) if bytes.iter().all(|byte| (0x20..0x7f).contains(byte)) => Value::text(text),
            _ => Value::Bytes(bytes.into()),
        }
    }

    /// The text, where this is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Json(serde_json::Value::String(text)) => Some(text),
            _ => None,
        }
    }
}

/// One aspect that differs at one location.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Where.
    pub location: Location,
    /// What differs.
    pub aspect: Aspect,
    /// What the two sides hold.
    pub values: Sides<Value>,
    /// Differing bytes: the longer side's length of the differing field.
    pub bytes: u64,
}

impl Finding {
    /// The side that has an entry, where that is the finding: the other has none of the name.
    pub fn entry_on_one_side(&self) -> Option<Side> {
        let location = &self.location;
        let is_whole = location.kind == Kind::Entry && location.field.is_none() && location.inside.is_empty();
        let has = self.values.as_ref().map(|value| *value != Value::Absent);
        let side = if has.original { Side::Original } else { Side::Rebuild };
        (is_whole && self.aspect == Aspect::Presence && !has.same()).then_some(side)
    }

    /// Whether it is of a time that a file has or gets: that of an entry, or one that an archive or a packed file in an entry
    /// gives to whoever unpacks it.
    pub fn is_of_time(&self) -> bool {
        let packed = || {
            // The name of the member stands behind that of its field.
            let field = self.location.field_name().split('[').next().and_then(|field| field.rsplit_once('.'));
            field.is_some_and(|(_, name)| matches!(name, "mtime" | "atime" | "ctime"))
        };
        self.location.kind == Kind::Entry && (matches!(self.aspect, Aspect::Mtime | Aspect::Atime) || packed())
    }
}

/// Why a place could not be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum GapReason {
    /// A cap of the limits table.
    Limit,
    /// Bytes that do not follow their format.
    Malformed,
    /// A format, algorithm or feature that is not understood.
    Unsupported,
    /// A blob that is not there.
    Missing,
    /// Bytes that do not have the size or digest their descriptor or config promises.
    Integrity,
}

/// A place that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Where.
    pub location: Location,
    /// Why.
    pub reason: GapReason,
    /// What was in the way: it names the blob and the place, and no side.
    pub detail: Detail,
}

/// What differs in an unexplained content, with context. Mirrors when the sides are swapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// How the lines are written.
    pub form: DiffForm,
    /// The places that differ, in order; cut off at the limit of lines.
    pub hunks: Vec<Sides<Vec<String>>>,
    /// Whether places were left out.
    pub cut: bool,
}

/// How a [`Diff`] is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum DiffForm {
    /// Lines of text.
    Text,
    /// Rows of a hex dump, each opening with its offset.
    Hex,
}
