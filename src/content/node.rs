//! A file taken apart: which bytes are what, and no content.

use std::borrow::Cow;
use std::sync::Arc;

use crate::finding::{Aspect, Derivation, Range, Role, Secret, Value};
use crate::spill::Content;

/// A file taken apart: a partition of its bytes into parts.
#[derive(Debug, Clone)]
pub struct Node {
    /// The format, as the decoder's module is named.
    pub format: &'static str,
    /// The parts in the order of their ranges: every byte of the file is in exactly one.
    pub parts: Vec<Part>,
    /// The files inside the file. Parts name them by their position here.
    pub members: Vec<Member>,
    /// How members and parts belong together.
    pub shape: Shape,
    /// How parts are divided that consist of fields.
    pub split: Option<Split>,
}

/// The fields that a part of a node consists of, by the bytes of the part, in order; none where it is a field itself. An
/// archive of many members has few parts for each of them: only those that differ are divided.
pub type Split = fn(&Node, &Part, &[u8]) -> Vec<Part>;

/// How the members and parts of a format belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// There are no members; `order` is the field of findings that say that the parts come in another sequence.
    Fields {
        /// `rows`, `lines` or `fields`.
        order: &'static str,
    },
    /// One file, encoded as a whole. Where it cannot be decoded, the file is bytes.
    Envelope,
    /// Files by name.
    Archive {
        /// Whether the order of the members has a meaning: readers that take the first or the last of a name, or one after
        /// another.
        ordered: bool,
    },
}

/// A run of bytes with a meaning of its own. Its key is the member that it is about, its name, and how many of both came
/// before it: the n-th is compared with the n-th.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its name in the format.
    pub name: Cow<'static, str>,
    /// The member that it is about, by its position in [`Node::members`].
    pub member: Option<usize>,
    /// What it is to the file.
    pub role: Role,
    /// Where it is in the file, separators included.
    pub range: Range,
    /// What its bytes mean; `None` where the bytes themselves are the value.
    pub value: Option<Value>,
    /// What about the file differs where this part does.
    pub aspect: Aspect,
    /// Set where the value must not be shown.
    pub secret: Option<Secret>,
}

/// A file inside a file. Its bytes are those of the parts of role [`Role::Encoded`] that are about it, one after another;
/// [`Node::open`] decodes them.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name in the outer file.
    pub name: Arc<[u8]>,
    /// From the first to the last byte of the parts that encode it.
    pub range: Range,
    /// How each of those parts is encoded.
    pub coding: Coding,
    /// What the outer file says of the decoded bytes: what does not come out so is not opened.
    pub check: Check,
    /// Whether the cost of its decoded bytes was taken when the outer file was taken apart, because it took decoding to
    /// find out where it ends.
    pub counted: bool,
    /// Whether the time of this member, or one that is recorded in it, decides what runs: a source that is there with what
    /// was compiled from it, and the other way round.
    pub coupled: bool,
}

/// How the bytes of a member are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coding {
    /// As they are.
    Stored,
    /// Raw deflate (RFC 1951).
    Deflate,
    /// xz, one stream or more.
    Xz,
    /// bzip2, one stream or more.
    Bzip2,
    /// zstd, one frame or more.
    Zstd,
    /// By a method of zip that cannot be decoded here.
    Unknown(u16),
}

/// What is recorded of the decoded bytes of a member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Check {
    /// Their number.
    pub size: Option<u64>,
    /// Their CRC-32 (ISO 3309).
    pub crc32: Option<u32>,
}

/// What is at hand of one side's file where something in it differs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place<'a> {
    /// The innermost file, taken apart.
    pub node: Option<&'a Node>,
    /// The part of it that differs.
    pub part: Option<&'a Part>,
    /// SHA-256 of what the member holds that the part is about, where it was opened and holds the same on both sides.
    pub member_sha256: Option<[u8; 32]>,
    /// What the innermost file is to the file around it.
    pub around: Option<&'a Member>,
}

impl Node {
    /// A file without members, of parts that are fields.
    pub const fn of_fields(format: &'static str, parts: Vec<Part>) -> Self {
        Node { format, parts, members: Vec::new(), shape: Shape::Fields { order: "fields" }, split: None }
    }

