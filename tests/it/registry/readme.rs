use super::evidence::{Case, with_api};
use super::*;

/// The commands of the README's section on evidence.
fn commands() -> Vec<String> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let section = readme.split_once("\n## Evidence\n").unwrap().1;
    let block = section.split_once("```sh\n").unwrap().1.split_once("```").unwrap().0;
    block.lines().map(str::to_owned).collect()
}

#[test]
fn the_readme_leads_from_two_images_to_a_decision() {
    let commands = commands();
    assert!((2..=5).contains(&commands.len()), "{commands:#?}");
    for abilities in [Abilities::default(), with_api()] {
        let case = Case::new(abilities);
        fs::create_dir(case.path("build")).unwrap();
        std::os::unix::fs::symlink(&case.stage.layouts.rebuild, case.path("build/app")).unwrap();
        let image = case.image();
        let mut last = None;
        for command in &commands {
            let command = command.replace("docker://ghcr.io/example/app:1.2", &image);
            let words: Vec<&str> = command.split(' ').collect();
            assert_eq!(words[0], "reprove");
            let run = case.stage.home.run(&words[1..]);
            assert_eq!(run.code, Some(0), "{command}: {}", run.err);
            last = Some(run.out);
        }
        assert!(last.unwrap().starts_with(&format!("{}: equivalent, the whole image", case.digest)));
    }
}
