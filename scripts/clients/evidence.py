"""Holds evidence against the Python clients: securesystemslib for the envelope, in-toto-attestation for the statement.
    evidence.py KEY.pub ENVELOPE…
Fails where one of them refuses, or takes what it should refuse."""
import base64
import copy
import json
import sys

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf.json_format import ParseDict
from in_toto_attestation.predicates.scai.v0 import scai_pb2
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

# Predicates that the package knows as they are specified. Its summary of SLSA has one string for what is a list.
KNOWN = {
    "https://in-toto.io/attestation/test-result/v0.1": test_result_pb2.TestResult,
    "https://in-toto.io/attestation/scai/v0.3": scai_pb2.AttributeReport,
}


def key_of(path):
    key = SSlibKey.from_crypto(load_pem_public_key(open(path, "rb").read()))
    # Envelopes have an empty keyid, and this client finds keys by it.
    key.keyid = ""
    return key


def refused(envelope, key, what):
    try:
        # A copy: reading an envelope changes it.
        Envelope.from_dict(copy.deepcopy(envelope)).verify([key], 1)
    except VerificationError:
        return
    sys.exit(f"evidence.py: {what} was taken")


def check(path, key):
    envelope = json.load(open(path))
    Envelope.from_dict(copy.deepcopy(envelope)).verify([key], 1)
    statement = json.loads(base64.b64decode(envelope["payload"]))
    Statement.copy_from_pb(ParseDict(statement, statement_pb2.Statement())).validate()
    if message := KNOWN.get(statement["predicateType"]):
        ParseDict(statement["predicate"], message())
    altered = json.dumps({**statement, "subject": [{"digest": {"sha256": "0" * 64}}]}).encode()
    refused({**envelope, "payload": base64.b64encode(altered).decode()}, key, "an altered statement")
    refused({**envelope, "payloadType": "text/plain"}, key, "another type of payload")
    try:
        ParseDict({**statement, "extra": 1}, statement_pb2.Statement())
    except Exception:
        return
    sys.exit("evidence.py: an unknown member was taken")


for path in sys.argv[2:]:
    check(path, key_of(sys.argv[1]))
print(f"securesystemslib and in-toto-attestation: {len(sys.argv) - 2} envelopes")
