// What nginx answers by itself: redirects, refusals and failures, with the headers that the API sends on everything else.
import type { FiniaInstance } from '../../crd/kinds.ts'
import { isSecure } from '../public-url.ts'
import { block } from './text.ts'

type Ingress = FiniaInstance['spec']['ingress']

/** Of nginx's own answers only: the API sends its own on what it answers. */
export const ownHeaders = ({ headers }: Ingress): readonly string[] => [
  'add_header X-Content-Type-Options nosniff always;',
  'add_header X-Frame-Options DENY always;',
  `add_header Referrer-Policy ${headers.referrerPolicy} always;`,
  `add_header Content-Security-Policy "default-src 'none'; frame-ancestors 'none'" always;`,
  ...(headers.xXssProtection ? ['add_header X-XSS-Protection "1; mode=block" always;'] : []),
]

/** Over https only: a browser must not believe it over http (RFC 6797, 7.2). */
const strictTransport = ({ hsts }: Ingress): readonly string[] =>
  hsts.maxAge > 0 ? [`add_header Strict-Transport-Security "max-age=${hsts.maxAge}${hsts.includeSubDomains ? '; includeSubDomains' : ''}" always;`] : []

const details = [
  'default "The request cannot be served.";',
  '400 "The request is not valid HTTP.";',
  '413 "The request is larger than this server accepts.";',
  '414 "The address is longer than this server accepts.";',
  '429 "Too many requests. Please wait a moment and try again.";',
  `494 "The request's headers are larger than this server accepts.";`,
  '502 "The application does not answer. Try again in a moment.";',
  '503 "The application is busy. Try again in a moment.";',
  '504 "The application took too long to answer. Try again in a moment.";',
]

/** Seconds after which the next of `perMinute` requests is let in. */
const secondsBetween = (perMinute: number): number => (perMinute > 0 ? Math.ceil(60 / perMinute) : 1)

/** Pages of these origins may read nginx's own answers as they may read the API's. */
const originMap = ({ api }: FiniaInstance['spec']): readonly string[] =>
  block('map $http_origin $own_allowed_origin', ['default "";', ...api.config.corsOrigins.map((origin) => `"${origin}" $http_origin;`)])

export const ownAnswerMaps = ({ spec }: FiniaInstance): readonly string[] => [
  ...block('map $status $own_detail', details),
  ...block('map "$status $uri" $own_retry_after', [
    'default "";',
    `"~^429 /api/auth/login" ${secondsBetween(spec.ingress.limits.loginsPerMinute)};`,
    '"~^429 " 1;',
    '"~^50[234] " 5;',
  ]),
  ...originMap(spec),
  ...block('map $own_allowed_origin $own_allowed_credentials', ['default "";', '"~." true;']),
]

/** A header without a value is not sent. */
const forOrigins = (origins: readonly string[]): readonly string[] =>
  origins.length === 0
    ? []
    : [
        'add_header Access-Control-Allow-Origin $own_allowed_origin always;',
        'add_header Access-Control-Allow-Credentials $own_allowed_credentials always;',
        'add_header Vary Origin always;',
      ]

/** Where a server block sends what it cannot serve. */
export const ownErrors = (instance: FiniaInstance): readonly string[] => [
  'error_page 400 405 408 411 413 414 416 421 429 494 500 501 502 503 504 @own;',
  ...(isSecure(instance) ? ['error_page 497 =301 @secure;'] : []),
]

/** The named locations behind `ownErrors`. */
export const ownLocations = (instance: FiniaInstance, url: string): readonly string[] => {
  const { ingress, api } = instance.spec
  const secure = isSecure(instance)
  return [
    ...block('location @own', [
      'internal;',
      'default_type application/json;',
      ...ownHeaders(ingress),
      ...(secure ? strictTransport(ingress) : []),
      ...forOrigins(api.config.corsOrigins),
      'add_header Retry-After $own_retry_after always;',
      'add_header Cache-Control no-store always;',
      `return 200 '{"detail":"$own_detail"}';`,
    ]),
    ...(secure ? block('location @secure', ['internal;', ...ownHeaders(ingress), `return 301 ${url}$request_uri;`]) : []),
  ]
}
