use super::*;
use crate::causes::{self, Builder};
use crate::explain::BuiltBy;

fn built_by(builder: Builder, version: Option<&str>) -> BuiltBy {
    BuiltBy { builder, version: version.map(str::to_owned) }
}

fn twice(builder: Builder, version: Option<&str>) -> Setting {
    let image = built_by(builder, version);
    Setting::new([Some(&image), Some(&image)])
}

fn seen(id: &str, in_image: u64, in_files: u64) -> Seen {
    Seen { cause: causes::find(id).unwrap(), in_image, in_files }
}

/// `ID covered: causes; needs` of each fix.
fn shown(plan: &Plan) -> Vec<String> {
    let line = |planned: &Planned| {
        let needs: Vec<&str> = planned.needs.iter().map(|(fix, _)| fix.id).collect();
        let covers = &planned.covers;
        format!("{} {}: {}; {}", planned.fix.id, covers.findings, covers.causes.join(" "), needs.join(" "))
    };
    plan.fixes.iter().map(line).collect()
}

#[test]
fn the_python_application_takes_three_changes_and_their_argument() {
    let findings = [
        seen("pyc-header-mtime", 212, 0),
        seen("tar-mtime", 1_300, 0),
        seen("config-created-time", 1, 0),
        seen("text-build-stamp", 1, 0),
        seen("config-history-command-format", 4, 0),
    ];
    let plan = Plan::new(&findings, 0, &twice(Builder::Buildah, Some("1.28.2")));
    assert_eq!(
        shown(&plan),
        [
            "buildah-timestamp 1301: tar-mtime config-created-time; ",
            "arg-source-date-epoch 212: pyc-header-mtime; epoch-argument",
            "date-from-epoch 1: text-build-stamp; arg-source-date-epoch",
            "epoch-argument 0: ; ",
        ]
    );
    assert_eq!((plan.covered, plan.left), (1_514, Covered::default()));
    // Seen with buildah 1.43: --source-date-epoch gives the ARG its value, and --timestamp is refused beside a build
    // argument of that name.
    let plan = Plan::new(&findings, 0, &twice(Builder::Buildah, Some("1.43.2")));
    assert_eq!(
        shown(&plan),
        [
            "buildah-source-date-epoch 1301: tar-mtime config-created-time; ",
            "arg-source-date-epoch 212: pyc-header-mtime; buildah-source-date-epoch",
            "date-from-epoch 1: text-build-stamp; arg-source-date-epoch",
        ]
    );
    let plan = Plan::new(&findings, 0, &twice(Builder::Buildkit, None));
    assert_eq!(
        shown(&plan),
        [
            "buildkit-rewrite-timestamp 1300: tar-mtime; buildkit-epoch",
            "arg-source-date-epoch 212: pyc-header-mtime; buildkit-epoch",
            "buildkit-epoch 1: config-created-time; ",
            "date-from-epoch 1: text-build-stamp; arg-source-date-epoch",
        ]
    );
}