    /// The fields that a part consists of, in order; none where it is a field itself.
    pub fn fields(&self, part: &Part, file: &Content) -> Vec<Part> {
        let divided = |split: Split| Some(split(self, part, &part.of(file)?));
        self.split.and_then(divided).unwrap_or_default()
    }

    /// The parts that encode a member, in order.
    pub fn encoded(&self, member: usize) -> impl Iterator<Item = &Part> {
        let range = self.members.get(member).map_or((0, 0), |member| member.range);
        let first = self.parts.partition_point(|part| part.range.0 < range.0);
        let inside = self.parts.iter().skip(first).take_while(move |part| part.range.0 <= range.1);
        inside.filter(move |part| part.role == Role::Encoded && part.member == Some(member))
    }

    /// The field of findings that say that parts come in another sequence.
    pub const fn order_field(&self) -> &'static str {
        match self.shape {
            Shape::Fields { order } => order,
            Shape::Envelope => "fields",
            Shape::Archive { .. } => "members",
        }
    }

    /// The field of findings of a part: in an archive, with the name of the member that it is about.
    pub fn field(&self, part: &Part) -> Cow<'static, str> {
        let member = part.member.and_then(|member| self.members.get(member));
        match (self.shape, member) {
            (Shape::Archive { .. }, Some(member)) => {
                format!("{}[{}]", part.name, String::from_utf8_lossy(&member.name)).into()
            }
            _ => part.name.clone(),
        }
    }
}

impl Member {
    /// A member of which nothing is recorded.
    pub fn new(name: impl Into<Arc<[u8]>>, range: Range, coding: Coding) -> Self {
        Member { name: name.into(), range, coding, check: Check::default(), counted: false, coupled: false }
    }

    /// The one member of a file that was decoded to find out where its parts are; `None` where none of them encodes it.
    pub(super) fn of(parts: &[Part], name: Vec<u8>, coding: Coding) -> Option<Self> {
        let mut encoded = parts.iter().filter(|part| part.role == Role::Encoded);
        let first = encoded.next()?.range;
        let last = encoded.next_back().map_or(first, |part| part.range);
        Some(Member { counted: true, ..Member::new(name, (first.0, last.1), coding) })
    }
}

impl Part {
    /// A part that is about no member, whose bytes are its value.
    pub fn new(name: impl Into<Cow<'static, str>>, role: Role, range: Range) -> Self {
        let aspect = match role {
            Role::Encoded => Aspect::Compression,
            Role::Derived { kind: Derivation::Size, .. } => Aspect::Size,
            _ => Aspect::Content,
        };
        Part { name: name.into(), member: None, role, range, value: None, aspect, secret: None }
    }

    /// The same part, about a member.
    #[must_use]
    pub const fn about(mut self, member: usize) -> Self {
        self.member = Some(member);
        self
    }

    /// The same part with a decoded value.
    #[must_use]
    pub fn with_value(mut self, value: Value) -> Self {
        self.value = Some(value);
        self
    }

    /// The same part with another aspect.
    #[must_use]
    pub const fn with_aspect(mut self, aspect: Aspect) -> Self {
        self.aspect = aspect;
        self
    }

    /// The bytes of the part in the file it was decoded from; `None` where the range is not in `file`, cannot be read, or is
    /// long and not in memory.
    pub fn of<'a>(&self, file: &'a Content) -> Option<Cow<'a, [u8]>> {
        file.slice(self.range)
    }

    /// The same of a file that is in memory; empty where the range is not in `file`.
    pub fn bytes<'a>(&self, file: &'a [u8]) -> &'a [u8] {
        slice(file, self.range)
    }
}

/// The range of bytes from one position to another.
pub(super) const fn range(start: usize, end: usize) -> Range {
    (start as u64, end as u64)
}

/// The bytes of `file` in `range`; empty where it is not in there.
pub fn slice(file: &[u8], range: Range) -> &[u8] {
    let bounds = usize::try_from(range.0).ok().zip(usize::try_from(range.1).ok());
    bounds.and_then(|(start, end)| file.get(start..end)).unwrap_or(&[])
}
