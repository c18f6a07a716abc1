//! The findings of one entry, and which of them a size or checksum there follows from.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::spans::From;
use crate::finding::{Aspect, Derivation, Location, Of as PartOf, Role, Sides};

/// The findings of one entry, or one finding of something else.
pub(in crate::explain) struct Group {
    /// The position of the first.
    pub(in crate::explain) start: usize,
    members: Vec<Member>,
    /// What was looked for before.
    found: RefCell<BTreeMap<Wanted, Arc<[usize]>>>,
    /// The members by the file that they are in or about: an archive has thousands of those.
    order: OnceCell<Vec<usize>>,
}

/// What is to be known of a finding of a group. One path may come hundreds of thousands of times in a layer, so that this
/// is a seventh of a location.
struct Member {
    layer: Sides<Option<u32>>,
    aspect: Aspect,
    /// Whether it is of the tar header, its checksums aside.
    in_header: bool,
    /// What it is in the file that was taken apart.
    role: Option<Role>,
    /// The files that it is in and the one that it is about, for what is not of the entry itself.
    files: Option<Box<Files>>,
}

#[derive(Default)]
struct Files {
    inside: Vec<Arc<[u8]>>,
    member: Option<Arc<[u8]>>,
}

/// Findings of a group that others follow from, by what they are of.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    layer: Sides<Option<u32>>,
    of: Of,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    /// The header of the entry.
    Header,
    /// A file, all that is in it included.
    File(Vec<Arc<[u8]>>),
    /// What a member of a file holds.
    Member(Vec<Arc<[u8]>>),
    /// The same, or how it is encoded.
    Encoded(Vec<Arc<[u8]>>),
    /// The header that is about a member of a file, or about the file.
    PartHeader(Vec<Arc<[u8]>>, Option<Arc<[u8]>>),
    /// The same, and what the member holds: its size is in the header.
    Block(Vec<Arc<[u8]>>, Arc<[u8]>),
    /// Nothing that could be named.
    Nothing,
}

impl Group {
    /// A group whose first finding is to be at this position.
    pub(in crate::explain) const fn new(start: usize) -> Self {
        Group { start, members: Vec::new(), found: RefCell::new(BTreeMap::new()), order: OnceCell::new() }
    }

    /// Takes in the next finding.
    pub(in crate::explain) fn push(&mut self, location: &Location, aspect: Aspect) {
        self.members.push(Member::new(location, aspect));
    }

    /// The positions of its findings.
    pub(in crate::explain) const fn positions(&self) -> Range<usize> {
        self.start..self.start + self.members.len()
    }

    /// What the finding of a size or checksum at a position follows from.
    pub(super) fn content(&self, position: usize, location: &Location) -> From {
        self.wanted(position, Wanted { layer: location.layer, of: Of::behind(location) })
    }

    /// What the finding of a header's checksum at a position follows from.
    pub(super) fn header(&self, position: usize, location: &Location) -> From {
        self.wanted(position, Wanted { layer: location.layer, of: Of::Header })
    }

    /// The findings that the one at a position follows from, at its entry, on both sides. They are looked for once for
    /// all that follow from the same.
    fn wanted(&self, position: usize, wanted: Wanted) -> From {
        let mut found = self.found.borrow_mut();
        let positions = found.entry(wanted).or_insert_with_key(|wanted| {
            let holds = |member: &Member| member.layer == wanted.layer && wanted.of.holds(member);
            let file = wanted.of.file();
            let all = self.at(&file).filter(|member| self.members.get(*member).is_some_and(holds));
            let mut positions: Vec<usize> = all.map(|member| self.start + member).collect();
            positions.sort_unstable();
            positions.into()
        });
        From::Some(match positions.binary_search(&position) {
            // Nothing follows from itself.
            Ok(_) => positions.iter().copied().filter(|other| *other != position).collect(),
            Err(_) => positions.clone(),
        })
    }

    /// The findings in or about a file, and in or about all that is in it.
    fn at(&self, file: &[Arc<[u8]>]) -> impl Iterator<Item = usize> {
        let names = |member: &usize| self.members.get(*member).into_iter().flat_map(Member::names);
        let order = self.order.get_or_init(|| {
            let mut order: Vec<usize> = (0..self.members.len()).collect();
            order.sort_by(|one, other| names(one).cmp(names(other)));
            order
        });
        let first = order.partition_point(|member| names(member).lt(file));
        order.iter().skip(first).take_while(move |member| names(member).take(file.len()).eq(file)).copied()
    }
}

