//! Numbers of any length and precision, compared by value and never through floating point.

use std::str::FromStr;

use serde_json::{Number, Value};

/// Whether two numbers, as JSON writes them, are the same value: `1`, `1.0` and `10e-1` are.
///
/// Exponents beyond 64 bits are compared as they are written.
pub fn same_number(original: &str, rebuild: &str) -> bool {
    if original == rebuild {
        return true;
    }
    match (Decimal::of(original), Decimal::of(rebuild)) {
        (Some(original), Some(rebuild)) => original == rebuild,
        _ => false,
    }
}

/// The value of a number as JSON writes it: whether it is negative, its significant digits without zeros at either end, and
/// the power of ten of the last of them. `None` for exponents beyond 64 bits.
pub fn decimal(text: &str) -> Option<(bool, Vec<u8>, i128)> {
    Decimal::of(text).map(|Decimal { negative, digits, exponent }| (negative, digits, exponent))
}

/// The number as a value that keeps its digits, however many; only an exponent comes out as `e+5` or `e-5`.
pub(super) fn to_value(text: &str) -> Value {
    Number::from_str(text).map_or_else(|_| Value::String(text.to_owned()), Value::Number)
}

/// A value as sign, significant digits without zeros at either end, and the power of ten of the last of them.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i128,
}

impl Decimal {
    fn of(text: &str) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let written = digits.len();
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        let trailing = written - digits.len();
        let leading = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..leading);
        if digits.is_empty() {
            return Some(Decimal { negative: false, digits, exponent: 0 });
        }
        let exponent = i128::from(i64::from_str(exponent).ok()?) + trailing as i128 - fraction.len() as i128;
        Some(Decimal { negative, digits, exponent })
    }
}
