//! Two root file systems, held against each other but for what was claimed.

use std::collections::{BTreeMap, BTreeSet};

use reprove::finding::{Aspect, Finding, Kind, Side, Sides};

use super::name;
use super::tree::{Inode, Tree};

/// What of a path was claimed.
#[derive(Debug, Default, Clone)]
struct Claimed {
    presence: bool,
    mtime: bool,
    /// Whole contents.
    content: bool,
    /// Ranges of contents.
    ranges: Vec<(u64, u64)>,
    xattrs: BTreeSet<String>,
}

/// The first path at which two trees differ beyond what was claimed.
pub(super) fn differs(trees: &Sides<Tree>, findings: &[Finding]) -> Option<String> {
    let claimed = Side::BOTH.map(|side| claims(side, trees.get(side), findings));
    let claimed = Sides::new(&claimed[0], &claimed[1]);
    let paths: BTreeSet<&Vec<u8>> = trees.original.names.keys().chain(trees.rebuild.names.keys()).collect();
    let groups = trees.as_ref().zip(claimed).map(|(tree, claimed)| groups(tree, claimed));
    for path in paths {
        let claims = claimed.map(|claimed| claimed.get(path).cloned().unwrap_or_default());
        let shown = String::from_utf8_lossy(path);
        if claims.original.presence || claims.rebuild.presence {
            continue;
        }
        let inodes = trees.as_ref().map(|tree| tree.names.get(path).map(|number| &tree.inodes[*number]));
        let (original, rebuild) = match inodes {
            Sides { original: Some(original), rebuild: Some(rebuild) } => (original, rebuild),
            Sides { original, .. } => {
                let side = if original.is_some() { Side::Original } else { Side::Rebuild };
                if is_only_a_way(path, trees.get(side), claimed.get(side)) {
                    continue;
                }
                return Some(format!("only the {} has {shown}", name(side)));
            }
        };
        if let Some(what) = inodes_differ(Sides::new(original, rebuild), &claims) {
            return Some(format!("{what} of {shown}: {original:?}, {rebuild:?}"));
        }
        if !groups.as_ref().map(|groups| groups.get(path)).same() {
            return Some(format!("the hard links of {shown}"));
        }
    }
    None
}

/// Whether a directory is there for want of a header, and for nothing but what is claimed to be on one side only.
fn is_only_a_way(path: &[u8], tree: &Tree, claimed: &BTreeMap<Vec<u8>, Claimed>) -> bool {
    let prefix = [path, b"/"].concat();
    let below = || tree.names.range(prefix.clone()..).take_while(|(name, _)| name.starts_with(&prefix));
    let implied = |inode: &usize| tree.inodes[*inode].kind == b'5' && tree.inodes[*inode].mtime.is_none();
    let is_claimed = |name: &Vec<u8>| claimed.get(name).is_some_and(|claimed| claimed.presence);
    let excused = |(name, inode): (&Vec<u8>, &usize)| implied(inode) || is_claimed(name);
    tree.names.get(path).is_some_and(implied) && below().all(excused) && below().any(|(name, _)| is_claimed(name))
}

fn inodes_differ(inodes: Sides<&Inode>, claims: &Sides<Claimed>) -> Option<&'static str> {
    let plain = |side: Side| {
        let Inode { kind, mode, owner, link, device, mut xattrs, .. } = (*inodes.get(side)).clone();
        xattrs.retain(|name, _| !Side::BOTH.iter().any(|side| claims.get(*side).xattrs.contains(name)));
        (kind, mode, owner, link, device, xattrs)
    };
    if plain(Side::Original) != plain(Side::Rebuild) {
        return Some("the attributes");
    }
    let times = inodes.map(|inode| inode.mtime.clone());
    // A directory that no header made has the time of its unpacking.
    let has_times = times.original.is_some() && times.rebuild.is_some();
    if has_times && !times.same() && !claims.as_ref().map(|claimed| claimed.mtime).same_or(true) {
        return Some("the time");
    }
    let content = |side: Side| blanked(&inodes.get(side).content, &claims.get(side).ranges);
    let whole = claims.original.content || claims.rebuild.content;
    (!whole && content(Side::Original) != content(Side::Rebuild)).then_some("the content")
}

