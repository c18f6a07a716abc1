use super::*;
use crate::explain::sample::{self, DIGEST, DRIFT, MTIME};
use crate::explain::{Claim, Explained, Explanation};
use crate::finding::{Aspect, Kind, Location, Sides, Value};
use crate::policy::{Date, Policy};

fn conclude(explanation: &Explanation, policy: &Policy) -> Conclusion {
    Conclusion::new(explanation, &policy.judge_all(explanation, Date::parse("2026-01-31").unwrap()))
}

fn default(explanation: &Explanation) -> Conclusion {
    conclude(explanation, &Policy::default_policy())
}

fn found(claim: Claim) -> Explained {
    match claim {
        Claim::Unexplained => sample::explained(sample::mtime(1, "a"), claim, None),
        _ => sample::explained(sample::mtime(1, "a"), claim, Some(&MTIME)),
    }
}

fn one(findings: Vec<Explained>) -> Explanation {
    sample::explanation(vec![sample::platform(findings)])
}

fn with_gap(mut explanation: Explanation) -> Explanation {
    explanation.platforms[0].gaps.push(sample::gap(Location::new(Kind::Layer)));
    explanation
}

#[test]
fn the_worst_verdict_is_the_greatest_and_the_best_rung_too() {
    assert!(Verdict::Identical < Verdict::Equivalent && Verdict::Equivalent < Verdict::Inconclusive);
    assert!(Verdict::Inconclusive < Verdict::Different);
    assert!(Rung::None < Rung::Canonical && Rung::Canonical < Rung::Tree);
    assert!(Rung::Tree < Rung::Image && Rung::Image < Rung::Manifest);
}

#[test]
fn the_table_of_one_platform() {
    let derived = || sample::derived(sample::mtime(1, "a"), &DIGEST, &[(1, 0)]);
    let loose = || sample::derived(sample::mtime(1, "a"), &DIGEST, &[]);
    let drift = || sample::explained(sample::mtime(1, "a"), Claim::Attributed, Some(&DRIFT));
    let cases: Vec<(&str, Vec<Explained>, Verdict, Verdict, Rung)> = vec![
        ("proven", vec![found(Claim::Proven)], Verdict::Equivalent, Verdict::Inconclusive, Rung::Canonical),
        ("excluded", vec![found(Claim::Excluded)], Verdict::Equivalent, Verdict::Inconclusive, Rung::Canonical),
        ("random", vec![found(Claim::Random)], Verdict::Equivalent, Verdict::Inconclusive, Rung::None),
        ("attributed", vec![found(Claim::Attributed)], Verdict::Equivalent, Verdict::Inconclusive, Rung::None),
        ("not accepted", vec![drift()], Verdict::Different, Verdict::Different, Rung::None),
        ("unexplained", vec![found(Claim::Unexplained)], Verdict::Different, Verdict::Different, Rung::None),
        ("derived", vec![found(Claim::Proven), derived()], Verdict::Equivalent, Verdict::Inconclusive, Rung::Canonical),
        ("of random", vec![found(Claim::Random), derived()], Verdict::Equivalent, Verdict::Inconclusive, Rung::None),
        ("of nothing", vec![loose()], Verdict::Different, Verdict::Inconclusive, Rung::None),
        ("of itself", vec![derived()], Verdict::Different, Verdict::Inconclusive, Rung::None),
    ];
    for (name, findings, without, with, rung) in cases {
        let explanation = one(findings);
        let conclusion = default(&explanation);
        assert_eq!(conclusion, Conclusion { verdict: without, platforms: vec![(without, rung)] }, "{name}");
        let conclusion = default(&with_gap(explanation));
        assert_eq!(conclusion, Conclusion { verdict: with, platforms: vec![(with, Rung::None)] }, "{name} with a gap");
    }
}

#[test]
fn what_follows_only_from_a_gap_proves_nothing_at_any_distance() {
    let digest = |layer: u32| {
        let location = Location::field_of(Kind::Config, format!("/rootfs/diff_ids/{layer}"));
        sample::finding(location, Aspect::Value, Value::text("a"), Value::text("b"), 1)
    };
    let chain = || {
        vec![
            sample::derived(digest(0), &DIGEST, &[(1, 1)]),
            sample::derived(digest(1), &DIGEST, &[(1, 2)]),
            sample::derived(digest(2), &DIGEST, &[]),
        ]
    };
    let strict = Policy::strict();
    assert_eq!(conclude(&with_gap(one(chain())), &strict).verdict, Verdict::Inconclusive);
    let mut grounded = chain();
    grounded[1] = sample::derived(digest(1), &DIGEST, &[(1, 2), (1, 3)]);
    grounded.push(found(Claim::Proven));
    let explanation = with_gap(one(grounded));
    assert_eq!(conclude(&explanation, &strict).verdict, Verdict::Different);
    assert_eq!(default(&explanation).verdict, Verdict::Inconclusive);
    assert_eq!(conclude(&one(chain()), &strict).verdict, Verdict::Different, "and without a gap it is a difference");
}

