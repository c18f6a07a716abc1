//! Package URLs of images (purl specification, types `docker` and `oci`).

use std::fmt;

/// An image as a package URL names it, without its digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImagePurl {
    /// `docker` for images from a registry, `oci` for those from a layout.
    pub kind: String,
    /// The name, without the registry where it is Docker's.
    pub name: String,
    /// The tag, where there is one.
    pub tag: Option<String>,
    /// The platform as `os/architecture[/variant]`.
    pub platform: Option<String>,
    /// The digest that the URL itself holds, which it does where the image was asked for by digest.
    pub digest: Option<String>,
}

impl ImagePurl {
    /// Reads `pkg:docker/NAME@TAG?digest=…&platform=…`; `None` for package URLs of other types.
    pub fn parse(uri: &str) -> Option<Self> {
        let (kind, rest) = uri.strip_prefix("pkg:")?.split_once('/')?;
        if !matches!(kind, "docker" | "oci") {
            return None;
        }
        let (path, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
        let (name, version) = path.rsplit_once('@').map_or((path, None), |(name, version)| (name, Some(version)));
        let version = version.map(decoded);
        let mut purl = ImagePurl {
            kind: kind.to_owned(),
            name: decoded(name),
            tag: version.clone().filter(|version| !version.contains(':')),
            platform: None,
            digest: version.filter(|version| version.contains(':')),
        };
        for (key, value) in qualifiers.split('&').filter_map(|qualifier| qualifier.split_once('=')) {
            match key {
                "digest" => purl.digest = Some(decoded(value)),
                "platform" => purl.platform = Some(decoded(value)),
                _ => {}
            }
        }
        (!purl.name.is_empty()).then_some(purl)
    }

    /// What it has in common with the same image at another time.
    #[must_use]
    pub fn without_digest(self) -> Self {
        ImagePurl { digest: None, ..self }
    }
}

impl fmt::Display for ImagePurl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.platform {
            Some(platform) => write!(f, " ({platform})"),
            None => Ok(()),
        }
    }
}

/// What identifies a material over time: its URI without the digest or commit that it was resolved to.
pub fn material_key(uri: &str) -> String {
    if uri.starts_with("pkg:") {
        let Some((path, qualifiers)) = uri.split_once('?') else { return uri.to_owned() };
        let kept: Vec<&str> = qualifiers.split('&').filter(|qualifier| !qualifier.starts_with("digest=")).collect();
        return if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) };
    }
    match uri.split_once('#') {
        Some((address, commit)) if is_commit(commit) => address.to_owned(),
        _ => uri.to_owned(),
    }
}

fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The text with its percent signs decoded; what is no UTF-8 then is replaced.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let mut byte = [0];
        match tail.get(..2) {
            Some(digits) if *first == b'%' && hex::decode_to_slice(digits, &mut byte).is_ok() => {
                bytes.push(byte[0]);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_named_as_people_do() {
        let shown = |uri| ImagePurl::parse(uri).map(|purl| purl.to_string());
        assert_eq!(shown("pkg:docker/debian@12?platform=linux%2Famd64").as_deref(), Some("debian:12 (linux/amd64)"));
        assert_eq!(shown("pkg:docker/localhost:5055/base/box@a%20b").as_deref(), Some("localhost:5055/base/box:a b"));
        assert_eq!(shown("pkg:docker/debian@sha256:00").as_deref(), Some("debian"));
        assert_eq!(shown("pkg:deb/debian/bash@5"), None);
        assert_eq!(shown("https://example.com"), None);
    }

    #[test]
    fn a_digest_in_the_url_is_set_apart() {
        let pinned = ImagePurl::parse("pkg:oci/box@1?digest=sha256:00&platform=linux%2Farm64").unwrap();
        assert_eq!(pinned.digest.as_deref(), Some("sha256:00"));
        assert_eq!(Some(pinned.without_digest()), ImagePurl::parse("pkg:oci/box@1?platform=linux%2Farm64"));
        assert_eq!(decoded("%2F%2g%"), "/%2g%");
    }

    #[test]
    fn materials_are_the_same_at_another_time() {
        let commit = "0123456789012345678901234567890123456789";
        assert_eq!(material_key("pkg:oci/x@1?digest=sha256:0&platform=p"), "pkg:oci/x@1?platform=p");
        assert_eq!(material_key("pkg:docker/x@1?digest=sha256:0"), "pkg:docker/x@1");
        assert_eq!(material_key(&format!("https://h/r.git#{commit}")), "https://h/r.git");
        assert_eq!(material_key("https://h/r.git#main"), "https://h/r.git#main");
    }
}
