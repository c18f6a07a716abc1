//! Plans that were followed to the letter: `scripts/prove-plans` and `scripts/follow-plans` kept what the report said, what was
//! changed, and what two builds of it were. Today's program has to say the same of the same reports.

use std::collections::BTreeSet;

use super::*;

/// What somebody did who had a report alone.
struct Followed {
    builder: String,
    name: String,
    folder: PathBuf,
}

/// When the builds were to say that they were.
const EPOCH: &str = "1747699200";

/// The folder of the pairs whose images were built from something else, or by something else.
const OTHERS: &str = "followed";

/// Those of one command that builds.
fn followed() -> Vec<Followed> {
    let found: Vec<Followed> = all().into_iter().filter(|plan| plan.builder != OTHERS).collect();
    assert!(found.len() >= 22, "{} plans are kept", found.len());
    found
}

/// The others.
fn others() -> Vec<Followed> {
    let found: Vec<Followed> = all().into_iter().filter(|plan| plan.builder == OTHERS).collect();
    assert_eq!(found.len(), 9);
    found
}

fn all() -> Vec<Followed> {
    let names = |folder: &Path| -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let root = repository().join("testdata/plans");
    let mut all = Vec::new();
    for builder in names(&root) {
        for name in names(&root.join(&builder)) {
            all.push(Followed { folder: root.join(&builder).join(&name), builder: builder.clone(), name });
        }
    }
    all
}

