// The configuration of the managed edge: a pure function of the instance. What only the running pod knows (the API's pods, the certificate)
// lies in files beside it, included by names relative to it, so that a candidate can be tried where it lies.
import type { FiniaInstance } from '../../crd/kinds.ts'
import { ports } from '../../names.ts'
import { ciphers } from '../ciphers.ts'
import { edgeFiles, edgePaths } from '../edge-paths.ts'
import { isSecure } from '../public-url.ts'
import { limitZones } from './limits.ts'
import { ownAnswerMaps } from './own-answers.ts'
import { servers } from './servers.ts'
import { block, indented } from './text.ts'

const { scratch } = edgePaths

const main = `worker_processes 2;
pid ${scratch}/nginx.pid;
# A line of the error log quotes a request with its query; the access log has what is needed, without.
error_log stderr crit;
worker_shutdown_timeout 60s;

events {
  worker_connections 4096;
}
`

/** Paths without their query, which may hold what is nobody's business. */
const logging = [
  'map $request_uri $logged_path {',
  '  default $uri;',
  '  "~^(?<path_alone>[^?]*)" $path_alone;',
  '}',
  `log_format json escape=json '{"time":"$time_iso8601","client":"$remote_addr","method":"$request_method","path":"$logged_path","protocol":"$server_protocol",'`,
  `  '"status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,"upstream":"$upstream_addr","upstream_status":"$upstream_status",'`,
  `  '"upstream_seconds":"$upstream_response_time","cache":"$upstream_cache_status","request_id":"$request_id"}';`,
  // A write for each line costs a fifth of all CPU. A pipe keeps four kilobytes together, so that lines of two workers do not mix.
  'access_log /dev/stdout json buffer=4k flush=1s;',
]

const scratchPaths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${scratch}/${name};`)

const encryption = [
  'ssl_protocols TLSv1.2 TLSv1.3;',
  `ssl_ciphers ${ciphers};`,
  'ssl_prefer_server_ciphers off;',
  'ssl_session_cache shared:tls:10m;',
  'ssl_session_timeout 1d;',
  'ssl_session_tickets off;',
  `include ${edgeFiles.stapling};`,
]

/** Texts only; what carries a token is left alone, for lengths tell secrets that lie beside what an attacker can choose. */
const compression = [
  'gzip on;',
  'gzip_proxied any;',
  'gzip_min_length 1024;',
  'gzip_vary on;',
  'gzip_types application/json application/problem+json text/css text/javascript text/plain text/csv image/svg+xml;',
]

/** The hashed files of a release are asked for once more after the next one has come. */
const cache = `proxy_cache_path ${scratch}/files levels=1:2 keys_zone=files:1m max_size=64m inactive=1d use_temp_path=off;`

// nginx closes an idle connection to the API before the API does: it would lose a request that it has just sent.
const upstreams = ({ spec }: FiniaInstance): readonly string[] => [
  ...block('upstream api', ['zone api 256k;', 'least_conn;', `include ${edgeFiles.upstream};`, 'keepalive 64;', 'keepalive_timeout 60s;']),
  ...(spec.ingress.tls.mode === 'CertManager' ? block('upstream solvers', [`include ${edgeFiles.solvers};`]) : []),
]

/** The address that a trusted proxy tells, the last one in its list that is no proxy's. */
const clients = ({ spec }: FiniaInstance): readonly string[] => {
  const { trustedProxies } = spec.ingress
  if (trustedProxies.length === 0) return []
  return [...trustedProxies.map((cidr) => `set_real_ip_from ${cidr};`), 'real_ip_header X-Forwarded-For;', 'real_ip_recursive on;']
}

const connection = block('map $http_upgrade $upstream_connection', ['default upgrade;', '"" "";'])

/** Asked by the kubelet and by the agent, over plain http on a port that no Service has. */
const probeServer = block('server', [
  `listen ${ports.edgeProbe};`,
  `listen [::]:${ports.edgeProbe};`,
  'access_log off;',
  ...block('location = /healthz', ['default_type text/plain;', 'return 200 "ok\\n";']),
  ...block('location = /stub_status', ['stub_status;', 'allow 127.0.0.1;', 'allow ::1;', 'deny all;']),
  ...block('location /', ['return 404;']),
])

// A connection that is still being made when a worker is told to end is not told of it: over HTTP/2 it would go on with what the worker knows,
// and be cut when the worker's time is up. So every connection is ended in good order before that.
const connections = ['keepalive_timeout 65s;', 'keepalive_time 30s;']

/** The text of nginx.conf. */
export const nginxConf = (instance: FiniaInstance): string => {
  const lines = [
    'server_tokens off;',
    'default_type application/octet-stream;',
    ...connections,
    ...scratchPaths,
    ...logging,
    ...clients(instance),
    ...limitZones(instance),
    ...ownAnswerMaps(instance),
    ...connection,
    ...(isSecure(instance) ? encryption : []),
    ...compression,
    cache,
    ...upstreams(instance),
    ...servers(instance),
    ...probeServer,
  ]
  return `${main}\nhttp {\n${indented(lines, 2)}}\n`
}
