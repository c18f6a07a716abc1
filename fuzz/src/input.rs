//! Input taken apart from its start: what is left out counts as zero, so that every input means something.

/// Bytes that decide what a target does.
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// The next two bytes, little endian.
    pub fn short(&mut self) -> usize {
        usize::from(self.byte()) | usize::from(self.byte()) << 8
    }

    /// A number below `count`; 0 where that is none.
    pub fn below(&mut self, count: usize) -> usize {
        let number = if count > 256 { self.short() } else { usize::from(self.byte()) };
        number % count.max(1)
    }

    /// The next bytes, of which the first says how many they are.
    pub fn piece(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.0.len());
        let (piece, rest) = self.0.split_at(length);
        self.0 = rest;
        piece
    }

    /// The rest in two parts; the first three bytes say where they part.
    pub fn halves(mut self) -> (&'a [u8], &'a [u8]) {
        let at = self.short() | usize::from(self.byte()) << 16;
        self.0.split_at(at % (self.0.len() + 1))
    }

    /// Whether all of it was taken.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
