//! What is said of a file that is not looked at, and of comments that suppress nothing: `report` knows neither.

use std::fmt::{self, Display, Formatter};

use super::{MOST, Unfit, Wrong};

impl Display for Unfit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::TooLong => write!(f, "the file has more than {MOST} instructions"),
            Unfit::NoStage(name) => write!(f, "there is no stage {name:?}"),
        }
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::NoReason => f.write_str("a suppression has to say why: write # reprove: ignore=RULE reason: WHY"),
            Wrong::UnknownRule(id) => write!(f, "there is no rule {id:?} (reprove lint --rules lists them)"),
            Wrong::Malformed => {
                f.write_str("write # reprove: ignore=RULE[,RULE] reason: WHY, or ignore-file at the top of the file")
            }
            Wrong::TooLate => f.write_str("ignore-file stands above the first instruction"),
        }
    }
}
