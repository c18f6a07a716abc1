use super::*;
use crate::explain::Claim;
use crate::explain::sample;
use crate::finding::{Kind, Location, Sides};
use crate::policy::{Date, Policy};

fn render(explanation: &crate::explain::Explanation, policy: &Policy, detail: Detail) -> String {
    let date = Date::parse("2026-01-31").unwrap();
    let report = Report::new(explanation, policy, date, "0.1.0");
    let mut text = Vec::new();
    write(&report, &Options::plain(80, detail), &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn release() -> Policy {
    let text = "name = \"release\"\n[[accept]]\ncause = \"nothing\"\npath = \"usr/**\"\nreason = \"r\"\n\
                [[accept]]\ncause = \"pyc-header-mtime\"\nreason = \"r\"\nexpires = \"2025-12-31\"\n";
    Policy::parse("p.toml", text, &["pyc-header-mtime", "nothing"]).unwrap()
}

fn multi() -> crate::explain::Explanation {
    let mut explanation = sample::different();
    let mut arm = sample::platform(vec![sample::explained(sample::mtime(2, "a"), Claim::Proven, Some(&sample::MTIME))]);
    arm.platform = Sides::new("linux/arm64".to_owned(), "linux/arm64".to_owned());
    arm.steps.rebuild[2] = "COPY --chmod=644 . /app # buildkit".to_owned();
    explanation.platforms.push(arm);
    explanation
}

#[test]
fn an_equivalent_image_reads_like_this() {
    let text = render(&sample::equivalent(), &Policy::default_policy(), Detail::Normal);
    assert_eq!(text, EQUIVALENT);
}

#[test]
fn a_different_image_reads_like_this() {
    assert_eq!(render(&sample::different(), &release(), Detail::Normal), DIFFERENT);
}

#[test]
fn quiet_is_the_verdict_alone() {
    let quiet = |explanation: &_, policy: &_| render(explanation, policy, Detail::Quiet);
    let (default, strict) = (Policy::default_policy(), Policy::strict());
    assert_eq!(
        quiet(&sample::equivalent(), &strict),
        "different: linux/amd64 — 4 findings are not accepted by the policy \"strict\"\n"
    );
    let mut gap = sample::equivalent();
    gap.platforms[0].gaps.push(sample::gap(Location::new(Kind::Manifest)));
    assert_eq!(quiet(&gap, &default), "inconclusive: linux/amd64 — 1 place could not be looked at\n");
    let mut same = sample::explanation(vec![sample::platform(Vec::new())]);
    same.platforms[0].same_manifest = true;
    assert_eq!(quiet(&same, &strict), "identical: the manifests are the same, byte for byte (linux/amd64)\n");
    same.platforms[0].manifest_digest = Sides::new(None, None);
    same.platforms[0].same_image = true;
    assert_eq!(quiet(&same, &strict), "identical: config and layers are the same, byte for byte (linux/amd64)\n");
}

#[test]
fn platforms_and_sides_are_told_apart() {
    let text = render(&multi(), &release(), Detail::Normal);
    for line in [
        "  platform   linux/arm64, equivalent, rung canonical, 12 bytes differ, all\n             explained\n",
        "Where they differ: linux/arm64\n  layer 2  1 entry, the first  COPY --chmod=644 . /app\n",
        "\n  linux/amd64\n\n  f7  layer 2 · app/bin/server",
        "  missing  linux/amd64 · layer 4\n",
    ] {
        assert!(text.contains(line), "{line}");
    }
    let long = render(&multi(), &release(), Detail::Verbose);
    assert!(long.contains("    layer 2          COPY . /app\n    layer 2 rebuild  COPY --chmod=644 . /app\n"));
}

#[test]
fn what_is_asked_for_is_shown_and_nothing_else() {
    let explanation = sample::different();
    let report = Report::new(&explanation, &release(), Date::parse("2026-01-31").unwrap(), "0.1.0");
    let shown = |selection: Selection| {
        let mut text = Vec::new();
        write(&report, &Options { selection, ..Options::plain(80, Detail::Normal) }, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        (1..=9).filter(|id| text.contains(&format!("\n  f{id}  "))).collect::<Vec<_>>()
    };
    let causes =
        |ids: &[&str]| Selection { causes: ids.iter().map(|id| (*id).to_owned()).collect(), ..Selection::default() };
    let paths = |glob: &str| vec![crate::policy::Pattern::new(glob).unwrap()];
    assert_eq!(shown(causes(&[UNEXPLAINED])), [7, 8, 9]);
    assert_eq!(shown(causes(&["package-drift", "pyc-header-mtime"])), [3, 4]);
    assert_eq!(shown(Selection { paths: paths("app/*"), ..causes(&[UNEXPLAINED]) }), [8]);
    assert_eq!(shown(Selection { layers: vec![1], ..Selection::default() }), [3, 4]);
    assert_eq!(shown(Selection { layers: vec![9], ..Selection::default() }), [0; 0]);
}

#[test]
fn verbose_lists_every_finding_and_every_remedy() {
    let text = render(&sample::different(), &Policy::strict(), Detail::Verbose);
    assert!(
        text.contains(
            "\n    any       Build from a Git checkout whose times are set to the commit's\n    buildkit  Pass"
        )
    );
    for id in 1..=9 {
        assert!(text.contains(&format!("\n  f{id}  ")), "f{id}");
    }
    assert!(text.contains("pyc-header-mtime, proven, not accepted; equals the mtime of\n    usr/lib/python3"));
}

#[test]
fn long_lists_are_cut_with_a_word_about_it() {
    let unexplained = |number: u32| sample::explained(sample::mtime(number, "x"), Claim::Unexplained, None);
    let explanation = sample::explanation(vec![sample::platform((0..1_030).map(unexplained).collect())]);
    let default = Policy::default_policy();
    let text = render(&explanation, &default, Detail::Normal);
    assert!(text.contains("\n  f10  ") && !text.contains("\n  f11  "));
    assert!(text.contains("  1,020 more are not shown here: see them with -v or -o json=FILE.\n"));
    let text = render(&explanation, &default, Detail::Verbose);
    assert!(text.contains("\n  f1030  ") && !text.contains("more are not shown"));
}

#[test]
fn nothing_from_an_image_steers_the_terminal_and_nothing_exceeds_it() {
    let mut explanation = sample::different();
    let hostile = "\u{1b}[2J\u{202e}\n\r\u{9b}31m".repeat(20);
    explanation.images.original.reference = hostile.clone();
    let platform = &mut explanation.platforms[0];
    platform.gaps[0].detail = sample::said(&hostile);
    platform.steps.original[1] = hostile.clone();
    platform.warnings[0].details.original = Some(hostile.clone());
    let steer = |explained: &mut crate::explain::Explained| {
        explained.finding.location.path = Some(hostile.as_bytes().into());
        explained.finding.values.original = crate::finding::Value::text(hostile.clone());
        explained.witness = Some(hostile.as_str().into());
        for hunk in explained.diff.iter_mut().flat_map(|diff| &mut diff.hunks) {
            hunk.original.push(hostile.clone());
        }
    };
    sample::edit(&mut platform.findings, |findings| findings.iter_mut().for_each(steer));
    let text = render(&explanation, &release(), Detail::Verbose);
    for line in text.lines() {
        assert_eq!(crate::report::escape::escape(line), line);
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}");
    }
}

#[test]
fn colors_change_nothing_but_colors() {
    let explanation = sample::different();
    let report = Report::new(&explanation, &release(), Date::parse("2026-01-31").unwrap(), "0.1.0");
    let mut colored = Vec::new();
    write(&report, &Options { style: Style::colored(), ..Options::plain(80, Detail::Normal) }, &mut colored).unwrap();
    assert!(colored.contains(&0x1b));
    let stripped = anstream::adapter::strip_bytes(&colored).into_vec();
    assert_eq!(String::from_utf8(stripped).unwrap(), DIFFERENT);
}

#[test]
fn the_page_of_a_cause_is_its_documentation() {
    let options = Options::plain(80, Detail::Normal);
    let mut text = Vec::new();
    write_cause(&sample::MTIME, &options, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(text.starts_with(
        "Files in a layer carry the time of the build\nentry-mtime  cosmetic, proven\n\nWhat differs\n  \
         The time of each file in a layer.\n\nHow to fix the build\n  - one\n  - two\n\nRemedies\n  buildkit  Pass --output"
    ));
    let mut list = Vec::new();
    let groups = [("tar", vec![&sample::MTIME]), ("image", vec![&sample::HISTORY_SECRET])].into();
    write_catalogue(&groups, &options, &mut list).unwrap();
    assert_eq!(
        String::from_utf8(list).unwrap(),
        "image\n  history-secret  security     warning     A secret is recorded in the history\n\n\
         tar\n  entry-mtime     cosmetic     proven      Files in a layer carry the time of t…\n"
    );
    let found = search_causes("PyC-HEADER");
    assert!(found["python"].iter().any(|cause| cause.id == "pyc-header-mtime") && !found.contains_key("compression"));
    assert!(search_causes("no such words").is_empty());
}

const EQUIVALENT: &str = r#"equivalent at rung canonical: every one of 4 differences is explained and
accepted by the policy "default"

  original   docker://docker.io/library/app:1.2  sha256:1a1a1a1a1a1a, buildkit
  rebuild    oci:build/app:1.2                   sha256:2b2b2b2b2b2b, buildkit
  platform   linux/amd64, rung canonical, 166 bytes differ, all explained

Where they differ
  layer 2  2 entries, the first  COPY . /app

1 change covers 2 of 2 findings (not tried)
  1  Pass --output type=image,rewrite-timestamp=true (BuildKit 0.13 or later).
     And pass --build-arg SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct) (BuildKit
     0.11 or later)
     covers 2: entry-mtime

Accepted
  2  entry-mtime  Files in a layer carry the time of the build

  2 findings follow from what is named here: sizes, checksums, digests.

Next: make the changes above, build twice and compare again.
More: reprove causes ID; --cause ID, --layer N, --path GLOB; -v; -o json=FILE
"#;

const DIFFERENT: &str = r#"different: linux/amd64 — 3 findings are unexplained, 1 not accepted by the
policy "release"

  original   docker://docker.io/library/app:1.2  sha256:1a1a1a1a1a1a, buildkit
  rebuild    oci:build/app:1.2                   sha256:2b2b2b2b2b2b, buildkit
  platform   linux/amd64, rung none, 1,866 bytes differ, 1,688 unexplained

Where they differ
  layer 1  2 entries, the first  RUN apt-get update && apt-get install -y pytho…
  layer 2  5 entries             COPY . /app

Unexplained: 3 findings

  f7  layer 2 · app/bin/server · bytes 0x400..0x408
    content
      original  8 bytes, sha256:cccccccccccc
      rebuild   8 bytes, sha256:dddddddddddd
    - 00000400  7f 45 4c 46 02 01 01 00  |.ELF....|
    + 00000400  7f 45 4c 46 02 01 01 03  |.ELF....|
    ⋮ the difference goes on; the limit of shown lines is reached

  f8  layer 2 · app/settings.ini
    content
      original  1,234 bytes, sha256:aaaaaaaaaaaa
      rebuild   1,234 bytes, sha256:bbbbbbbbbbbb
      [server]
    - workers = 4
    + workers = 8
      api_token = [redacted]

  f9  layer 2 · etc/ssl/server.key
    there on one side only
      original  (private key, not shown)
      rebuild   (absent)

Not accepted by the policy "release"
  package-drift  1 finding, behavioural, attributed
  Another version of a package was installed
    layer 1 · var/lib/dpkg/status · ca-certificates/Version
      original  20240203
      rebuild   20250419

Not looked at: 1 place

  missing  layer 4
    blob sha256:3a7b1c is not there

3 changes cover 4 of 7 findings (not tried)
  1  Pass --output type=image,rewrite-timestamp=true (BuildKit 0.13 or later).
     And pass --build-arg SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct) (BuildKit
     0.11 or later)
     covers 2: entry-mtime
  2  Write ARG SOURCE_DATE_EPOCH after the FROM of each stage that has a RUN
     covers 1: pyc-header-mtime; needs 1: without a value it is unset
  3  Install from a snapshot of the archive, with versions pinned
     covers 1: package-drift

  No change is known for 3 findings: 3 unexplained.

Accepted
  2  entry-mtime       Files in a layer carry the time of the build
  1  pyc-header-mtime  Compiled Python files embed the time of their source

  2 findings follow from what is named here: sizes, checksums, digests.

Worth knowing
  2  history-secret

Policy "release"
  entry 2 (line 6), pyc-header-mtime expired after 2025-12-31; it would match 1
  finding
  entry 1 (line 2), nothing, path usr/** matched nothing and can go

Next: look at what is unexplained first; reprove fix --dockerfile FILE may tell
      which command makes it.
More: reprove causes ID; --cause ID, --layer N, --path GLOB; -v; -o json=FILE
"#;