trait SameOr {
    fn same_or(self, value: bool) -> bool;
}

impl SameOr for Sides<bool> {
    /// Whether either side is `value`.
    fn same_or(self, value: bool) -> bool {
        self.original == value || self.rebuild == value
    }
}

/// A content without these ranges of it.
fn blanked(content: &[u8], ranges: &[(u64, u64)]) -> Vec<u8> {
    let gone = |at: usize| ranges.iter().any(|(start, end)| (*start..*end).contains(&(at as u64)));
    content.iter().enumerate().filter(|(at, _)| ranges.is_empty() || !gone(*at)).map(|(_, byte)| *byte).collect()
}

/// The names that share the inode of each path, but for those that are claimed to be on one side only.
fn groups<'a>(tree: &'a Tree, claimed: &BTreeMap<Vec<u8>, Claimed>) -> BTreeMap<&'a Vec<u8>, BTreeSet<&'a Vec<u8>>> {
    let mut groups: BTreeMap<usize, BTreeSet<&Vec<u8>>> = BTreeMap::new();
    for (path, inode) in &tree.names {
        if !claimed.get(path).is_some_and(|claimed| claimed.presence) {
            groups.entry(*inode).or_default().insert(path);
        }
    }
    let of_inode = |inode: &usize| groups.get(inode).cloned().unwrap_or_default();
    tree.names.iter().map(|(path, inode)| (path, of_inode(inode))).collect()
}

/// What was claimed of each path of a tree, by where the entries landed. What is claimed of a file holds by all of its
/// names, and by those of it that are gone.
fn claims(side: Side, tree: &Tree, findings: &[Finding]) -> BTreeMap<Vec<u8>, Claimed> {
    let mut presence = BTreeSet::new();
    let mut inodes: BTreeMap<usize, Claimed> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.location.kind == Kind::Entry) {
        let stored = finding.location.path_bytes().to_vec();
        let place = finding.location.layer.get(side).map(|layer| (layer, stored.clone()));
        if is_presence(finding) {
            let landed = place.and_then(|place| tree.landed.get(&place));
            presence.extend(landed.cloned().unwrap_or_else(|| BTreeSet::from([stored])));
        } else {
            for inode in place.and_then(|place| tree.made.get(&place)).into_iter().flatten() {
                note(inodes.entry(*inode).or_default(), side, finding);
            }
        }
    }
    let of_inode = |inode: &usize| inodes.get(inode).cloned().unwrap_or_default();
    let mut claimed: BTreeMap<_, _> = tree.names.iter().map(|(path, inode)| (path.clone(), of_inode(inode))).collect();
    for path in presence {
        claimed.entry(path).or_default().presence = true;
    }
    claimed
}

fn is_presence(finding: &Finding) -> bool {
    let location = &finding.location;
    finding.aspect == Aspect::Presence && location.field_name().is_empty() && location.inside.is_empty()
}

fn note(claimed: &mut Claimed, side: Side, finding: &Finding) {
    let location = &finding.location;
    let field = location.field_name();
    match finding.aspect {
        Aspect::Mtime => claimed.mtime = true,
        Aspect::Xattr => {
            claimed.xattrs.insert(field.to_owned());
        }
        _ if is_of_header(finding) => {}
        // What is inside a member has ranges of the member.
        _ if !location.inside.is_empty() => claimed.content = true,
        _ => match location.range.get(side) {
            Some(range) => claimed.ranges.push(*range),
            None => claimed.content |= finding.aspect == Aspect::Content && field.is_empty(),
        },
    }
}

/// Whether a finding is about how the entry is written, and not about its content.
fn is_of_header(finding: &Finding) -> bool {
    let field = finding.location.field_name();
    let encoding = finding.aspect != Aspect::Content && field.starts_with("header.");
    finding.location.inside.is_empty() && (encoding || field.starts_with("pax.") || field == "padding")
}
