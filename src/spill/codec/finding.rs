//! Findings and what is shown with them.

use std::borrow::Cow;

use super::{Coded, Cursor, one_byte};
use crate::finding::{
    Aspect, AttestationPlace, Derivation, Diff, DiffForm, Finding, Kind, Location, Of, PartPlace, Role, Secret, Value,
};

one_byte!(Kind { Index, Manifest, Config, Layer, Entry });
one_byte!(Aspect {
    Presence,
    Type,
    Mode,
    Uid,
    Gid,
    Uname,
    Gname,
    Mtime,
    Atime,
    Ctime,
    LinkName,
    Xattr,
    Device,
    Order,
    Encoding,
    Compression,
    Size,
    Content,
    Value,
});
one_byte!(Secret { PrivateKey, PasswordHash, BuildArgument, NamedSecret, HostIdentity });
one_byte!(DiffForm { Text, Hex });
one_byte!(Of { Member, Encoded, Header, File });
one_byte!(Derivation { Checksum, Size, Digest, Offset });

impl Coded for Role {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Role::Payload => out.push(0),
            Role::Header => out.push(1),
            Role::Padding => out.push(2),
            Role::Unparsed => out.push(3),
            Role::Link => out.push(4),
            Role::Encoded => out.push(5),
            Role::Derived { of, kind } => {
                out.push(6);
                of.put(out);
                kind.put(out);
            }
        }
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        let plain = [Role::Payload, Role::Header, Role::Padding, Role::Unparsed, Role::Link, Role::Encoded];
        match u8::take(from)? {
            6 => Some(Role::Derived { of: Coded::take(from)?, kind: Coded::take(from)? }),
            number => plain.get(usize::from(number)).copied(),
        }
    }
}

impl Coded for PartPlace {
    fn put(&self, out: &mut Vec<u8>) {
        let PartPlace { format, name, role, member } = self;
        format.put(out);
        name.put(out);
        role.put(out);
        member.put(out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        let (format, name) = (Coded::take(from)?, Coded::take(from)?);
        Some(PartPlace { format, name, role: Coded::take(from)?, member: Coded::take(from)? })
    }
}

impl Coded for AttestationPlace {
    fn put(&self, out: &mut Vec<u8>) {
        self.platform.put(out);
        self.predicate_type.put(out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(AttestationPlace { platform: String::take(from)?, predicate_type: String::take(from)? })
    }
}

impl Coded for Cow<'static, str> {
    fn put(&self, out: &mut Vec<u8>) {
        super::put_bytes(self.as_bytes(), out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        String::take(from).map(Cow::Owned)
    }
}

impl Coded for Location {
    fn put(&self, out: &mut Vec<u8>) {
        let Location { kind, layer, path, inside, field, range, outer, measured, part, attestation } = self;
        kind.put(out);
        layer.put(out);
        path.put(out);
        inside.put(out);
        field.put(out);
        range.put(out);
        outer.put(out);
        measured.put(out);
        part.put(out);
        attestation.put(out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(Location {
            kind: Coded::take(from)?,
            layer: Coded::take(from)?,
            path: Coded::take(from)?,
            inside: Coded::take(from)?,
            field: Coded::take(from)?,
            range: Coded::take(from)?,
            outer: Coded::take(from)?,
            measured: Coded::take(from)?,
            part: Coded::take(from)?,
            attestation: Coded::take(from)?,
        })
    }
}

impl Coded for Value {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Value::Absent => out.push(0),
            Value::Json(value) => {
                out.push(1);
                value.put(out);
            }
            Value::Bytes(bytes) => {
                out.push(2);
                bytes.put(out);
            }
            Value::Content { sha256, size, secret } => {
                out.push(3);
                sha256.put(out);
                size.put(out);
                secret.put(out);
            }
        }
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(match u8::take(from)? {
            0 => Value::Absent,
            1 => Value::Json(Coded::take(from)?),
            2 => Value::Bytes(Coded::take(from)?),
            3 => Value::Content { sha256: Coded::take(from)?, size: Coded::take(from)?, secret: Coded::take(from)? },
            _ => return None,
        })
    }
}

impl Coded for Finding {
    fn put(&self, out: &mut Vec<u8>) {
        let Finding { location, aspect, values, bytes } = self;
        location.put(out);
        aspect.put(out);
        bytes.put(out);
        values.put(out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(Finding {
            location: Coded::take(from)?,
            aspect: Coded::take(from)?,
            bytes: Coded::take(from)?,
            values: Coded::take(from)?,
        })
    }
}

impl Coded for Diff {
    fn put(&self, out: &mut Vec<u8>) {
        let Diff { form, hunks, cut } = self;
        form.put(out);
        hunks.put(out);
        cut.put(out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(Diff { form: Coded::take(from)?, hunks: Coded::take(from)?, cut: Coded::take(from)? })
    }
}
