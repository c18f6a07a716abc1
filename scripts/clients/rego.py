"""Runs the policy in Rego on a statement: rego.py POLICY STATEMENT fails where it does not allow it."""
import json
import sys

from regopy import Interpreter

rego = Interpreter()
rego.add_module("policy", open(sys.argv[1]).read())
rego.set_input(json.load(open(sys.argv[2])))
answer = json.loads(str(rego.query("data.signature.allow")))
sys.exit(0 if answer == {"expressions": [True]} else 1)
