use super::*;

#[test]
fn what_is_not_published_yet_is_to_be_published() {
    let stage = Stage::first(Abilities::default());
    let nothing = format!("docker://{}/{NAME}:unpublished", stage.server.host());
    let Sides { rebuild, .. } = stage.local();
    let run = stage.home.run(&["gate", &rebuild, &nothing]);
    assert_eq!(run.code, Some(1), "{}", run.err);
    assert!(run.out.starts_with("sha256:") && run.err.contains("nothing is published yet"), "{}{}", run.out, run.err);
    // The new one has to be there.
    let run = stage.home.run(&["gate", &nothing, &nothing]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{}", run.err);
    let run = stage.home.run(&["gate", &nothing, &rebuild]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{}", run.err);
}
