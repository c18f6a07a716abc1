//! Scopes: which findings a cause may be asked about, as data. A table ([`super::Table`]) leads each finding to the causes
//! that it is in the scope of, and a test lists where scopes overlap.

use super::pattern::{fits, fits_any};
use super::shape::keys::{is_map, key_of, variable};
use super::shape::provenance::{matches, member};
use crate::finding::{Aspect, Finding, Kind, Location, Role};

/// A set of findings: those for which all of it holds. The scope of a cause is the union of its places.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The kinds of object.
    pub kinds: &'static [Kind],
    /// What differs.
    pub aspects: &'static [Aspect],
    /// For what is above the platforms, whose document.
    pub document: Whose,
    /// The field of the object.
    pub field: Field,
    /// The path of the entry, as entries have it.
    pub path: Path,
    /// Whether members of archives that are files of the image count.
    pub inside: Inside,
    /// What no other member of this type can tell, asked last; whoever sets it says why.
    pub when: Option<fn(&Finding) -> bool>,
}

/// The document of the index that something is in.
#[derive(Debug, Clone, Copy)]
pub enum Whose {
    /// Whichever.
    Any,
    /// That of the index or image itself.
    Own,
    /// The manifest of an attestation.
    Attestation,
    /// Neither a statement of an attestation nor anything in one.
    Listed,
    /// A statement whose predicate type begins with one of these.
    Statement(&'static [&'static str]),
}

/// The field that something is in. Patterns are those of [`super::pattern`].
#[derive(Debug, Clone, Copy)]
pub enum Field {
    /// Whichever, or none.
    Any,
    /// None: the object as a whole.
    Whole,
    /// One that fits one of these patterns.
    Like(&'static [&'static str]),
    /// None, or any but these.
    Except(&'static [&'static str]),
    /// All labels or annotations of something.
    Labels,
    /// A label or annotation with one of these keys.
    Label(Names),
    /// An environment variable with one of these names.
    Variable(Names),
    /// A member of SLSA provenance that fits one of these patterns, in which words in capitals stand for what both
    /// versions have ([`super::shape::provenance`]).
    Member(&'static [&'static str]),
    /// A part of a file taken apart whose name in the format fits one of these patterns.
    Part {
        /// The format.
        format: &'static str,
        /// The names, without the member that they are about.
        names: &'static [&'static str],
    },
    /// A part of a file taken apart that follows from other bytes of the file.
    Derived,
}

/// Names of members of a map, as patterns.
#[derive(Debug, Clone, Copy)]
pub enum Names {
    /// As they are.
    Like(&'static [&'static str]),
    /// Without regard to case; the patterns are in small letters.
    InAnyCase(&'static [&'static str]),
}

/// The path of a file, in patterns.
#[derive(Debug, Clone, Copy)]
pub enum Path {
    /// Whichever, or none.
    Any,
    /// One that fits one of these.
    Like(&'static [&'static str]),
    /// One whose last component fits one of these.
    Named(&'static [&'static str]),
    /// One that fits one of these; in an archive, the name that the innermost file has there.
    Innermost(&'static [&'static str]),
}

/// Whether something is in a member of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inside {
    /// Either.
    Any,
    /// It is not.
    No,
    /// In a member of a file of the image, and of no other.
    Once,
}

/// That a value differs, or is there on one side only.
pub(in crate::causes) const VALUE: &[Aspect] = &[Aspect::Value, Aspect::Presence];