impl Member {
    fn new(location: &Location, aspect: Aspect) -> Self {
        let member = location.part.as_ref().and_then(|part| part.member.clone());
        let of_entry = location.inside.is_empty() && member.is_none();
        Member {
            layer: location.layer,
            aspect,
            in_header: in_header(location, aspect),
            role: location.role(),
            files: (!of_entry).then(|| Box::new(Files { inside: location.inside.clone(), member })),
        }
    }

    fn inside(&self) -> &[Arc<[u8]>] {
        self.files.as_ref().map_or(&[], |files| &files.inside)
    }

    /// The file that it is about.
    fn about(&self) -> Option<&Arc<[u8]>> {
        self.files.as_ref().and_then(|files| files.member.as_ref())
    }

    /// The files around it, and the one that it is about.
    fn names(&self) -> impl Iterator<Item = &Arc<[u8]>> {
        self.inside().iter().chain(self.about())
    }
}

impl Of {
    /// The innermost file that all of it is in or about.
    fn file(&self) -> Vec<Arc<[u8]>> {
        match self {
            Of::Header | Of::Nothing | Of::PartHeader(_, None) => Vec::new(),
            Of::File(inside) | Of::Member(inside) | Of::Encoded(inside) => inside.clone(),
            Of::PartHeader(inside, Some(member)) | Of::Block(inside, member) => {
                [&inside[..], std::slice::from_ref(member)].concat()
            }
        }
    }

    fn holds(&self, other: &Member) -> bool {
        match self {
            Of::Header => other.in_header,
            Of::File(inside) if inside.is_empty() && matches!(other.aspect, Aspect::Type | Aspect::LinkName) => true,
            Of::File(inside) | Of::Member(inside) => contents(inside, other),
            Of::Encoded(inside) => contents(inside, other) || encodes(inside, other),
            Of::PartHeader(inside, member) => {
                let in_header = matches!(other.role, Some(Role::Header | Role::Link));
                in_header && other.inside() == inside && other.about() == member.as_ref()
            }
            Of::Block(inside, member) => {
                let within = [&inside[..], std::slice::from_ref(member)].concat();
                Of::PartHeader(inside.clone(), Some(member.clone())).holds(other) || contents(&within, other)
            }
            Of::Nothing => false,
        }
    }

    /// What the finding of a size or checksum follows from: of the part of a file that it is, or of the entry.
    fn behind(location: &Location) -> Self {
        let inside = location.inside.clone();
        let Some(part) = &location.part else { return Of::File(inside) };
        let within = |member: &Arc<[u8]>| [&inside[..], std::slice::from_ref(member)].concat();
        match (part.role, &part.member) {
            (Role::Derived { of: PartOf::Member, .. }, Some(member)) => Of::Member(within(member)),
            (Role::Derived { of: PartOf::Encoded, .. }, Some(member)) => Of::Encoded(within(member)),
            (Role::Derived { of: PartOf::Header, kind: Derivation::Checksum }, Some(member)) => {
                Of::Block(inside, member.clone())
            }
            (Role::Derived { of: PartOf::Header, .. }, member) => Of::PartHeader(inside, member.clone()),
            (Role::Derived { of: PartOf::File, .. }, _) => Of::File(inside),
            _ => Of::Nothing,
        }
    }
}

/// Whether a finding is of the content of the file `inside`, or of one that is in there, and follows from nothing else in
/// it.
fn contents(inside: &[Arc<[u8]>], other: &Member) -> bool {
    let of_file = match other.aspect {
        Aspect::Content | Aspect::Compression | Aspect::Order => true,
        Aspect::Size | Aspect::Encoding => other.role.is_some(),
        Aspect::Presence => !other.inside().is_empty(),
        _ => false,
    };
    of_file && other.inside().starts_with(inside) && !other.role.is_some_and(Role::is_derived)
}

/// Whether a finding is of the bytes that encode the member `inside`.
fn encodes(inside: &[Arc<[u8]>], other: &Member) -> bool {
    let Some((member, around)) = inside.split_last() else { return false };
    other.role == Some(Role::Encoded) && other.inside() == around && other.about() == Some(member)
}

