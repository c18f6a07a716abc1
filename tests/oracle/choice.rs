//! Which member of an index a runtime picks, as containerd's `images.Manifest` does.

use reprove::explain::Explanation;
use reprove::finding::Sides;
use serde_json::Value;

use super::Stored;

/// Hosts to pick for, as os, architecture and variant after normalization.
const HOSTS: &[(&str, &str, &str)] = &[
    ("linux", "amd64", ""),
    ("linux", "arm64", ""),
    ("linux", "arm", "v7"),
    ("linux", "arm", "v6"),
    ("linux", "386", ""),
    ("linux", "s390x", ""),
    ("windows", "amd64", ""),
];

/// A host for which the two images give members that were not compared with each other.
pub(super) fn differs(explanation: &Explanation, images: Sides<&Stored<'_>>) -> Option<String> {
    let indexes = images.map(|image| {
        let bytes = (image.blobs)(image.root["digest"].as_str()?)?;
        let index: Value = serde_json::from_slice(&bytes).ok()?;
        index.get("manifests").is_some().then_some(index)
    });
    let indexes = indexes.both()?;
    HOSTS.iter().find_map(|host| {
        let picked = indexes.as_ref().map(|index| picked(index, *host));
        let compared = explanation.platforms.iter().any(|platform| {
            let digests = platform.manifest_digest.as_ref().map(|digest| digest.as_ref().map(ToString::to_string));
            digests == picked
        });
        (!picked.same() && !compared).then(|| format!("on {host:?} the members picked are {picked:?}"))
    })
}

fn picked(index: &Value, host: (&str, &str, &str)) -> Option<String> {
    let members = index["manifests"].as_array()?;
    let member = members.iter().find(|member| matches(&member["platform"], host))?;
    member["digest"].as_str().map(str::to_owned)
}

fn matches(platform: &Value, host: (&str, &str, &str)) -> bool {
    if platform.is_null() {
        return true;
    }
    let text = |name: &str| platform[name].as_str().unwrap_or_default().to_lowercase();
    let (os, architecture, variant) = (text("os"), text("architecture"), text("variant"));
    let os = if os.is_empty() { host.0.to_owned() } else { os };
    let (architecture, variant) = match (&architecture[..], &variant[..]) {
        ("x86_64" | "x86-64", variant) => ("amd64", variant),
        ("aarch64", variant) => ("arm64", variant),
        ("i386", _) => ("386", ""),
        ("armhf", _) => ("arm", "v7"),
        ("armel", _) => ("arm", "v6"),
        other => other,
    };
    let variant = match (architecture, variant) {
        ("arm64", "8" | "v8") | ("amd64", "v1") => "",
        ("arm", "" | "7") => "v7",
        ("arm", "5") => "v5",
        ("arm", "6") => "v6",
        ("arm", "8") => "v8",
        (_, variant) => variant,
    };
    (&os[..], architecture, variant) == host
}
