//! An entry that one side has and the other has not.

use serde_json::json;

use crate::finding::{Aspect, Finding, Location, Secret, Side, Sides, Value};
use crate::image::entry::{Entry, EntryType};

use super::attributes::{time_value, type_name};

/// The finding of an entry on one side only, its attributes and content identity as its value.
pub fn of_entry(
    location: Location,
    side: Side,
    entry: &Entry,
    sha256: Option<[u8; 32]>,
    secret: Option<Secret>,
) -> Finding {
    let mut value = json!({
        "type": type_name(entry.entry_type),
        "mode": format!("{:04o}", entry.mode & 0o7777),
        "uid": entry.uid,
        "gid": entry.gid,
        "mtime": time_value(entry.mtime),
    });
    match entry.entry_type {
        EntryType::Symlink | EntryType::Hardlink => {
            value["linkName"] = json!(String::from_utf8_lossy(&entry.link_name))
        }
        EntryType::CharacterDevice | EntryType::BlockDevice => {
            value["device"] = json!(entry.device.map(|(major, minor)| [major, minor]))
        }
        EntryType::File | EntryType::Other(_) => {
            value["size"] = json!(entry.size);
            if let Some(sha256) = sha256.filter(|_| secret.is_none()) {
                value["sha256"] = json!(hex::encode(sha256));
            }
        }
        EntryType::Directory | EntryType::Fifo => {}
    }
    if !entry.xattrs.is_empty() {
        let names: Vec<_> = entry.xattrs.keys().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        value["xattrs"] = json!(names);
    }
    let mut values = Sides::new(Value::Absent, Value::Absent);
    *values.get_mut(side) = Value::Json(value);
    let bytes = entry.raw.len() as u64 + if entry.has_content() { entry.size } else { 0 };
    Finding { location, aspect: Aspect::Presence, values, bytes }
}
