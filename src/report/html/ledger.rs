//! Where the differing bytes of a platform went, as a bar with words.

use std::io::{self, Write};

use super::text;
use crate::report::Platform;
use crate::report::text::headline::platform_name;
use crate::report::text::number::{count, grouped};

/// Width of the bar, in units of the picture.
const WIDTH: u64 = 1000;

/// The bar; nothing where no bytes differ.
pub(super) fn write(platform: &Platform<'_>, to: &mut impl Write) -> io::Result<()> {
    let ledger = &platform.ledger;
    if ledger.differing_bytes == 0 {
        return Ok(());
    }
    let share = u128::from(ledger.claimed_bytes) * u128::from(WIDTH) / u128::from(ledger.differing_bytes.max(1));
    let mut claimed = u64::try_from(share).unwrap_or(WIDTH).min(WIDTH);
    // Not one byte that is unexplained may vanish.
    if ledger.unexplained_bytes > 0 {
        claimed = claimed.min(WIDTH - 8);
    }
    let words = format!(
        "{}: {} differ, {} explained, {} unexplained",
        platform_name(&platform.platform),
        count(ledger.differing_bytes, "byte"),
        grouped(ledger.claimed_bytes),
        grouped(ledger.unexplained_bytes)
    );
    let words = text(&words);
    writeln!(
        to,
        "<figure><svg viewBox=\"0 0 {WIDTH} 16\" role=\"img\" aria-label=\"{words}\"><rect class=\"claimed\" width=\"{claimed}\" \
         height=\"16\"/><rect class=\"rest\" x=\"{claimed}\" width=\"{}\" height=\"16\"/></svg><figcaption>{words}</figcaption></figure>",
        WIDTH - claimed
    )
}
