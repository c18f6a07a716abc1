//! Parsers that nothing public reaches without a registry: for the fuzz targets, built with `--cfg fuzzing` only.

use reqwest::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};

use super::Name;
use super::challenge;
use super::name::{api_host, is_loopback};

/// How many challenges the value of a `WWW-Authenticate` header holds; `None` where no header can have that value.
pub fn challenges(value: &[u8]) -> Option<usize> {
    let mut headers = HeaderMap::new();
    headers.insert(WWW_AUTHENTICATE, HeaderValue::from_bytes(value).ok()?);
    Some(challenge::challenges(&headers, usize::MAX).len())
}

/// A name of an image in a registry, in full and as it is shown; `None` where it is no name.
pub fn name(text: &str) -> Option<(String, String)> {
    let name = Name::parse(text).ok()?;
    let separator = if name.version().contains(':') { '@' } else { ':' };
    let _ = is_loopback(api_host(&name.registry));
    Some((format!("{}/{}{separator}{}", name.registry, name.repository, name.version()), name.shown()))
}