impl Place {
    /// Anything in an index, or in an attestation of one.
    pub const INDEX: Place = Place {
        kinds: &[Kind::Index],
        aspects: &Aspect::ALL,
        document: Whose::Any,
        field: Field::Any,
        path: Path::Any,
        inside: Inside::Any,
        when: None,
    };
    /// Anything in a manifest.
    pub const MANIFEST: Place = Place { kinds: &[Kind::Manifest], ..Place::INDEX };
    /// Anything in a config.
    pub const CONFIG: Place = Place { kinds: &[Kind::Config], ..Place::INDEX };
    /// Anything in a layer that is in no entry.
    pub const LAYER: Place = Place { kinds: &[Kind::Layer], ..Place::INDEX };
    /// Anything in an entry.
    pub const ENTRY: Place = Place { kinds: &[Kind::Entry], ..Place::INDEX };
    /// Stored bytes: of a layer, or of a file in one.
    pub const STORED: Place = Place {
        kinds: &[Kind::Layer, Kind::Entry],
        aspects: &[Aspect::Content, Aspect::Encoding, Aspect::Compression, Aspect::Size],
        ..Place::INDEX
    };
    /// An entry that one side has not.
    pub const ONE_SIDED: Place = Place { aspects: &[Aspect::Presence], field: Field::Whole, ..Place::ENTRY };
    /// The content of an entry that is compared as a whole.
    pub const WHOLE_FILE: Place =
        Place { aspects: &[Aspect::Content], field: Field::Whole, inside: Inside::No, ..Place::ENTRY };

    /// Whether a finding is in it.
    pub fn holds(&self, finding: &Finding) -> bool {
        let location = &finding.location;
        self.kinds.contains(&location.kind)
            && self.aspects.contains(&finding.aspect)
            && self.field.holds(location)
            && self.path.holds(location)
            && self.document.holds(location)
            && self.inside.holds(location)
            && self.when.is_none_or(|when| when(finding))
    }
}

impl Whose {
    fn holds(self, location: &Location) -> bool {
        let statement = location.attestation.as_ref().map(|place| place.predicate_type.as_str());
        match self {
            Whose::Any => true,
            Whose::Own => statement.is_none(),
            Whose::Attestation => statement == Some(""),
            Whose::Listed => statement.unwrap_or("").is_empty(),
            Whose::Statement(types) => {
                statement.is_some_and(|statement| types.iter().any(|begin| statement.starts_with(begin)))
            }
        }
    }
}

impl Field {
    fn holds(self, location: &Location) -> bool {
        let field = location.field_name();
        match self {
            Field::Any => true,
            Field::Whole => location.field.is_none(),
            Field::Like(patterns) => fits_any(patterns, field.as_bytes()),
            Field::Except(names) => !names.contains(&field),
            Field::Labels => is_map(location),
            Field::Label(names) => key_of(location).is_some_and(|key| names.hold(&key)),
            Field::Variable(names) => variable(location).is_some_and(|name| names.hold(name)),
            Field::Member(patterns) => {
                member(location).is_some_and(|member| patterns.iter().any(|pattern| matches(pattern, member)))
            }
            Field::Part { format, names } => {
                let part = location.part.as_ref().filter(|part| part.format == format);
                part.is_some_and(|part| fits_any(names, part.name.as_bytes()))
            }
            Field::Derived => location.role().is_some_and(Role::is_derived),
        }
    }
}

impl Names {
    fn hold(self, name: &str) -> bool {
        match self {
            Names::Like(patterns) => fits_any(patterns, name.as_bytes()),
            Names::InAnyCase(patterns) => fits_any(patterns, name.to_ascii_lowercase().as_bytes()),
        }
    }
}

impl Path {
    fn holds(self, location: &Location) -> bool {
        let path = location.path_bytes();
        match self {
            Path::Any => true,
            Path::Like(patterns) => fits_any(patterns, path),
            Path::Named(patterns) => {
                let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
                patterns.iter().any(|pattern| fits(pattern, name))
            }
            Path::Innermost(patterns) => fits_any(patterns, location.inside.last().map_or(path, |name| name)),
        }
    }
}

impl Inside {
    fn holds(self, location: &Location) -> bool {
        match self {
            Inside::Any => true,
            Inside::No => location.inside.is_empty(),
            Inside::Once => location.inside.len() == 1,
        }
    }
}

/// The first column of a table of patterns, for those that have more to say of each.
pub(in crate::causes) const fn patterns<T: Copy, const N: usize>(rows: &[(&'static str, T)]) -> [&'static str; N] {
    let mut patterns = [""; N];
    let mut row = 0;
    while row < N {
        patterns[row] = rows[row].0;
        row += 1;
    }
    patterns
}
