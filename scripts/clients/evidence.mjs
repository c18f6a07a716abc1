// Holds bundles against @sigstore/verify.
//   node evidence.mjs MODULES KEY.pub OTHER.pub BUNDLE…
// Fails where it refuses one, or takes what it should refuse.
import { createHash, createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [modules, keyPath, otherPath, ...paths] = process.argv.slice(2)
const require = createRequire(`${modules}/`)
const { bundleFromJSON } = require('@sigstore/bundle')
const { Verifier, toSignedEntity } = require('@sigstore/verify')

const read = (path) => createPublicKey(readFileSync(path))
const hint = (key) => createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('base64')
// A key of the user's own: there is neither a log nor an authority that has seen it.
const verify = (bundle, name, publicKey) => {
  const trusted = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [], publicKey: (wanted) => {
    if (wanted !== name) throw new Error(`the bundle names another key: ${wanted}`)
    return { publicKey, validFor: () => true }
  } }
  new Verifier(trusted, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }).verify(toSignedEntity(bundleFromJSON(bundle)))
}
const refuses = (what, ...asked) => {
  try {
    verify(...asked)
  } catch {
    return
  }
  throw new Error(`${what} was taken`)
}

const [key, other] = [read(keyPath), read(otherPath)]
for (const path of paths) {
  const bundle = JSON.parse(readFileSync(path, 'utf8'))
  const change = (edit) => {
    const altered = structuredClone(bundle)
    edit(altered)
    return altered
  }
  verify(bundle, hint(key), key)
  refuses('another key', bundle, hint(key), other)
  refuses('another hint', bundle, hint(other), key)
  refuses('an altered statement', change((altered) => {
    const statement = Buffer.from(altered.dsseEnvelope.payload, 'base64').toString().replace('"sha256"', '"sha512"')
    altered.dsseEnvelope.payload = Buffer.from(statement).toString('base64')
  }), hint(key), key)
  refuses('another type of payload', change((altered) => { altered.dsseEnvelope.payloadType = 'text/plain' }), hint(key), key)
}
console.log(`@sigstore/verify: ${paths.length} bundles`)