impl Followed {
    fn read(&self, file: &str) -> String {
        let path = self.folder.join(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// What the log says: the digests before, options and digests after, and what came of it.
    fn log(&self) -> (Vec<String>, String, Vec<String>, String) {
        let log = self.read("log");
        let [before, after, result] = log.lines().collect::<Vec<_>>()[..] else { panic!("{}: {log}", self.name) };
        let digests = |line: &str| -> Vec<String> {
            line.split([' ', ',']).filter(|word| word.starts_with("sha256:")).map(str::to_owned).collect()
        };
        let options = after.split_once(": sha256:").unwrap().0.strip_prefix("with the patch and ").unwrap();
        (digests(before), options.to_owned(), digests(after), result.to_owned())
    }

    /// What `reprove fix` says of the report today.
    fn fix(&self, arguments: &[&str]) -> String {
        let folder = match self.name.as_str() {
            "arguments" | "warm" | "cold" => "base",
            "buildkit" => "python",
            name if name.starts_with("builder-") => "builder",
            name => name,
        };
        let known = ["plans", "pairs"].map(|parent| format!("scripts/{parent}/{folder}/Dockerfile"));
        let dockerfile = known.iter().find(|path| repository().join(path).is_file()).unwrap();
        let report = self.folder.join("report.json");
        let run =
            run(&[&["fix", "--dockerfile", dockerfile, "--report", report.to_str().unwrap()], arguments].concat());
        assert_eq!(run.code, Some(0), "{}: {}", self.name, run.err);
        run.out
    }

    fn advice(&self) -> Value {
        serde_json::from_str(&self.fix(&["--format", "json"])).unwrap()
    }
}

fn ids(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|fix| fix["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_patch_of_each_report_is_the_one_that_was_built() {
    for plan in all() {
        let tried = plan.read("fix.patch").replacen("built twice and compared", "not tried", 1);
        assert_eq!(plan.fix(&[]), tried, "{} with {}", plan.name, plan.builder);
    }
}

#[test]
fn the_patch_is_what_the_plan_of_the_report_asks_for() {
    let collapsed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for plan in all() {
        let said = collapsed(&plan.read("report.txt"));
        let report: Value = serde_json::from_str(&plan.read("report.json")).unwrap();
        let advice = plan.advice();
        let mut made: BTreeSet<String> = ids(&advice["edits"]);
        made.extend(ids(&advice["options"]));
        made.extend(ids(&advice["byHand"]));
        for fix in report["plan"]["fixes"].as_array().unwrap() {
            let text = collapsed(fix["text"].as_str().unwrap());
            // Several options are one change there, "And pass …", and those of one builder of several "With BuildKit: pass …".
            assert!(said.contains(&text[1..]), "{} with {}: {text:?} is not in the report", plan.name, plan.builder);
            let id = fix["id"].as_str().unwrap();
            // Wheels take the time of the build, which only the Dockerfile tells.
            assert!(made.contains(id) || id == "zip-times", "{} with {}: {id}", plan.name, plan.builder);
        }
    }
}

#[test]
fn what_came_of_it_is_what_the_page_says() {
    let page = fs::read_to_string(repository().join("docs/proven-plans.md")).unwrap();
    for plan in followed() {
        let Followed { builder, name, .. } = &plan;
        let (before, options, after, result) = plan.log();
        assert_eq!((before.len(), after.len()), (2, 2), "{name} with {builder}");
        assert_ne!(before[0], before[1], "{name} with {builder}");
        let identical = result == "proven: two builds with the changed file are identical";
        assert_eq!(after[0] == after[1], identical, "{name} with {builder}: {after:?}, {result}");
        assert!(result.starts_with("proven: "), "{name} with {builder}: {result}");
        let command = plan.advice()["commands"][0].as_str().unwrap().replace("$(git log -1 --pretty=%ct)", EPOCH);
        assert!(command.contains(&format!(" build {options} --file ")), "{name} with {builder}: {command}");
        let title = if builder == "buildah" { "## buildah " } else { "## BuildKit " };
        let part = page.split("\n## ").find(|part| format!("## {part}").starts_with(title)).unwrap();
        let row = part.lines().find(|line| line.starts_with(&format!("| {name} |"))).unwrap();
        assert!(row.ends_with(&format!("| {result} |")), "{name} with {builder}: {row}");
        assert!(row.contains(&format!("| `{options}` |")), "{name} with {builder}: {row}");
    }
}

#[test]
fn a_plan_for_other_inputs_or_builders_was_done_as_it_stands() {
    let page = fs::read_to_string(repository().join("docs/proven-plans.md")).unwrap();
    let part = page.split("\n## ").find(|part| part.starts_with("Other inputs, other builders, provenance")).unwrap();
    for plan in others() {
        let name = &plan.name;
        let advice = plan.advice();
        let by_hand = ids(&advice["byHand"]);
        assert_eq!(by_hand.contains("one-builder"), name.starts_with("builder-"), "{name}: {by_hand:?}");
        assert_eq!(by_hand.contains("same-arguments"), name == "arguments", "{name}: {by_hand:?}");
        assert_eq!(ids(&advice["edits"]).contains("pin-base"), name == "base", "{name}");
        let commands: Vec<String> = advice["commands"]
            .as_array()
            .unwrap()
            .iter()
            .map(|command| command.as_str().unwrap().replace("$(git log -1 --pretty=%ct)", EPOCH))
            .collect();
        let log = plan.read("log");
        let rows: Vec<&str> = part.lines().filter(|line| line.starts_with(&format!("| {name} |"))).collect();
        let tries: Vec<&str> = log.lines().skip(1).collect();
        assert_eq!((commands.len(), tries.len()), (rows.len(), 2 * rows.len()), "{name}: every builder's was tried");
        for (done, row) in tries.chunks(2).zip(rows) {
            let [how, result] = done else { panic!("{name}: {log}") };
            let digests: BTreeSet<&str> = how.split([' ', ',']).filter(|word| word.starts_with("sha256:")).collect();
            // What the cache of a build hid shows when it is not used, and that has a plan of its own.
            let identical = name != "warm";
            assert_eq!((digests.len() == 1, *result == "identical"), (identical, identical), "{name}: {how}");
            let options = how.split("; ").nth(1).unwrap().split(": sha256:").next().unwrap();
            let command = commands.iter().find(|command| command.contains(&format!(" build {options} --file ")));
            assert!(command.is_some(), "{name}: {options} is not in {commands:?}");
            assert!(
                row.contains(&format!("| `{options}` |")) && row.ends_with(&format!(" {result} |")),
                "{name}: {row}"
            );
        }
    }
    assert!(
        ids(&others().iter().find(|plan| plan.name == "warm").unwrap().advice()["options"])
            .contains("buildkit-no-cache")
    );
}
