//! Where the findings are, as areas: a rectangle for each directory, two names deep.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::text;
use crate::explain::Claim;
use crate::report::Report;
use crate::report::text::canvas::shorten;
use crate::report::text::headline::sections;
use crate::report::text::number::count;

/// The picture, in units of itself.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 420.0;
/// Rectangles of their own; the rest is one.
const MOST: usize = 60;
/// Units that a character of a label takes.
const CHARACTER: f64 = 7.0;

#[derive(Default)]
struct Area {
    findings: u64,
    /// Findings that are not accepted.
    open: u64,
}

struct Rectangle {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// The map; nothing where nothing differs.
pub(super) fn write(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    let areas = areas(report);
    if areas.is_empty() {
        return Ok(());
    }
    writeln!(to, "<section>\n<h2 id=\"map\">Map</h2>\n<figure>")?;
    writeln!(
        to,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"map\" aria-describedby=\"map-words\">"
    )?;
    let whole = Rectangle { x: 0.0, y: 0.0, width: WIDTH, height: HEIGHT };
    #[expect(clippy::cast_precision_loss, reason = "areas of a picture")]
    let sizes: Vec<f64> = areas.iter().map(|(_, area)| area.findings as f64).collect();
    for ((name, area), place) in areas.iter().zip(squarified(&sizes, whole)) {
        write_area(name, area, &place, to)?;
    }
    writeln!(to, "</svg>")?;
    writeln!(
        to,
        "<figcaption id=\"map-words\">Findings by directory; a thick border where some are not accepted.</figcaption>\n</figure>\n</section>"
    )
}

/// The largest first, and what is left of them.
fn areas(report: &Report<'_>) -> Vec<(String, Area)> {
    let mut all: BTreeMap<String, Area> = BTreeMap::new();
    for finding in
        sections(report).flat_map(|findings| findings.iter()).filter(|finding| finding.claim != Claim::Derived)
    {
        let name = match &finding.location.path {
            Some(path) => path.split('/').take(2).collect::<Vec<_>>().join("/"),
            None => "documents and layers".to_owned(),
        };
        let area = all.entry(name).or_default();
        area.findings += 1;
        area.open += u64::from(!finding.accepted);
    }
    let mut areas: Vec<(String, Area)> = all.into_iter().collect();
    areas.sort_by(|(one, left), (other, right)| right.findings.cmp(&left.findings).then_with(|| one.cmp(other)));
    if areas.len() > MOST {
        let rest = areas.split_off(MOST);
        let (findings, open) =
            rest.iter().fold((0, 0), |(all, open), (_, area)| (all + area.findings, open + area.open));
        areas.push((format!("{} more", rest.len()), Area { findings, open }));
    }
    areas
}

fn write_area(name: &str, area: &Area, place: &Rectangle, to: &mut impl Write) -> io::Result<()> {
    let class = if area.open > 0 { "open" } else { "fine" };
    let Rectangle { x, y, width, height } = place;
    let words = format!("{name}: {}, {} not accepted", count(area.findings, "finding"), area.open);
    write!(
        to,
        "<g><title>{}</title><rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>",
        text(&words)
    )?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "characters that fit a picture")]
    let room = ((width - 8.0) / CHARACTER).max(0.0) as usize;
    if room >= 4 && *height >= 20.0 {
        let label = shorten(&crate::report::escape::escape(name), room);
        write!(to, "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>", x + 4.0, y + 15.0, text(&label))?;
    }
    writeln!(to, "</g>")
}

/// Rectangles of these sizes, largest first, that fill the whole and are as near to squares as rows of them can be
/// (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000).
fn squarified(sizes: &[f64], mut left: Rectangle) -> Vec<Rectangle> {
    let mut places = Vec::new();
    let mut total: f64 = sizes.iter().sum();
    let mut open = sizes;
    while !open.is_empty() && total > 0.0 {
        let scale = left.width * left.height / total;
        let side = left.width.min(left.height);
        let mut row = 1;
        while row < open.len() && worst(&open[..=row], scale, side) <= worst(&open[..row], scale, side) {
            row += 1;
        }
        let (now, rest) = open.split_at(row);
        let sum: f64 = now.iter().sum();
        let thickness = if side > 0.0 { sum * scale / side } else { 0.0 };
        let mut along = 0.0;
        for size in now {
            let length = size * scale / thickness.max(f64::MIN_POSITIVE);
            places.push(if left.width <= left.height {
                Rectangle { x: left.x + along, y: left.y, width: length, height: thickness }
            } else {
                Rectangle { x: left.x, y: left.y + along, width: thickness, height: length }
            });
            along += length;
        }
        if left.width <= left.height {
            left = Rectangle { y: left.y + thickness, height: (left.height - thickness).max(0.0), ..left };
        } else {
            left = Rectangle { x: left.x + thickness, width: (left.width - thickness).max(0.0), ..left };
        }
        (open, total) = (rest, total - sum);
    }
    places
}

/// How far the rectangle of a row is from a square that is farthest.
fn worst(row: &[f64], scale: f64, side: f64) -> f64 {
    let sum: f64 = row.iter().sum::<f64>() * scale;
    let (largest, smallest) =
        row.iter().fold((f64::MIN, f64::MAX), |(most, least), size| (most.max(*size), least.min(*size)));
    let (largest, smallest) = (largest * scale, smallest * scale);
    let square = side * side;
    (square * largest / (sum * sum)).max(sum * sum / (square * smallest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles_fill_the_whole_in_their_shares() {
        let sizes = [60.0, 60.0, 40.0, 30.0, 20.0, 10.0, 10.0];
        let places = squarified(&sizes, Rectangle { x: 0.0, y: 0.0, width: 600.0, height: 400.0 });
        assert_eq!(places.len(), sizes.len());
        for (size, place) in sizes.iter().zip(&places) {
            assert!((place.width * place.height - size / 230.0 * 240_000.0).abs() < 1e-6);
            assert!(place.x >= -1e-9 && place.y >= -1e-9);
            assert!(place.x + place.width <= 600.0 + 1e-6 && place.y + place.height <= 400.0 + 1e-6);
        }
    }
}
