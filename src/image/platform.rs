//! Platforms, and which of them are the same.

use std::fmt;

use super::json::{Cursor, DocumentError};
use crate::error::Unpaired;

/// What an image runs on (OCI image specification, image-index.md, "platform").
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    /// The operating system, as Go names it; empty where it is not said.
    pub os: String,
    /// The processor architecture, as Go names it; empty where it is not said.
    pub architecture: String,
    /// The variant of the processor architecture.
    pub variant: Option<String>,
    /// The version of the operating system (Windows).
    pub os_version: Option<String>,
    /// Features of the operating system (Windows).
    pub os_features: Vec<String>,
}

impl Platform {
    /// Reads what the user typed: `os/architecture[/variant]`.
    ///
    /// # Errors
    /// [`Unpaired::Malformed`] for what is none.
    pub fn parse(text: &str) -> Result<Self, Unpaired> {
        let parts: Vec<&str> = text.split('/').collect();
        let (os, architecture, variant) = match parts.as_slice() {
            [os, architecture] => (*os, *architecture, None),
            [os, architecture, variant] => (*os, *architecture, Some((*variant).to_owned())),
            _ => ("", "", None),
        };
        if os.is_empty() || architecture.is_empty() || variant.as_deref() == Some("") {
            return Err(Unpaired::Malformed(text.to_owned()));
        }
        let architecture = match architecture {
            "x86_64" | "x86-64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        };
        Ok(Platform { os: os.to_owned(), architecture: architecture.to_owned(), variant, ..Platform::default() })
    }

    /// Reads the members of a `platform` object, or of a config, which has the same.
    ///
    /// # Errors
    /// `Malformed` where a member has the wrong type.
    pub fn read(cursor: &Cursor<'_>) -> Result<Self, DocumentError> {
        let text = |key| cursor.text(key).map(|text| text.map(str::to_owned));
        let features = cursor.list("os.features")?;
        Ok(Platform {
            os: text("os")?.unwrap_or_default(),
            architecture: text("architecture")?.unwrap_or_default(),
            variant: text("variant")?.filter(|variant| !variant.is_empty()),
            os_version: text("os.version")?.filter(|version| !version.is_empty()),
            os_features: features.iter().map(|cursor| cursor.as_text().map(str::to_owned)).collect::<Result<_, _>>()?,
        })
    }

    /// The platform by which images are matched: normalized as containerd does it, without the version and the features
    /// of the operating system.
    #[must_use]
    pub fn key(&self) -> Self {
        let (architecture, variant) =
            processor(&self.architecture.to_lowercase(), &self.variant.as_deref().unwrap_or_default().to_lowercase());
        Platform {
            os: self.system(),
            architecture,
            variant: Some(variant).filter(|variant| !variant.is_empty()),
            os_version: None,
            os_features: Vec::new(),
        }
    }

    /// Whether no client picks it for any machine: containerd and skopeo pass over `unknown/unknown` alone.
    pub fn is_nobodys(&self) -> bool {
        self.os == "unknown" && self.architecture == "unknown" && self.variant.is_none()
    }

    /// Whether names that differ in case are one file there.
    pub fn folds_names(&self) -> bool {
        folds_names(&self.os)
    }

    /// The operating system as containerd normalizes it (containerd/platforms, `normalizeOS`).
    fn system(&self) -> String {
        match self.os.to_lowercase().as_str() {
            "macos" => "darwin".to_owned(),
            other => other.to_owned(),
        }
    }

    /// The part of the operating system's version that decides whether an image runs: for Windows the build, which is
    /// the first three numbers; the fourth is a patch level.
    pub fn version_key(&self) -> Option<String> {
        let version = self.os_version.as_ref()?;
        if self.system() != "windows" {
            return Some(version.clone());
        }
        Some(version.split('.').take(3).collect::<Vec<_>>().join("."))
    }
}

/// Whether names that differ in case are one file on an operating system.
pub fn folds_names(os: &str) -> bool {
    os.eq_ignore_ascii_case("windows")
}

/// Architecture and variant as containerd normalizes them (containerd/platforms, `normalizeArch`); both are in lower
/// case.
fn processor(architecture: &str, variant: &str) -> (String, String) {
    let (architecture, variant) = match (architecture, variant) {
        ("i386", _) => ("386", ""),
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64", variant) => ("amd64", variant),
        ("aarch64" | "arm64", "8" | "v8" | "v8.0") => ("arm64", ""),
        ("aarch64" | "arm64", "9" | "9.0" | "v9.0") => ("arm64", "v9"),
        ("aarch64", variant) => ("arm64", variant),
        ("armhf", _) | ("arm", "" | "7") => ("arm", "v7"),
        ("armel", _) | ("arm", "6") => ("arm", "v6"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "8") => ("arm", "v8"),
        other => other,
    };
    (architecture.to_owned(), variant.to_owned())
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |text: &str| if text.is_empty() { "unknown".to_owned() } else { text.to_owned() };
        write!(f, "{}/{}", known(&self.os), known(&self.architecture))?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn implied_variants_do_not_count() {
        let key = |text: &str| Platform::parse(text).unwrap().key().to_string();
        assert_eq!(key("linux/arm64/v8"), "linux/arm64");
        assert_eq!(key("linux/aarch64"), "linux/arm64");
        assert_eq!(key("linux/amd64/v1"), "linux/amd64");
        assert_eq!(key("linux/amd64/v3"), "linux/amd64/v3");
        assert_eq!(key("linux/arm/v7"), "linux/arm/v7");
    }

    /// The table of containerd/platforms, `database.go`.
    #[test]
    fn spellings_are_normalized_as_containerd_does() {
        for (spelled, key) in [
            ("Linux/AMD64/V1", "linux/amd64"),
            ("linux/x86_64", "linux/amd64"),
            ("linux/x86-64/v3", "linux/amd64/v3"),
            ("linux/aarch64/8", "linux/arm64"),
            ("linux/arm64/v8.0", "linux/arm64"),
            ("linux/arm64/9", "linux/arm64/v9"),
            ("linux/arm64/v8.2", "linux/arm64/v8.2"),
            ("linux/armhf", "linux/arm/v7"),
            ("linux/armel/v7", "linux/arm/v6"),
            ("linux/arm", "linux/arm/v7"),
            ("linux/arm/5", "linux/arm/v5"),
            ("linux/i386/x", "linux/386"),
            ("macOS/arm64", "darwin/arm64"),
        ] {
            let platform = Platform {
                architecture: spelled.split('/').nth(1).unwrap().to_owned(),
                ..Platform::parse(spelled).unwrap()
            };
            assert_eq!(platform.key().to_string(), key, "{spelled}");
        }
    }

    #[test]
    fn what_is_no_platform_is_refused() {
        for text in ["", "linux", "linux/", "/amd64", "linux/arm/", "linux/arm/v7/x"] {
            assert!(Platform::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn windows_is_matched_by_build() {
        let mut platform = Platform::parse("windows/amd64").unwrap();
        assert_eq!(platform.version_key(), None);
        platform.os_version = Some("10.0.17763.6189".into());
        assert_eq!(platform.version_key().as_deref(), Some("10.0.17763"));
    }
}
