//! Two images, and what there is of each.

/// Something there is one of for each of the two images.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sides<T> {
    /// Of the image named first.
    pub original: T,
    /// Of the image named second.
    pub rebuild: T,
}

/// One of the two images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The image named first.
    Original,
    /// The image named second.
    Rebuild,
}

impl Side {
    /// Both sides, original first.
    pub const BOTH: [Side; 2] = [Side::Original, Side::Rebuild];

    /// The one that this is not.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Side::Original => Side::Rebuild,
            Side::Rebuild => Side::Original,
        }
    }
}

impl<T> Sides<T> {
    /// Pairs two values.
    pub const fn new(original: T, rebuild: T) -> Self {
        Sides { original, rebuild }
    }

    /// Makes both values with one function.
    pub fn from_fn(mut make: impl FnMut(Side) -> T) -> Self {
        Sides { original: make(Side::Original), rebuild: make(Side::Rebuild) }
    }

    /// Borrows both.
    pub const fn as_ref(&self) -> Sides<&T> {
        Sides { original: &self.original, rebuild: &self.rebuild }
    }

    /// Borrows both mutably.
    pub const fn as_mut(&mut self) -> Sides<&mut T> {
        Sides { original: &mut self.original, rebuild: &mut self.rebuild }
    }

    /// Maps both with one function.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Sides<U> {
        Sides { original: f(self.original), rebuild: f(self.rebuild) }
    }

    /// Pairs up with another pair.
    pub fn zip<U>(self, other: Sides<U>) -> Sides<(T, U)> {
        Sides { original: (self.original, other.original), rebuild: (self.rebuild, other.rebuild) }
    }

    /// The value of one side.
    pub const fn get(&self, side: Side) -> &T {
        match side {
            Side::Original => &self.original,
            Side::Rebuild => &self.rebuild,
        }
    }

    /// The value of one side, mutably.
    pub const fn get_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Original => &mut self.original,
            Side::Rebuild => &mut self.rebuild,
        }
    }

    /// The same pair with the sides exchanged.
    pub fn swapped(self) -> Self {
        Sides { original: self.rebuild, rebuild: self.original }
    }
}

impl<T: PartialEq> Sides<T> {
    /// Whether both values are equal.
    pub fn same(&self) -> bool {
        self.original == self.rebuild
    }
}

impl Sides<bool> {
    /// Whether it holds on both sides.
    pub const fn all(self) -> bool {
        self.original && self.rebuild
    }
}

impl<T> Sides<Option<T>> {
    /// A value on one side only.
    pub fn only(side: Side, value: T) -> Self {
        let mut sides = Sides { original: None, rebuild: None };
        *sides.get_mut(side) = Some(value);
        sides
    }

    /// Both values, where both are there.
    pub fn both(self) -> Option<Sides<T>> {
        Some(Sides { original: self.original?, rebuild: self.rebuild? })
    }
}
