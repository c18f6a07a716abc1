# For cosign, opa and conftest: the whole image was rebuilt, and nothing differs that could change what runs.
#   cosign verify-attestation --key rebuilder.pub --policy reproduced.rego \
#     --type https://reprove.example/attestation/image-comparison/v0.1 IMAGE@DIGEST
#   opa eval --data reproduced.rego --input statement.json data.signature.allow
package signature

import rego.v1

default allow := false

allow if {
	input.predicateType == "https://reprove.example/attestation/image-comparison/v0.1"
	# "identical" alone asks for the same bits.
	input.predicate.verdict in {"identical", "equivalent"}
	input.predicate.scope == "image"
	# Who compared: as he was named with --verifier-id.
	input.predicate.verifier.id == "https://reprove.example/verifier"
	every platform in input.predicate.platforms {
		platform.verdict in {"identical", "equivalent"}
		count(platform.differences.gaps) == 0
		every cause in platform.differences.causes {
			cause.severity == "cosmetic"
		}
	}
}
