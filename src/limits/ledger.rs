//! A share of the budget while it is spent: by many threads, as if by one.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::budget::{Bound, FIELD, HELD, PART};

/// Files that were not looked into, by what kept them from it.
pub type Refused = [u64; Bound::ALL.len()];

/// What a share was spent on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    /// The cost.
    pub spent: u64,
    /// What was too much.
    pub refused: Refused,
    /// Whether the share ran out.
    pub out: bool,
}

impl Account {
    fn add(&mut self, other: Account) {
        self.spent = self.spent.saturating_add(other.spent);
        self.out |= other.out;
        for (count, more) in self.refused.iter_mut().zip(other.refused) {
            *count += more;
        }
    }
}

/// A share, and the turns in which it is spent.
#[derive(Debug)]
pub struct Ledger {
    share: u64,
    books: Mutex<Books>,
    settled: Condvar,
}

#[derive(Debug, Default)]
struct Books {
    /// The number of the first turn that is not settled.
    next: u64,
    /// What the turns before it came to.
    account: Account,
    /// The turns from `next` on.
    open: VecDeque<Open>,
}

#[derive(Debug)]
enum Open {
    /// What it may cost at most.
    Bound(u64),
    Settled(Account),
}

impl Ledger {
    /// A share of which nothing is spent.
    pub fn new(share: u64) -> Self {
        Ledger { share, books: Mutex::default(), settled: Condvar::new() }
    }

    /// The next turn in order, for something that costs `bound` at most. Those behind it may wait until it is dropped.
    pub fn announce(&self, bound: u64) -> Turn<'_> {
        let mut books = self.books();
        let number = books.next + books.open.len() as u64;
        books.open.push_back(Open::Bound(bound));
        Turn { ledger: self, number, account: Account::default() }
    }

    /// What was spent in the turns that are over.
    pub fn account(&self) -> Account {
        self.books().account
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    fn settle(&mut self, share: u64) {
        while let Some(Open::Settled(account)) = self.open.front() {
            self.account.add(*account);
            // Where it ran out, it ran out for all that comes behind.
            if account.out {
                self.account.spent = share;
            }
            self.next += 1;
            self.open.pop_front();
        }
    }

    /// What may have been spent before this turn, at most; the flag says that it is known exactly.
    fn before(&self, number: u64) -> (u64, bool) {
        let ahead = usize::try_from(number - self.next).unwrap_or(usize::MAX);
        let cost = |open: &Open| match open {
            Open::Bound(bound) => *bound,
            Open::Settled(account) if account.out => u64::MAX,
            Open::Settled(account) => account.spent,
        };
        (self.open.iter().take(ahead).map(cost).fold(self.account.spent, u64::saturating_add), ahead == 0)
    }
}

/// The right to spend, in order.
#[derive(Debug)]
pub struct Turn<'a> {
    ledger: &'a Ledger,
    number: u64,
    account: Account,
}

impl Turn<'_> {
    /// The room there is for something that may cost `wanted`. Where the turns before might not leave as much, this waits
    /// until it is known what they came to.
    fn room(&self, wanted: u64) -> u64 {
        if self.account.out {
            return 0;
        }
        let Ledger { share, settled, .. } = self.ledger;
        let mut books = self.ledger.books();
        loop {
            let (before, exact) = books.before(self.number);
            let room = share.saturating_sub(before.saturating_add(self.account.spent));
            if exact || wanted <= room {
                return room.min(wanted);
            }
            books = settled.wait(books).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut books = self.ledger.books();
        let ahead = usize::try_from(self.number - books.next).unwrap_or(usize::MAX);
        if let Some(open) = books.open.get_mut(ahead) {
            *open = Open::Settled(self.account);
        }
        books.settle(self.ledger.share);
        drop(books);
        self.ledger.settled.notify_all();
    }
}

/// What looking into one pair of files may still cost, at whatever depth.
#[derive(Debug)]
pub struct Meter<'a, 'l> {
    turn: Option<&'a mut Turn<'l>>,
    /// What is left of what the two files may cost for themselves, and what says so.
    left: (u64, Bound),
}

impl<'a, 'l> Meter<'a, 'l> {
    /// For files of which each may cost so much, in a turn.
    pub fn new(turn: &'a mut Turn<'l>, allowances: [(u64, Bound); 2]) -> Self {
        Meter { turn: Some(turn), ..Meter::alone(allowances) }
    }

    /// For files that belong to no pair of layers.
    pub fn alone([one, other]: [(u64, Bound); 2]) -> Self {
        Meter { turn: None, left: (one.0.saturating_add(other.0), one.1.max(other.1)) }
    }

    /// Does work that keeps within the room that it gets; `None` where it would not.
    pub fn measured<T>(&mut self, work: impl FnOnce(&Room) -> T) -> Option<T> {
        let (left, bound) = self.left;
        let room = Room::new(self.turn.as_ref().map_or(left, |turn| turn.room(left)));
        let done = work(&room);
        if !room.is_overrun() {
            let spent = room.taken();
            self.left.0 -= spent;
            if let Some(turn) = &mut self.turn {
                turn.account.spent = turn.account.spent.saturating_add(spent);
            }
            return Some(done);
        }
        // How far it came depends on which of the files came first, so that it counts as having cost all that it might.
        if let Some(turn) = &mut self.turn {
            turn.account.out |= room.full < left;
            let bound = if turn.account.out { Bound::Share } else { bound };
            turn.account.spent = turn.account.spent.saturating_add(left);
            if let Some(count) = turn.account.refused.get_mut(bound as usize) {
                *count += 1;
            }
        }
        self.left.0 = 0;
        None
    }
}

