//! Two images are compared, with a progress bar on the terminal where there is one.

use std::io::{self, IsTerminal as _};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use reprove::{Explanation, Options, Progress, Session};

pub(crate) fn run(
    original: &str,
    rebuild: &str,
    options: Options,
    is_shown: bool,
) -> anyhow::Result<(Session, Explanation)> {
    let progress = Arc::new(Progress::default());
    let compare = || {
        let session = Session::open(original, rebuild, options, progress.clone())?;
        let explanation = session.compare()?;
        Ok((session, explanation))
    };
    if !is_shown || !io::stderr().is_terminal() {
        return compare();
    }
    std::thread::scope(|scope| {
        let (done, is_done) = mpsc::channel();
        let progress = &progress;
        scope.spawn(move || show(progress, &is_done));
        let compared = compare();
        drop(done);
        compared
    })
}

/// Draws the counters until the other end of the channel is gone.
fn show(progress: &Progress, is_done: &mpsc::Receiver<()>) {
    let bar = indicatif::ProgressBar::new(0);
    let style = |template| indicatif::ProgressStyle::with_template(template).map(|style| style.progress_chars("━━─"));
    let (of_known, of_unknown) =
        (style("comparing {bar:30} {bytes}/{total_bytes}{msg}"), style("comparing {bytes}{msg}"));
    while let Err(mpsc::RecvTimeoutError::Timeout) = is_done.recv_timeout(Duration::from_millis(100)) {
        let now = progress.snapshot();
        // Archives of engines do not say how large their layers are.
        if let Ok(style) = if now.bytes_total >= now.bytes_done { &of_known } else { &of_unknown } {
            bar.set_style(style.clone());
        }
        bar.set_length(now.bytes_total.max(now.bytes_done));
        bar.set_position(now.bytes_done);
        if now.layers_opened > 0 {
            bar.set_message(format!(", {} layer blobs opened", now.layers_opened));
        }
    }
    bar.finish_and_clear();
}