/// Whether a finding is of a tar header, its checksums aside.
fn in_header(other: &Location, aspect: Aspect) -> bool {
    let field = other.field_name();
    other.inside.is_empty()
        && other.part.is_none()
        && !matches!(aspect, Aspect::Content | Aspect::Compression)
        && !field.ends_with("chksum")
        && field != "pax.header.size"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Kind, PartPlace};

    /// A part of an archive, about one of its members.
    fn part_of(inside: &[&str], name: &'static str, role: Role, member: &str) -> Location {
        let mut location = Location::new(Kind::Entry).at_path((&b"a.zip"[..]).into()).with_field(name);
        location.inside = inside.iter().map(|name| name.as_bytes().into()).collect();
        let member = Some(member.as_bytes().into()).filter(|_| !member.is_empty());
        location.part = Some(Box::new(PartPlace { format: "zip".into(), name: name.into(), role, member }));
        location
    }

    #[test]
    fn a_checksum_follows_from_its_own_member_alone() {
        let crc32 = Role::of_member(Derivation::Checksum);
        let encoded_size = Role::Derived { of: PartOf::Encoded, kind: Derivation::Size };
        let members = [
            (part_of(&[], "crc32", crc32, "one"), Aspect::Content),
            (part_of(&[], "crc32", crc32, "two"), Aspect::Content),
            (part_of(&[], "crc32", crc32, "three"), Aspect::Content),
            (part_of(&[], "crc32", crc32, ""), Aspect::Content),
            (part_of(&[], "mtime", Role::Header, "two"), Aspect::Content),
            (part_of(&[], "data", Role::Encoded, "two"), Aspect::Compression),
            (part_of(&[], "size", encoded_size, "two"), Aspect::Size),
            (part_of(&["one"], "text", Role::Payload, ""), Aspect::Content),
            (part_of(&["one"], "crc32", crc32, "three"), Aspect::Content),
            (part_of(&["one", "three"], "mtime", Role::Header, ""), Aspect::Content),
            (part_of(&[], "offset", Role::of_file(Derivation::Offset), "two"), Aspect::Content),
        ];
        let mut group = Group::new(0);
        members.iter().for_each(|(location, aspect)| group.push(location, *aspect));
        let layer = Sides::new(None, None);
        let from = |position: usize| {
            let of = Of::behind(&members[position].0);
            match group.wanted(position, Wanted { layer, of }) {
                From::Some(positions) => positions.to_vec(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(from(0), [7, 9], "what is in the member, however deep, and follows from nothing else");
        assert!(from(1).is_empty(), "neither its header nor how it is compressed");
        assert!(from(2).is_empty(), "a member of the name in another archive");
        assert!(from(3).is_empty(), "a member that goes by no name of its own");
        assert_eq!(from(6), [5]);
        assert_eq!(from(8), [9]);
        assert_eq!(from(10), [4, 5, 7, 9]);
    }

    #[test]
    fn what_follows_from_the_same_shares_one_list() {
        let at = |field: &'static str| Location::new(Kind::Entry).at_path((&b"a"[..]).into()).with_field(field);
        // A path that comes a thousand times in one layer: of each entry the checksum, the size and the time differ.
        let fields =
            [("header.chksum", Aspect::Encoding), ("header.mtime", Aspect::Mtime), ("header.size", Aspect::Size)];
        let members = fields.into_iter().flat_map(|(field, aspect)| vec![(at(field), aspect); 1000]);
        let mut group = Group::new(5);
        members.for_each(|(location, aspect)| group.push(&location, aspect));
        let wanted = |position| {
            let layer = Sides::new(None, None);
            match group.wanted(position, Wanted { layer, of: Of::Header }) {
                From::Some(positions) => positions,
                other => panic!("{other:?}"),
            }
        };
        let first = wanted(5);
        assert_eq!(first.iter().copied().collect::<Vec<_>>(), (1005..3005).collect::<Vec<_>>());
        assert!((5..1005).all(|position| Arc::ptr_eq(&wanted(position), &first)));
        // A path may come hundreds of thousands of times.
        assert!(size_of::<Member>() <= 32, "{}", size_of::<Member>());
        // What is in the list does not follow from itself.
        assert_eq!(wanted(1005).len(), 1999);
    }
}
