//! Values as few bytes, and back without loss: half a million findings as structures take hundreds of megabytes.
//!
//! The form is this program's own and lives as long as one run of it. Numbers are LEB128, texts and bytes follow their
//! length, what may be absent follows a byte that says so.

mod finding;
mod json;

use std::sync::Arc;

use crate::finding::Sides;

/// What can be written as bytes and read back.
pub(crate) trait Coded: Sized {
    /// Appends it.
    fn put(&self, out: &mut Vec<u8>);
    /// Reads it; `None` where the bytes are of something else.
    fn take(from: &mut Cursor<'_>) -> Option<Self>;
}

/// A value as bytes.
pub(crate) fn coded(value: &impl Coded) -> Vec<u8> {
    let mut out = Vec::new();
    value.put(&mut out);
    out
}

/// The bytes that are still to be read.
pub(crate) struct Cursor<'a>(pub(crate) &'a [u8]);

impl<'a> Cursor<'a> {
    fn slice(&mut self, length: usize) -> Option<&'a [u8]> {
        let (slice, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(slice)
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(u64::take(self)?).ok()?;
        self.slice(length)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }
}

pub(crate) fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    (bytes.len() as u64).put(out);
    out.extend_from_slice(bytes);
}

impl Coded for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        from.slice(1)?.first().copied()
    }
}

impl Coded for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            out.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        out.push((rest & 0x7f) as u8);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = u8::take(from)?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}

impl Coded for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        ((self.cast_unsigned() << 1) ^ (self >> 63).cast_unsigned()).put(out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        let number = u64::take(from)?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }
}

macro_rules! through_u64 {
    ($($number:ty),*) => {$(
        impl Coded for $number {
            fn put(&self, out: &mut Vec<u8>) {
                (*self as u64).put(out);
            }

            fn take(from: &mut Cursor<'_>) -> Option<Self> {
                u64::take(from)?.try_into().ok()
            }
        }
    )*};
}

through_u64!(u16, u32, usize);

impl Coded for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        u8::take(from).map(|byte| byte != 0)
    }
}

impl Coded for [u8; 32] {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        from.slice(32)?.try_into().ok()
    }
}

impl Coded for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(self.as_bytes(), out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        from.text().map(str::to_owned)
    }
}

impl Coded for Arc<str> {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(self.as_bytes(), out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        from.text().map(Arc::from)
    }
}

impl Coded for Arc<[u8]> {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(self, out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        from.bytes().map(Arc::from)
    }
}

impl<T: Coded> Coded for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        if bool::take(from)? { T::take(from).map(Some) } else { Some(None) }
    }
}

impl<T: Coded> Coded for Box<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (**self).put(out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        T::take(from).map(Box::new)
    }
}

impl<T: Coded> Coded for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        for item in self {
            item.put(out);
        }
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        let length = usize::take(from)?;
        (0..length).map(|_| T::take(from)).collect()
    }
}

impl<T: Coded, U: Coded> Coded for (T, U) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some((T::take(from)?, U::take(from)?))
    }
}

impl<T: Coded> Coded for Sides<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.original.put(out);
        self.rebuild.put(out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(Sides::new(T::take(from)?, T::take(from)?))
    }
}

/// Makes an enum without fields one byte. The list must name every variant in order of declaration: the compiler and a
/// test hold it.
macro_rules! one_byte {
    ($name:ident { $($variant:ident),* $(,)? }) => {
        impl $crate::spill::codec::Coded for $name {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $($name::$variant)|* => out.push(*self as u8),
                }
            }

            fn take(from: &mut $crate::spill::codec::Cursor<'_>) -> Option<Self> {
                [$($name::$variant),*].get(usize::from(u8::take(from)?)).copied()
            }
        }
    };
}

pub(crate) use one_byte;
