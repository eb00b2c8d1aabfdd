// The versions of the add-ons of the test cluster are written where a shell, Go and Kubernetes read them: they must be the same ones.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const kit = join(import.meta.dirname, '../kind')
const read = (path: string) => readFileSync(join(kit, path), 'utf8')
const settings = Object.fromEntries([...read('env.sh').matchAll(/\b([A-Z_]+)=(v[\d.]+)/g)].map(([, name, version]) => [name, version]))

test.each([
  ['traefik', 'github.com/traefik/traefik/v3', 'TRAEFIK'],
  ['traefik', 'sigs.k8s.io/gateway-api', 'GATEWAY_API'],
  ['cert-manager', 'github.com/cert-manager/cert-manager', 'CERT_MANAGER'],
  ['pebble', 'github.com/letsencrypt/pebble/v2', 'PEBBLE'],
  ['network-policies', 'sigs.k8s.io/kube-network-policies', 'NETWORK_POLICIES'],
])('what %s is built from names the version of %s that env.sh does', (folder, module, name) => {
  const [, version] = new RegExp(`^(?:require|\\t)?\\s*${module} (\\S+)`, 'm').exec(read(`addons/go/${folder}/go.mod`)) ?? []
  expect(settings[name]).toBeDefined()
  expect(version).toBe(settings[name])
})

test.each([
  ['traefik.yaml', 'finia/traefik', 'TRAEFIK'],
  ['cert-manager.yaml', 'finia/cert-manager-controller', 'CERT_MANAGER'],
  ['pebble.yaml', 'finia/pebble', 'PEBBLE'],
  ['network-policies.yaml', 'finia/kube-network-policies', 'NETWORK_POLICIES'],
])('%s runs the image %s of the version that is built', (file, image, name) => {
  expect([...read(`addons/manifests/${file}`).matchAll(/image: (\w+\/\S+)/g)].map(([, found]) => found)).toEqual([`${image}:${settings[name]}`])
})

test("cert-manager starts the solver's image of its own version", () => {
  expect(read('addons/go/cert-manager/cmd/controller/main.go')).toContain(`finia/acme-solver:${settings.CERT_MANAGER}`)
})
