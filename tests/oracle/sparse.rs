//! Sparse files in PAX archives, as Go's `archive/tar` reads them (GNU tar manual, "Storing Sparse Files").

/// The name of a sparse file; its header has another one, for readers that know nothing of these.
pub(super) fn name(records: &[(String, Vec<u8>)]) -> Option<Vec<u8>> {
    let has_version = records.iter().any(|(key, _)| key == "GNU.sparse.major");
    let name = records.iter().rev().find(|(key, _)| key == "GNU.sparse.name")?;
    has_version.then(|| name.1.clone())
}

/// The content with its holes; `None` where the records are of no sparse file.
pub(super) fn spread(records: &[(String, Vec<u8>)], stored: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let text = |key: &str| {
        let value = records.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value);
        value.map(|value| String::from_utf8_lossy(value).into_owned())
    };
    let number = |text: &str| text.parse::<usize>().map_err(|error| error.to_string());
    let version = (text("GNU.sparse.major"), text("GNU.sparse.minor"));
    let (map, data) = match (version.0.as_deref(), version.1.as_deref()) {
        (Some("1"), Some("0")) => {
            let mut numbers = Numbers(stored);
            let count = numbers.next()?;
            let map = (0..2 * count).map(|_| numbers.next()).collect::<Result<Vec<_>, _>>()?;
            let used = stored.len() - numbers.0.len();
            (map, stored.get(used.next_multiple_of(512)..).ok_or("the map of a sparse file is cut off")?)
        }
        (Some("0"), Some("0" | "1")) | (None, None) if text("GNU.sparse.size").is_some() => {
            let list = match text("GNU.sparse.map") {
                Some(list) => list.split(',').map(number).collect::<Result<Vec<_>, _>>()?,
                None => {
                    let pairs =
                        |(name, _): &&(String, Vec<u8>)| name.ends_with(".offset") || name.ends_with(".numbytes");
                    let values = records.iter().filter(pairs).map(|(_, value)| number(&String::from_utf8_lossy(value)));
                    values.collect::<Result<Vec<_>, _>>()?
                }
            };
            if list.is_empty() {
                return Ok(None);
            }
            (list, stored)
        }
        _ => return Ok(None),
    };
    let size = text("GNU.sparse.realsize").or_else(|| text("GNU.sparse.size")).ok_or("a sparse file without a size")?;
    let mut content = vec![0; number(&size)?.min(1 << 26)];
    let mut data = data;
    for segment in map.chunks_exact(2) {
        let (piece, rest) = data.split_at_checked(segment[1]).ok_or("a sparse file is cut off")?;
        let place = content.get_mut(segment[0]..segment[0] + segment[1]).ok_or("a segment behind the end")?;
        place.copy_from_slice(piece);
        data = rest;
    }
    Ok(Some(content))
}

/// Decimal numbers, one a line.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn next(&mut self) -> Result<usize, String> {
        let end = self.0.iter().position(|byte| *byte == b'\n').ok_or("a map without its end")?;
        let number = std::str::from_utf8(&self.0[..end]).ok().and_then(|text| text.parse().ok());
        self.0 = &self.0[end + 1..];
        number.ok_or_else(|| "a map with no number".to_owned())
    }
}
