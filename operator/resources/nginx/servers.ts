// The server blocks that people meet: http, which leads to https and answers ACME, and https, which passes on to the API. Without TLS, http does.
import { bytes, seconds } from '../../amounts.ts'
import type { FiniaInstance } from '../../crd/kinds.ts'
import { ports } from '../../names.ts'
import { edgeFiles, edgeKeyFile } from '../edge-paths.ts'
import { isSecure, publicUrl } from '../public-url.ts'
import { apiLimit, loginLimit } from './limits.ts'
import { ownErrors, ownHeaders, ownLocations } from './own-answers.ts'
import { block } from './text.ts'

const proxyHeaders = (scheme: 'http' | 'https') => [
  'proxy_http_version 1.1;',
  // With its port: the API compares it with the Origin of a request.
  'proxy_set_header Host $http_host;',
  'proxy_set_header X-Forwarded-Host $http_host;',
  `proxy_set_header X-Forwarded-Proto ${scheme};`,
  'proxy_set_header X-Forwarded-For $remote_addr;',
  'proxy_set_header X-Real-IP $remote_addr;',
  'proxy_set_header X-Request-Id $request_id;',
  'proxy_set_header Forwarded "";',
  'proxy_set_header Upgrade $http_upgrade;',
  'proxy_set_header Connection $upstream_connection;',
  `include ${edgeKeyFile};`,
]

const limits = ({ ingress }: FiniaInstance['spec']): readonly string[] => [
  `client_max_body_size ${bytes(ingress.limits.bodySize)};`,
  `proxy_connect_timeout ${seconds(ingress.timeouts.connect)}s;`,
  `proxy_read_timeout ${seconds(ingress.timeouts.read)}s;`,
  `proxy_send_timeout ${seconds(ingress.timeouts.send)}s;`,
  // Another pod is tried once, and only for what may be repeated: nginx never sends a POST again that a pod may have seen.
  'proxy_next_upstream error timeout;',
  'proxy_next_upstream_tries 2;',
]

/** Names of these files change with their content. The API says "for a year"; here a day is enough to bridge a rollout. */
const hashedFiles = block('location /assets/', [
  'proxy_pass http://api;',
  'proxy_cache files;',
  'proxy_cache_key $uri;',
  'proxy_ignore_headers Cache-Control Expires Vary;',
  'proxy_cache_valid 200 1d;',
  'proxy_cache_use_stale error timeout updating http_404 http_502 http_503 http_504;',
  'proxy_cache_lock on;',
])

const passing = (instance: FiniaInstance): readonly string[] => [
  ...limits(instance.spec),
  ...proxyHeaders(isSecure(instance) ? 'https' : 'http'),
  ...ownErrors(instance),
  ...block('location /', ['proxy_pass http://api;']),
  ...hashedFiles,
  ...block('location /api/', [...apiLimit(instance), 'proxy_pass http://api;']),
  ...block('location ~ ^/api/auth/login/?$', [...loginLimit(instance), 'gzip off;', 'proxy_pass http://api;']),
  ...ownLocations(instance, publicUrl(instance)),
]

/** A solver of cert-manager knows its own token only, so another one is asked when the first does not know it. */
const challenges = block('location ^~ /.well-known/acme-challenge/', [
  'proxy_pass http://solvers;',
  'proxy_set_header Host $host;',
  'proxy_next_upstream error timeout http_404;',
])

const redirectServer = (instance: FiniaInstance): readonly string[] => {
  const { ingress } = instance.spec
  return block('server', [
    `listen ${ports.edgeHttp} default_server;`,
    `listen [::]:${ports.edgeHttp} default_server;`,
    `server_name ${ingress.host};`,
    ...(ingress.tls.mode === 'CertManager' ? challenges : []),
    ...block('location /', [...ownHeaders(ingress), `return 301 ${publicUrl(instance)}$request_uri;`]),
  ])
}

const secureServer = (instance: FiniaInstance): readonly string[] =>
  block('server', [
    `listen ${ports.edgeHttps} ssl default_server;`,
    `listen [::]:${ports.edgeHttps} ssl default_server;`,
    'http2 on;',
    `server_name ${instance.spec.ingress.host};`,
    `ssl_certificate ${edgeFiles.certificate};`,
    `ssl_certificate_key ${edgeFiles.key};`,
    ...passing(instance),
  ])

/** With TLS disabled: all there is. */
const plainServer = (instance: FiniaInstance): readonly string[] =>
  block('server', [
    `listen ${ports.edgeHttp} default_server;`,
    `listen [::]:${ports.edgeHttp} default_server;`,
    `server_name ${instance.spec.ingress.host};`,
    ...passing(instance),
  ])

export const servers = (instance: FiniaInstance): readonly string[] =>
  isSecure(instance) ? [...redirectServer(instance), ...secureServer(instance)] : plainServer(instance)