#[test]
fn the_version_at_hand_decides_which_option_it_is() {
    let ids = |version| {
        let setting = twice(Builder::Buildah, version);
        let fixes = setting.fixes(causes::find("config-created-time").unwrap());
        fixes.iter().map(|fix| fix.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(Some("1.28.2")), ["buildah-timestamp"]);
    assert_eq!(ids(Some("1.43")), ["buildah-source-date-epoch"]);
    assert_eq!(ids(Some("1.9")), ["buildah-source-date-epoch", "buildah-timestamp"], "neither: it takes a newer one");
    assert_eq!(ids(None), ["buildah-source-date-epoch", "buildah-timestamp"]);
}

#[test]
fn no_builder_reaches_into_files() {
    let plan = Plan::new(&[seen("tar-mtime", 3, 2)], 0, &twice(Builder::Kaniko, None));
    assert_eq!(
        shown(&plan),
        [
            "kaniko-reproducible 3: tar-mtime; ",
            "tar-options 2: tar-mtime; arg-source-date-epoch",
            "arg-source-date-epoch 0: ; epoch-argument",
            "epoch-argument 0: ; ",
        ]
    );
}

#[test]
fn two_builders_are_made_one() {
    let (old, new) = (built_by(Builder::Buildah, Some("1.28.2")), built_by(Builder::Buildkit, None));
    let findings = [seen("tar-mode-file-type-bits", 2_134, 0), seen("config-history-command-format", 9, 0)];
    let plan = Plan::new(&findings, 0, &Setting::new([Some(&old), Some(&new)]));
    assert_eq!(shown(&plan), ["one-builder 2143: tar-mode-file-type-bits config-history-command-format; "]);
    let times = Plan::new(&[seen("tar-mtime", 5, 0)], 0, &Setting::new([Some(&old), Some(&new)]));
    assert_eq!(
        shown(&times),
        [
            "buildah-timestamp 5: tar-mtime; ",
            "buildkit-rewrite-timestamp 5: tar-mtime; buildkit-epoch",
            "buildkit-epoch 0: ; ",
        ],
        "each builder has its own"
    );
    let plan = Plan::new(&findings, 0, &Setting::new([Some(&old), None]));
    assert_eq!(plan.fixes.first().map(|planned| planned.fix.id), Some("one-builder"));
    let newer = built_by(Builder::Buildah, Some("1.43.2"));
    let plan = Plan::new(&findings, 0, &Setting::new([Some(&old), Some(&newer)]));
    assert_eq!(plan.fixes.first().map(|planned| planned.fix.id), Some("one-builder"));
}

#[test]
fn a_cache_is_to_be_left_out_whatever_else_there_is_to_change() {
    let (cached, findings) = (causes::find("warm-cache-suspected").unwrap(), [seen("config-created-time", 1, 0)]);
    for (setting, ids) in [
        (twice(Builder::Buildkit, None), &["buildkit-epoch", "buildkit-no-cache"][..]),
        (twice(Builder::Kaniko, None), &["kaniko-reproducible"][..]),
    ] {
        let plan = Plan::new(&findings, 0, &setting).against(cached, &setting).against(cached, &setting);
        assert_eq!(plan.fixes.iter().map(|planned| planned.fix.id).collect::<Vec<_>>(), ids);
        assert_eq!(plan.covered, 1, "it covers nothing itself");
    }
}

#[test]
fn every_builder_has_a_fix_for_what_depends_on_its_version() {
    for builder in Builder::ALL {
        let plan = Plan::new(&[seen("tar-dialect", 1, 0)], 0, &twice(builder, None));
        assert_eq!(plan.fixes.first().map(|planned| planned.fix.builder), Some(Some(builder)));
    }
}

#[test]
fn what_no_fix_covers_is_left() {
    let findings = [seen("config-legacy-container-fields", 2, 0), seen("machine-id", 1, 0)];
    let plan = Plan::new(&findings, 7, &twice(Builder::Buildkit, None));
    assert_eq!(shown(&plan), ["clean-machine-id 1: machine-id; "]);
    assert_eq!(plan.left, Covered { findings: 9, causes: vec!["config-legacy-container-fields"] });
    assert_eq!(plan.covered, 1);
}

#[test]
fn a_fix_that_the_others_make_needless_is_dropped() {
    let findings = [seen("apt-lists", 3, 0), seen("dpkg-log", 2, 0), seen("ldconfig-aux-cache", 2, 0)];
    let plan = Plan::new(&findings, 0, &twice(Builder::Buildkit, None));
    assert_eq!(shown(&plan), ["clean-after-apt 7: apt-lists dpkg-log ldconfig-aux-cache; "]);
    let first: &'static Fix = causes::find("npm-debug-log").unwrap().remedies[0];
    let others: Vec<&'static Fix> = causes::find("npm-debug-log").unwrap().remedies.to_vec();
    let element =
        |class, cause, findings, fixes: &[&'static Fix]| Element { class, cause, findings, fixes: fixes.to_vec() };
    let date = causes::find("text-build-stamp").unwrap().remedies;
    // The first pick (3 + 3) is covered again by the two that the others leave no choice about.
    let elements = [
        element(0, "a", 3, &[others[0], others[1]]),
        element(1, "b", 3, &[others[0], date[0]]),
        element(2, "c", 1, &[others[1]]),
        element(3, "d", 1, &[date[0]]),
    ];
    let ids: Vec<&str> = cover(&elements).iter().map(|fix| fix.id).collect();
    assert!(!ids.contains(&first.id) && ids.len() == 2, "{ids:?}");
}

#[test]
fn every_fix_has_an_id_of_its_own_and_every_cause_a_fix_that_is_for_somebody() {
    let mut fixes: Vec<&'static Fix> = Vec::new();
    let mut waiting: Vec<&'static Fix> = causes::LIST.iter().flat_map(|cause| cause.remedies).copied().collect();
    while let Some(fix) = waiting.pop() {
        waiting.extend(fix.needs.iter().flat_map(|need| need.one_of).copied());
        let same = fixes.iter().find(|known| known.id == fix.id);
        match same {
            None => fixes.push(fix),
            Some(known) => {
                assert_eq!(format!("{:?}{:?}", known.since, known.note), format!("{:?}{:?}", fix.since, fix.note))
            }
        }
        let word = |id: &str| id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(!fix.id.is_empty() && word(fix.id), "{fix:?}");
        assert!(fix.since.is_none() || fix.builder.is_some(), "{fix:?}: a version of which builder?");
    }
    for cause in causes::LIST {
        assert!(matches!(cause.proof, causes::Proof::Derived(_)) || !cause.remedies.is_empty(), "{}", cause.id);
    }
}
