"""Fills in a GitLab component: component.py TEMPLATE JOB SCRIPT writes its job as a pipeline, and the job's script."""

import re
import sys

import yaml

template, job_file, script_file = sys.argv[1:]
header, body = open(template, encoding="utf-8").read().split("\n---\n", 1)
inputs = yaml.safe_load(header)["spec"]["inputs"]
for name, declared in inputs.items():
    body = body.replace(f"$[[ inputs.{name} ]]", declared.get("default") or f"{name}-of-the-user")
if re.search(r"\$\[\[", body):
    sys.exit(f"{template}: an input is used that is not declared")
pipeline = yaml.safe_load(body)
(job,) = pipeline.values()
scripts = "\n".join(job["script"])
if any(f"{name}-of-the-user" in scripts for name in inputs):
    sys.exit(f"{template}: an input is put into the script")
open(job_file, "w", encoding="utf-8").write(yaml.safe_dump(pipeline))
open(script_file, "w", encoding="utf-8").write(scripts + "\n")
