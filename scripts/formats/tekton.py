"""Takes the script out of a Tekton task: tekton.py TASK SCRIPT."""

import re
import sys

import yaml

task_file, script_file = sys.argv[1:]
task = yaml.safe_load(open(task_file, encoding="utf-8"))
if (task["apiVersion"], task["kind"]) != ("tekton.dev/v1", "Task"):
    sys.exit(f"{task_file}: no task")
spec = task["spec"]
known = {f"params.{param['name']}" for param in spec["params"]}
known |= {f"results.{result['name']}.path" for result in spec["results"]}
known |= {f"workspaces.{workspace['name']}.path" for workspace in spec["workspaces"]}
used = set(re.findall(r"\$\(((?:params|results|workspaces)\.[^)]+)\)", yaml.safe_dump(spec)))
if used != known:
    sys.exit(f"{task_file}: declared and used differ: {sorted(used ^ known)}")
(step,) = spec["steps"]
if re.search(r"\$\((params|results|workspaces)\.", step["script"]):
    sys.exit(f"{task_file}: a parameter is put into the script")
open(script_file, "w", encoding="utf-8").write(step["script"])
