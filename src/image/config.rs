//! Image configurations (OCI image specification, config.md).

use super::json::{Cursor, Document, DocumentError};
use super::platform::Platform;
use crate::codec::documents::CONFIG;
use crate::codec::time;
use crate::digest::Digest;
use crate::finding::{BadValue, Listed};
use crate::limits::Limits;

/// An image configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The bytes and values.
    pub document: Document,
    /// What the image runs on.
    pub platform: Platform,
    /// Digests of the uncompressed layers, base first.
    pub diff_ids: Vec<Digest>,
    /// The steps, base first.
    pub history: Vec<History>,
    /// When the image was made, in whole seconds since 1970 rounded down; `None` where it is not said or not readable.
    pub created: Option<i64>,
    /// History entry of each layer; `None` where entries and layers do not add up.
    entries: Option<Vec<usize>>,
}

/// One step of an image's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// When, as written.
    pub created: Option<String>,
    /// The command, as written; empty where it is not said.
    pub created_by: String,
    /// Who.
    pub author: Option<String>,
    /// What the builder noted.
    pub comment: Option<String>,
    /// Whether the step made no layer.
    pub empty_layer: bool,
}

impl Config {
    /// Reads a configuration out of a document.
    ///
    /// # Errors
    /// `Malformed`, `Unsupported` (digest algorithm) or `Limit` (number of layers, of history entries).
    pub fn read(document: Document, limits: &Limits) -> Result<Self, DocumentError> {
        let document = document.checked(&CONFIG)?;
        let root = Cursor::root(&document.root)?;
        let rootfs = root.child("rootfs")?.ok_or_else(|| root.error(BadValue::Without("rootfs")))?;
        rootfs.at_most(limits.layers, "diff_ids", Listed::DiffIds)?;
        root.at_most(limits.layers.saturating_mul(4), "history", Listed::History)?;
        let diff_ids = rootfs.list("diff_ids")?;
        let history = root.objects("history")?;
        let diff_ids: Vec<Digest> = diff_ids.iter().map(Cursor::digest).collect::<Result<_, _>>()?;
        let history: Vec<History> = history.iter().map(History::read).collect::<Result<_, _>>()?;
        let platform = Platform::read(&root)?;
        let created = root.text("created")?.and_then(seconds);
        let filled = history.iter().enumerate().filter(|(_, entry)| !entry.empty_layer);
        let entries: Vec<usize> = filled.map(|(position, _)| position).collect();
        let entries = (entries.len() == diff_ids.len()).then_some(entries);
        Ok(Config { document, platform, diff_ids, history, created, entries })
    }

    /// Whether there are as many history entries with a layer as there are layers, so that they can be told apart.
    pub const fn history_adds_up(&self) -> bool {
        self.entries.is_some()
    }

    /// The layer that a history entry made; `None` for empty ones, and where entries and layers do not add up.
    pub fn layer_of_history(&self, entry: usize) -> Option<u32> {
        let layer = self.entries.as_ref()?.binary_search(&entry).ok()?;
        u32::try_from(layer).ok()
    }

    /// The history entry that made a layer; `None` where entries and layers do not add up.
    pub fn history_of_layer(&self, layer: u32) -> Option<usize> {
        self.entries.as_ref()?.get(usize::try_from(layer).ok()?).copied()
    }

    /// The command that made a layer, as written; empty where it is not known.
    pub fn command_of_layer(&self, layer: u32) -> &str {
        self.history_of_layer(layer).and_then(|entry| self.history.get(entry)).map_or("", |entry| &entry.created_by)
    }

    /// The commands of all layers, base first.
    pub fn commands(&self) -> Vec<String> {
        (0..).take(self.diff_ids.len()).map(|layer| self.command_of_layer(layer).to_owned()).collect()
    }
}

impl History {
    fn read(cursor: &Cursor<'_>) -> Result<Self, DocumentError> {
        let text = |key| cursor.text(key).map(|text| text.map(str::to_owned));
        Ok(History {
            created: text("created")?,
            created_by: text("created_by")?.unwrap_or_default(),
            author: text("author")?,
            comment: text("comment")?,
            empty_layer: cursor.flag("empty_layer")?,
        })
    }
}

/// Seconds since 1970 of a time, rounded down.
fn seconds(text: &str) -> Option<i64> {
    time::parse(text).map(|time| time.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::GapReason;

    fn config(json: &str) -> Result<Config, DocumentError> {
        let limits = Limits::default();
        Document::parse(json.as_bytes().into(), &limits).and_then(|document| Config::read(document, &limits))
    }

    fn with_history(history: &str) -> Config {
        let (first, second) = (Digest::of(b"1"), Digest::of(b"2"));
        config(&format!(
            r#"{{"os":"linux","architecture":"amd64","created":"1970-01-01T01:00:00.5+01:00",
            "rootfs":{{"type":"layers","diff_ids":["{first}","{second}"]}},"history":{history}}}"#
        ))
        .unwrap()
    }

    #[test]
    fn history_is_tied_to_layers() {
        let config = with_history(r#"[{"created_by":"A"},{"created_by":"E","empty_layer":true},{"created_by":"B"}]"#);
        assert!(config.history_adds_up());
        assert_eq!((0..3).map(|entry| config.layer_of_history(entry)).collect::<Vec<_>>(), [Some(0), None, Some(1)]);
        assert_eq!(config.commands(), ["A", "B"]);
        assert_eq!(config.created, Some(0));
        assert_eq!(config.platform.to_string(), "linux/amd64");
    }

    #[test]
    fn history_that_does_not_add_up_is_tied_to_nothing() {
        let config = with_history(r#"[{"created_by":"A"}]"#);
        assert!(!config.history_adds_up());
        assert_eq!(config.layer_of_history(0), None);
        assert_eq!(config.commands(), ["", ""]);
    }

    #[test]
    fn empty_images_have_no_diff_ids() {
        for rootfs in [r#"{"type":"layers"}"#, r#"{"diff_ids":null}"#, r#"{"diff_ids":[]}"#] {
            assert!(config(&format!(r#"{{"rootfs":{rootfs},"history":null}}"#)).unwrap().diff_ids.is_empty());
        }
    }

    #[test]
    fn wrong_types_are_malformed() {
        for json in [
            "{}",
            r#"{"rootfs":{"diff_ids":["sha256:1"]}}"#,
            r#"{"rootfs":{},"history":[{"empty_layer":1}]}"#,
            r#"{"rootfs":{},"os":1}"#,
        ] {
            assert_eq!(config(json).unwrap_err().reason, GapReason::Malformed, "{json}");
        }
        let unknown = config(r#"{"rootfs":{"diff_ids":["md5:00"]}}"#);
        assert_eq!(unknown.unwrap_err().reason, GapReason::Unsupported);
    }
}