/// Room for work, as long as it lasts.
#[derive(Debug)]
pub struct Room {
    full: u64,
    left: Cell<u64>,
    overrun: Cell<bool>,
}

impl Room {
    /// So much.
    pub const fn new(full: u64) -> Self {
        Room { full, left: Cell::new(full), overrun: Cell::new(false) }
    }

    /// As much as is wanted.
    pub const fn endless() -> Self {
        Room::new(u64::MAX)
    }

    /// Takes room; `None` where there is less.
    pub fn take(&self, cost: u64) -> Option<()> {
        let rest = self.left.get().checked_sub(cost);
        match rest {
            Some(rest) => self.left.set(rest),
            None => self.overrun.set(true),
        }
        rest.map(drop)
    }

    /// Takes room for parts of a file.
    pub fn take_parts(&self, count: usize) -> Option<()> {
        self.take(PART.saturating_mul(count as u64))
    }

    /// Takes room for parts or members of an archive, which are held until all of it is compared.
    pub fn take_held(&self, count: usize) -> Option<()> {
        self.take(HELD.saturating_mul(count as u64))
    }

    /// Takes room for fields, which are dropped again.
    pub fn take_fields(&self, count: usize) -> Option<()> {
        self.take(FIELD.saturating_mul(count as u64))
    }

    /// What is left.
    pub const fn left(&self) -> u64 {
        self.left.get()
    }

    /// Whether more was to be taken than there was.
    pub const fn is_overrun(&self) -> bool {
        self.overrun.get()
    }

    /// What was taken.
    pub fn taken(&self) -> u64 {
        self.full - self.left.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What files cost, in batches, and which of them were refused.
    fn spend(share: u64, batches: &[Vec<u64>], threads: usize) -> (Account, Vec<Vec<bool>>) {
        let ledger = Ledger::new(share);
        let turns: Vec<_> =
            batches.iter().map(|batch| ledger.announce(batch.iter().map(|cost| cost + 3).sum())).collect();
        let work = Mutex::new(turns.into_iter().zip(batches).enumerate());
        let refused = Mutex::new(vec![Vec::new(); batches.len()]);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let Some((number, (mut turn, batch))) = work.lock().unwrap().next() else { return };
                        for cost in batch {
                            let mut meter = Meter::new(&mut turn, [(*cost + 1, Bound::Ratio), (2, Bound::Nested)]);
                            let done = meter.measured(|room| room.take(*cost));
                            refused.lock().unwrap()[number].push(done.is_none());
                        }
                    }
                });
            }
        });
        (ledger.account(), refused.into_inner().unwrap())
    }

    proptest! {
        #[test]
        fn a_share_runs_out_at_one_place_for_any_number_of_threads(
            share in 0u64..300, batches in prop::collection::vec(prop::collection::vec(0u64..40, 0..5), 0..12),
        ) {
            let one = spend(share, &batches, 1);
            prop_assert!(one.0.spent <= share);
            let mut rest = Some(share);
            for (cost, refused) in batches.iter().flatten().zip(one.1.iter().flatten()) {
                rest = rest.and_then(|rest| rest.checked_sub(*cost));
                prop_assert_eq!(*refused, rest.is_none() && *cost > 0);
            }
            for threads in [2, 5] {
                prop_assert_eq!(&spend(share, &batches, threads), &one);
            }
        }
    }

    #[test]
    fn what_is_too_much_for_a_file_leaves_the_share_to_others() {
        let ledger = Ledger::new(1000);
        let mut turn = ledger.announce(1000);
        let mut meter = Meter::new(&mut turn, [(10, Bound::Expansion), (20, Bound::Ratio)]);
        assert_eq!(meter.measured(|room| room.take(11).map(|()| room.taken())), Some(Some(11)));
        assert_eq!(meter.measured(|room| [room.take(15), room.take(5)]), None);
        assert_eq!(meter.measured(|room| room.take(1)), None, "the file has had all that it may cost");
        let mut other = Meter::new(&mut turn, [(10, Bound::Expansion); 2]);
        assert!(other.measured(|room| room.take(20)).is_some());
        drop(turn);
        let mut refused = Refused::default();
        refused[Bound::Ratio as usize] = 2;
        assert_eq!(ledger.account(), Account { spent: 50, refused, out: false });
    }

    #[test]
    fn a_turn_that_ends_in_a_panic_lets_the_others_go_on() {
        let ledger = Ledger::new(10);
        let (first, second) = (ledger.announce(10), ledger.announce(10));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(move || second.room(10));
            let panicked = scope.spawn(move || {
                let _turn = first;
                panic!("as it must");
            });
            assert!(panicked.join().is_err());
            assert_eq!(waiting.join().unwrap(), 10);
        });
    }
}