#[test]
fn references_that_lead_nowhere_hold_nothing() {
    let explanation = one(vec![sample::derived(sample::mtime(1, "a"), &DIGEST, &[(9, 9), (1, 9)])]);
    assert_eq!(default(&explanation).platforms[0].1, Rung::None);
}

#[test]
fn higher_rungs_come_from_the_engine() {
    let rung = |manifest, image, tree, bare: bool| {
        let mut explanation = one(vec![found(Claim::Proven)]);
        let platform = &mut explanation.platforms[0];
        (platform.same_manifest, platform.same_image, platform.same_tree) = (manifest, image, tree);
        if bare {
            platform.manifest_digest = Sides::new(None, None);
        }
        default(&explanation).platforms[0].1
    };
    assert_eq!(rung(true, true, true, false), Rung::Manifest);
    assert_eq!(rung(false, true, true, false), Rung::Image);
    assert_eq!(rung(false, false, true, false), Rung::Tree);
    assert_eq!(rung(false, false, false, false), Rung::Canonical);
    assert_eq!(rung(true, true, true, true), Rung::Image, "without manifests there is no rung manifest");
}

#[test]
fn identical_is_the_same_manifest_or_the_same_image_without_one() {
    let verdict = |manifest, image, bare: bool, gap: bool| {
        let mut explanation = one(Vec::new());
        let platform = &mut explanation.platforms[0];
        (platform.same_manifest, platform.same_image) = (manifest, image);
        if bare {
            platform.manifest_digest = Sides::new(None, None);
        }
        default(&if gap { with_gap(explanation) } else { explanation }).verdict
    };
    assert_eq!(verdict(true, true, false, false), Verdict::Identical);
    assert_eq!(verdict(true, true, true, false), Verdict::Identical);
    assert_eq!(verdict(true, true, false, true), Verdict::Inconclusive);
    assert_eq!(verdict(false, true, false, false), Verdict::Inconclusive, "nothing found is not nothing different");
    assert_eq!(verdict(true, false, true, false), Verdict::Inconclusive);
}

#[test]
fn the_index_counts_and_its_gaps_reach_every_platform() {
    let same = || {
        let mut platform = sample::platform(Vec::new());
        (platform.same_manifest, platform.same_image, platform.same_tree) = (true, true, true);
        platform
    };
    let mut explanation = sample::explanation(vec![same(), same()]);
    assert_eq!(default(&explanation).verdict, Verdict::Identical);
    sample::edit(&mut explanation.index.findings, |findings| findings.push(found(Claim::Proven)));
    let conclusion = default(&explanation);
    assert_eq!(conclusion.verdict, Verdict::Equivalent);
    assert_eq!(conclusion.platforms, [(Verdict::Identical, Rung::Manifest); 2]);
    explanation.index.gaps.push(sample::gap(Location::new(Kind::Index)));
    let conclusion = default(&explanation);
    assert_eq!(conclusion.verdict, Verdict::Inconclusive);
    assert_eq!(conclusion.platforms[1].0, Verdict::Inconclusive);
    sample::edit(&mut explanation.index.findings, |findings| findings.push(found(Claim::Unexplained)));
    assert_eq!(default(&explanation).verdict, Verdict::Different);
}

#[test]
fn an_index_digest_that_follows_from_a_platforms_gap_proves_nothing() {
    let mut explanation = with_gap(one(Vec::new()));
    let loose = sample::derived(sample::mtime(1, "a"), &DIGEST, &[]);
    sample::edit(&mut explanation.index.findings, |findings| findings.push(loose));
    assert_eq!(default(&explanation).verdict, Verdict::Inconclusive);
}

#[test]
fn without_platforms_the_digests_decide() {
    let mut explanation = sample::explanation(Vec::new());
    assert_eq!(default(&explanation).verdict, Verdict::Inconclusive);
    explanation.images.rebuild = explanation.images.original.clone();
    assert_eq!(default(&explanation).verdict, Verdict::Identical);
}

#[test]
fn the_whole_is_the_worst_of_its_parts() {
    let different = sample::platform(vec![found(Claim::Unexplained)]);
    let equivalent = sample::platform(vec![found(Claim::Proven)]);
    let conclusion = default(&sample::explanation(vec![equivalent, different]));
    assert_eq!(conclusion.verdict, Verdict::Different);
    let verdicts: Vec<Verdict> = conclusion.platforms.iter().map(|(verdict, _)| *verdict).collect();
    assert_eq!(verdicts, [Verdict::Equivalent, Verdict::Different]);
}
