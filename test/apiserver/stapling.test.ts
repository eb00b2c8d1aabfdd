// OCSP stapling by the real nginx, with the files that the operator and the edge's agent write.
import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KeyPair } from '../../operator/deps.ts'
import { tryRun } from '../kind/command.ts'
import { anInstance } from '../support/instance.ts'
import { type NameServer, startNameServer } from '../support/name-server.ts'
import { certify, type Responder, startResponder } from '../support/responding-authority.ts'
import { type Edge, startEdge } from './edge-on-loopback.ts'
import { until } from './environment.ts'

const host = 'finia.example.com'
const responderHost = 'ocsp.example.com'
const nothing = 'OCSP response: no response sent'
/** All that nginx says of a configuration that it has nothing against. */
const noComplaint = [expect.stringMatching(/ syntax is ok$/), expect.stringMatching(/ test is successful$/)]

let names: NameServer
let responder: Responder
let edge: Edge
let folder: string
/** Every authority that a client trusts. */
let believed: string
let root: KeyPair
let between: KeyPair
/** Believed by the system, in no Secret. */
let famous: KeyPair
let famousBetween: KeyPair

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finia-stapling-'))
  names = await startNameServer()
  responder = await startResponder()
  root = await certify({ name: 'root', isAuthority: true })
  between = await certify({ name: 'between', isAuthority: true, by: root })
  famous = await certify({ name: 'famous', isAuthority: true })
  famousBetween = await certify({ name: 'famous between', isAuthority: true, by: famous })
  believed = join(folder, 'believed.pem')
  await writeFile(believed, `${root.certificate}${famous.certificate}`)
  const roots = [famous.certificate]
  edge = await startEdge({ instance: anInstance(), resolvers: [`127.0.0.1:${names.port}`], roots })
})
afterAll(async () => {
  await edge?.stop()
  await responder?.close()
  await names?.close()
  await rm(folder, { recursive: true, force: true })
})

const responderUrl = () => `http://${responderHost}:${responder.port}`

/** What `openssl s_client` shows of a stapled answer, after a handshake that is worth its name. */
const shake = async (served: KeyPair): Promise<readonly string[]> => {
  const options = ['-connect', `127.0.0.1:${edge.httpsPort}`, '-servername', host, '-CAfile', believed, '-verify_return_error', '-status']
  let shown = ''
  // A worker of the configuration before may be met once more.
  await until('the certificate is served', 30_000, async () => {
    const { code, stdout, stderr } = await tryRun('openssl', ['s_client', ...options], { timeoutMilliseconds: 30_000 })
    if (code !== 0) throw new Error(`no handshake: ${stderr}`)
    shown = stdout
    // that of the responder is shown before it
    const [, pem] = /Server certificate\n(-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----)/.exec(stdout) ?? []
    return pem !== undefined && new X509Certificate(pem).serialNumber === new X509Certificate(served.certificate).serialNumber
  })
  return shown.split('\n').flatMap((line) => (/^(OCSP response:.*sent|\s*OCSP Response Status:.*|\s*Cert Status:.*)$/.test(line) ? [line.trim()] : []))
}

/** nginx asks at the first handshake of each worker, and staples at a later one. */
const shakeUntilStapled = async (served: KeyPair): Promise<readonly string[]> => {
  let seen: readonly string[] = []
  await until(`an answer is stapled, not ${nothing}`, 60_000, async () => {
    seen = await shake(served)
    return seen.length > 0 && !seen.includes(nothing)
  })
  return seen
}

const good = ['OCSP Response Status: successful (0x0)', 'Cert Status: good']

const chained = (leaf: KeyPair, ...above: readonly KeyPair[]): KeyPair => ({
  key: leaf.key,
  certificate: [leaf, ...above].map(({ certificate }) => certificate).join(''),
})

test('the word of an authority that is in ca.crt alone is stapled, and its responder is found by the name server of the pod', async () => {
  const pair = await certify({ name: host, by: root, responder: responderUrl() })
  await responder.answer(root.certificate, root, [pair.certificate])
  expect(await edge.serve(pair, root.certificate)).toEqual(noComplaint)
  expect(await shakeUntilStapled(pair)).toEqual(good)
  expect(names.asked).toContain(responderHost)
})

test('so is the word of one between, and of a responder with a certificate of its own', async () => {
  const leaf = await certify({ name: host, by: between, responder: responderUrl() })
  await responder.answer(between.certificate, await certify({ name: 'answers', by: between, answersForIt: true }), [leaf.certificate])
  const pair = chained(leaf, between)
  expect(await edge.serve(pair, root.certificate)).toEqual(noComplaint)
  expect(await shakeUntilStapled(pair)).toEqual(good)
})

test('a bought certificate needs no ca.crt: its root is one that the system believes', async () => {
  const leaf = await certify({ name: host, by: famousBetween, responder: responderUrl() })
  await responder.answer(famousBetween.certificate, await certify({ name: 'answers', by: famousBetween, answersForIt: true }), [leaf.certificate])
  const pair = chained(leaf, famousBetween)
  expect(await edge.serve(pair, '')).toEqual(noComplaint)
  expect(await shakeUntilStapled(pair)).toEqual(good)
})

test('an authority whose certificate is in tls.crt need not say who it is, as most that sell certificates do not', async () => {
  const leaf = await certify({ name: host, by: famousBetween, responder: responderUrl() })
  await responder.answer(famousBetween.certificate, famousBetween, [leaf.certificate], 'unsaid')
  const pair = chained(leaf, famousBetween)
  expect(await edge.serve(pair, '')).toEqual(noComplaint)
  expect(await shakeUntilStapled(pair)).toEqual(good)
})

test('a forged answer is not handed on, and nobody waits for a better one', async () => {
  const pair = await certify({ name: host, by: root, responder: responderUrl() })
  const stranger = await certify({ name: 'root', isAuthority: true })
  await responder.answer(root.certificate, await certify({ name: 'answers', by: stranger, answersForIt: true }), [pair.certificate])
  expect(await edge.serve(pair, root.certificate)).toEqual(noComplaint)
  await until('nginx has been answered', 60_000, async () => (await shake(pair)).length > 0 && responder.answered > 0)
  for (let count = 0; count < 8; count++) expect(await shake(pair)).toEqual([nothing])
})

test('a certificate without a responder is served without, and nginx has nothing to say about it', async () => {
  const pair = await certify({ name: host, by: root })
  expect(await edge.serve(pair, root.certificate)).toEqual(noComplaint)
  for (let count = 0; count < 3; count++) expect(await shake(pair)).toEqual([nothing])
})

test('a responder that is away holds no handshake up', async () => {
  const gone = await startResponder()
  await gone.close()
  const pair = await certify({ name: host, by: root, responder: `http://${responderHost}:${gone.port}` })
  expect(await edge.serve(pair, root.certificate)).toEqual(noComplaint)
  for (let count = 0; count < 3; count++) expect(await shake(pair)).toEqual([nothing])
})
