//! What tags stand for: asked for once in a run, and then the same all through it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::manifests::Resolved;
use super::name::{Name, Version};
use crate::digest::Digest;

/// A tag that stands for another image than it did when this run asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The whole name of the image.
    pub name: String,
    /// What the tag stood for, and what this run is about.
    pub from: Digest,
    /// What it stands for now.
    pub to: Digest,
}

/// The answers so far, by whole name. Each has a lock of its own: two names are asked for at the same time.
#[derive(Default)]
pub(crate) struct Pins(Mutex<BTreeMap<String, (Name, Pin)>>);

type Pin = Arc<Mutex<Option<Resolved>>>;

impl Pins {
    /// What a name stands for, asked for with `resolve` where it is not known yet.
    pub(crate) fn get<E>(&self, name: &Name, resolve: impl FnOnce() -> Result<Resolved, E>) -> Result<Resolved, E> {
        let pin = {
            let mut pins = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            pins.entry(name.shown()).or_insert_with(|| (name.clone(), Pin::default())).1.clone()
        };
        let mut pin = pin.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match &*pin {
            Some(resolved) => Ok(resolved.clone()),
            None => Ok(pin.insert(resolve()?).clone()),
        }
    }

    /// The tags for which `look` finds another digest. One that it finds none for has not moved.
    pub(crate) fn moved(&self, look: impl Fn(&Name) -> Option<Digest>) -> Vec<Moved> {
        let pins = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let tags = pins.values().filter(|(name, _)| matches!(name.version, Version::Tag(_)));
        tags.filter_map(|(name, pin)| {
            let from = pin.lock().ok()?.as_ref()?.descriptor.digest.clone();
            let to = look(name)?;
            (from.algorithm() == to.algorithm() && from != to).then(|| Moved { name: name.shown(), from, to })
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Descriptor;

    fn resolved(bytes: &[u8]) -> Resolved {
        Resolved { descriptor: Descriptor::of(&Digest::of(bytes)), bytes: bytes.into() }
    }

    #[test]
    fn a_name_is_asked_for_once() {
        let (pins, name) = (Pins::default(), Name::parse("app:1").unwrap());
        assert_eq!(pins.get(&name, || Err(())).map(|found| found.descriptor), Err(()));
        for bytes in [&b"first"[..], b"second"] {
            let found = pins.get(&name, || Ok::<_, ()>(resolved(bytes))).unwrap();
            assert_eq!(&*found.bytes, b"first");
        }
    }

    #[test]
    fn only_tags_move() {
        let pins = Pins::default();
        let digest = Digest::of(b"one");
        for name in ["app:1", "app:2", &format!("app@{digest}")] {
            pins.get(&Name::parse(name).unwrap(), || Ok::<_, ()>(resolved(b"one"))).unwrap();
        }
        let two = Digest::of(b"two");
        let moved = pins.moved(|name| Some(if name.shown().ends_with(":2") { digest.clone() } else { two.clone() }));
        let name = "docker.io/library/app:1".to_owned();
        assert_eq!(moved, [Moved { name, from: digest, to: two }]);
        assert_eq!(pins.moved(|_| None), []);
    }
}
