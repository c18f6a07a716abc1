//! Layers by chance, the same for the same seed: names that meet, by every way in which they can.

use super::{Entry, Model, What, clean};

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    fn path(&mut self) -> String {
        let depth = 1 + self.below(3);
        (0..depth).map(|_| self.of(&["a", "b", "c", "l"])).collect::<Vec<_>>().join("/")
    }

    /// The same path, written in another way.
    fn written(&mut self, path: &str) -> String {
        match self.below(24) {
            0 => format!("./{path}"),
            1 => format!("/{path}"),
            2 => path.replacen('/', "//", 1),
            3 => path.replacen('/', "/./", 1),
            4 => format!("b/../{path}"),
            5 => format!("../../{path}"),
            6 => path.replacen('/', "/x/../", 1),
            _ => path.to_owned(),
        }
    }

    fn entry(&mut self, number: usize) -> Entry {
        let path = self.path();
        let (directory, name) = path.rsplit_once('/').map_or(("", &path[..]), |(directory, name)| (directory, name));
        let marker = |name: String| if directory.is_empty() { name } else { format!("{directory}/{name}") };
        let file = |text: &str| What::File(text.to_owned());
        let mode = [0o644, 0o644, 0o755, 0o4755, 0o600][self.below(5)];
        let (name, mode, what) = match self.below(20) {
            0..=4 => (path.clone(), [0o755, 0o700][self.below(2)], What::Directory),
            5..=10 => (path.clone(), mode, What::File(format!("{}\n", number % 7))),
            11 | 12 => {
                let targets = ["a", "/b", "../c", "b/c", "l", "..", "/a/../b", "../a/b", "c"];
                (path.clone(), 0o777, What::Symlink(self.of(&targets).to_owned()))
            }
            13 | 14 => {
                let target = self.path();
                (path.clone(), mode, What::Hardlink(self.written(&target)))
            }
            15 => (marker(".wh..wh..opq".to_owned()), 0o644, file("")),
            _ => (marker(format!(".wh.{name}")), 0o644, file("")),
        };
        Entry { name: self.written(&name), mode, what }
    }
}

/// The layers of an image, each with the tree that it makes of the ones below; entries that could not be unpacked are left
/// out, and where layers must be `storable` those that containers/storage would not take.
pub(crate) fn layers(seed: u64, count: usize, storable: bool) -> (Vec<Vec<Entry>>, Vec<Model>) {
    let mut chance = Chance(seed);
    let mut tree = Model::default();
    let (mut layers, mut trees) = (Vec::new(), Vec::new());
    for _ in 0..count {
        tree.next_layer();
        let mut layer = Vec::new();
        let entries = 1 + chance.below(12);
        for number in 0..entries {
            let mut entry = chance.entry(number);
            // What the header of a hard link says of the file is another matter.
            if let What::Hardlink(target) = &entry.what {
                entry.mode = tree.mode(&clean(target)).unwrap_or(entry.mode);
            }
            let mut next = tree.clone();
            let is_new = next.is_new(&entry);
            let unpacked = next.unpack(&entry).is_ok();
            let is_storable = is_new && next.all_directories_stand();
            if unpacked && (is_storable || !storable) {
                tree = next;
                layer.push(entry);
            }
        }
        layers.push(layer);
        trees.push(tree.clone());
    }
    (layers, trees)
}
