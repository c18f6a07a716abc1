//! A few numbers of a report, for the next step of a job and for monitoring.

use std::io::{self, Write};

use super::Report;
use super::text::headline::{platform_name, verdict_name};

/// Writes variables, one a line, as GitLab's dotenv reports and `$GITHUB_OUTPUT` take them: names of capitals, values
/// without blanks or quotes.
///
/// # Errors
/// The writer's own.
pub fn dotenv(report: &Report<'_>, mut to: impl Write) -> io::Result<()> {
    let summary = &report.summary;
    let rung = report.platforms.iter().map(|platform| platform.rung).min();
    let refused = report.causes.iter().map(|cause| cause.findings - cause.accepted_findings).sum::<u64>();
    let digest = |digest: &Option<String>| digest.clone().unwrap_or_default();
    for (name, value) in [
        ("VERDICT", verdict_name(report.verdict).to_owned()),
        ("RUNG", rung.map(|rung| rung.name().to_owned()).unwrap_or_default()),
        ("FINDINGS", summary.findings.to_string()),
        ("UNEXPLAINED", summary.unexplained.to_string()),
        ("NOT_ACCEPTED", (refused + summary.unexplained).to_string()),
        ("GAPS", summary.gaps.to_string()),
        ("WARNINGS", summary.warnings.to_string()),
        ("ORIGINAL_DIGEST", digest(&report.original.digest)),
        ("REBUILD_DIGEST", digest(&report.rebuild.digest)),
    ] {
        writeln!(to, "REPROVE_{name}={value}")?;
    }
    report.check()
}

/// Writes `OpenMetrics` text, version 1.0.0: what each platform's comparison came to.
///
/// # Errors
/// The writer's own.
pub fn openmetrics(report: &Report<'_>, mut to: impl Write) -> io::Result<()> {
    let verdict = verdict_name(report.verdict);
    writeln!(to, "# TYPE reprove_comparison info")?;
    writeln!(to, "# HELP reprove_comparison The images that were compared.")?;
    let [original, rebuild] =
        [&report.original.digest, &report.rebuild.digest].map(|digest| label(digest.as_deref().unwrap_or_default()));
    writeln!(to, "reprove_comparison_info{{verdict=\"{verdict}\",original=\"{original}\",rebuild=\"{rebuild}\"}} 1")?;
    writeln!(to, "# TYPE reprove_findings gauge")?;
    writeln!(to, "# HELP reprove_findings Differences, by how far they are explained.")?;
    let summary = &report.summary;
    for (claim, number) in [
        ("proven", summary.proven),
        ("derived", summary.derived),
        ("attributed", summary.attributed),
        ("random", summary.random),
        ("excluded", summary.excluded),
        ("unexplained", summary.unexplained),
    ] {
        writeln!(to, "reprove_findings{{claim=\"{claim}\"}} {number}")?;
    }
    writeln!(to, "# TYPE reprove_gaps gauge\n# HELP reprove_gaps Places that could not be looked at.")?;
    writeln!(to, "reprove_gaps {}", summary.gaps)?;
    writeln!(to, "# TYPE reprove_platform_equal gauge")?;
    writeln!(
        to,
        "# HELP reprove_platform_equal Whether a platform is identical or equivalent, at the rung that is named."
    )?;
    for platform in &report.platforms {
        let (name, rung) = (label(&platform_name(&platform.platform)), platform.rung.name());
        let equal = u8::from(platform.verdict.passes());
        writeln!(to, "reprove_platform_equal{{platform=\"{name}\",rung=\"{rung}\"}} {equal}")?;
    }
    writeln!(to, "# EOF")?;
    report.check()
}

/// The value of a label.
fn label(text: &str) -> String {
    super::escape::escape(text).replace('\\', "\\\\").replace('"', "\\\"")
}
