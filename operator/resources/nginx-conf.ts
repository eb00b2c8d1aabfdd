// The configuration of the managed edge: a pure function of the instance.

import { bytes, seconds } from '../amounts.ts'
import type { FiniaInstance } from '../crd/kinds.ts'
import { ports } from '../names.ts'

/** Folders inside the edge's container. */
export const edgePaths = { settings: '/etc/finia/edge', keys: '/etc/finia/keys', tls: '/etc/finia/tls', scratch: '/tmp' } as const

const { tls, scratch } = edgePaths

/** Files that the start script writes: what is secret, and what only the running pod can know. */
export const writtenFiles = { key: `${scratch}/edge-key.conf`, upstream: `${scratch}/upstream.conf` } as const

const ciphers = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')

/** Of nginx's own answers only: the API sends its own on what it answers. */
const ownHeaders = ({ headers }: FiniaInstance['spec']['ingress']): string[] => [
  'add_header X-Content-Type-Options nosniff always;',
  'add_header X-Frame-Options DENY always;',
  `add_header Referrer-Policy ${headers.referrerPolicy} always;`,
  `add_header Content-Security-Policy "default-src 'none'; frame-ancestors 'none'" always;`,
  ...(headers.xXssProtection ? ['add_header X-XSS-Protection "1; mode=block" always;'] : []),
]

/** Over https only: a browser must not believe it over http (RFC 6797, 7.2). */
const strictTransport = ({ hsts }: FiniaInstance['spec']['ingress']): string[] =>
  hsts.maxAge > 0 ? [`add_header Strict-Transport-Security "max-age=${hsts.maxAge}${hsts.includeSubDomains ? '; includeSubDomains' : ''}" always;`] : []

const indented = (lines: readonly string[], depth: number): string => lines.map((line) => `${' '.repeat(depth)}${line}\n`).join('')

/** What people type, with the port when it is not the usual one. */
export const publicUrl = ({ spec }: FiniaInstance): string => {
  const { externalHttpsPort } = spec.ingress.managed.service
  return `https://${spec.ingress.host}${externalHttpsPort === 443 ? '' : `:${externalHttpsPort}`}`
}

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
const logging = `  map $request_uri $logged_path {
    default $uri;
    "~^(?<path_alone>[^?]*)" $path_alone;
  }
  log_format json escape=json '{"time":"$time_iso8601","client":"$remote_addr","method":"$request_method","path":"$logged_path","protocol":"$server_protocol",'
    '"status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,"upstream_status":"$upstream_status","upstream_seconds":"$upstream_response_time","request_id":"$request_id"}';
  access_log /dev/stdout json;
`

const scratchPaths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${scratch}/${name};`)

const proxyHeaders = [
  'proxy_http_version 1.1;',
  // With its port: the API compares it with the Origin of a request.
  'proxy_set_header Host $http_host;',
  'proxy_set_header X-Forwarded-Host $http_host;',
  'proxy_set_header X-Forwarded-Proto https;',
  'proxy_set_header X-Forwarded-For $remote_addr;',
  'proxy_set_header X-Real-IP $remote_addr;',
  'proxy_set_header X-Request-Id $request_id;',
  'proxy_set_header Forwarded "";',
  'proxy_set_header Upgrade $http_upgrade;',
  'proxy_set_header Connection $upstream_connection;',
  `include ${writtenFiles.key};`,
]

const errors = `    error_page 400 405 408 411 413 414 416 421 494 500 501 502 503 504 @own;
    error_page 497 =301 @secure;
`

const httpServer = (instance: FiniaInstance): string => `  server {
    listen ${ports.edgeHttp} default_server;
    listen [::]:${ports.edgeHttp} default_server;
    server_name ${instance.spec.ingress.host};
${indented(ownHeaders(instance.spec.ingress), 4)}    return 301 ${publicUrl(instance)}$request_uri;
  }
`

const httpsServer = (instance: FiniaInstance): string => {
  const { ingress } = instance.spec
  const { connect, read, send } = ingress.timeouts
  const own = [...ownHeaders(ingress), ...strictTransport(ingress)]
  return `  server {
    listen ${ports.edgeHttps} ssl default_server;
    listen [::]:${ports.edgeHttps} ssl default_server;
    http2 on;
    server_name ${ingress.host};
    ssl_certificate ${tls}/tls.crt;
    ssl_certificate_key ${tls}/tls.key;
    client_max_body_size ${bytes(ingress.limits.bodySize)};
    proxy_connect_timeout ${seconds(connect)}s;
    proxy_read_timeout ${seconds(read)}s;
    proxy_send_timeout ${seconds(send)}s;
${indented(proxyHeaders, 4)}${errors}    location / {
      proxy_pass http://api;
    }
    location /api/ {
      proxy_pass http://api;
      # An answer that comes in pieces, such as the progress of migrations, is passed on as it comes.
      proxy_buffering off;
    }
    location @own {
      internal;
      default_type application/json;
${indented(own, 6)}      return 200 '{"detail":"$own_detail"}';
    }
    location @secure {
      internal;
${indented(ownHeaders(ingress), 6)}      return 301 ${publicUrl(instance)}$request_uri;
    }
  }
`
}

/** Asked by the kubelet over plain http, on a port that no Service has. */
const probeServer = `  server {
    listen ${ports.edgeProbe};
    listen [::]:${ports.edgeProbe};
    access_log off;
    location = /healthz {
      default_type text/plain;
      return 200 "ok\\n";
    }
    location / {
      return 404;
    }
  }
`

const ownDetails = `  map $status $own_detail {
    default "The request cannot be served.";
    400 "The request is not valid HTTP.";
    413 "The request is larger than this server accepts.";
    414 "The address is longer than this server accepts.";
    494 "The request's headers are larger than this server accepts.";
    502 "The application does not answer. Try again in a moment.";
    503 "The application is busy. Try again in a moment.";
    504 "The application took too long to answer. Try again in a moment.";
  }
  map $http_upgrade $upstream_connection {
    default upgrade;
    "" "";
  }
`

const encryption = `  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_ciphers ${ciphers};
  ssl_prefer_server_ciphers off;
  ssl_session_cache shared:tls:10m;
  ssl_session_timeout 1d;
  ssl_session_tickets off;
`

// nginx closes an idle connection to the API before the API does: it would lose a request that it has just sent.
const upstream = `  upstream api {
    include ${writtenFiles.upstream};
    keepalive 64;
    keepalive_timeout 60s;
  }
`

/** The text of nginx.conf. */
export const nginxConf = (instance: FiniaInstance): string => `${main}
http {
  server_tokens off;
  default_type application/octet-stream;
  keepalive_timeout 65s;
${indented(scratchPaths, 2)}${logging}${ownDetails}${encryption}${upstream}${httpServer(instance)}${httpsServer(instance)}${probeServer}}
`
