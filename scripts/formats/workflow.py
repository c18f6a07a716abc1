"""Makes a workflow of the steps that a page shows: workflow.py PAGE WORKFLOW."""

import sys

page, workflow = sys.argv[1:]
steps = open(page, encoding="utf-8").read().split("```yaml\n", 1)[1].split("```", 1)[0]
permissions, steps = steps.split("steps:\n", 1)
steps = steps.replace("OWNER/reprove@COMMIT", "./")
lines = ["name: compare", "on: push", permissions.rstrip(), "jobs:", "  compare:", "    runs-on: ubuntu-latest", "    steps:"]
lines += ["    " + line for line in steps.splitlines()]
open(workflow, "w", encoding="utf-8").write("\n".join(lines) + "\n")
