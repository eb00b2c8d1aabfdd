// What a person writes about the way to an instance.
import { Type } from 'typebox'
import { Cidr } from './cidr.ts'
import { Choice, Duration, Group, Image, ObjectName, Quantity, rules, SetOf, TextMap } from './fields.ts'

const ManagedEdge = Group(
  {
    replicas: Type.Integer({ minimum: 1, maximum: 20, default: 2, description: 'Number of nginx pods.' }),
    image: Image({ default: 'nginx:stable', description: 'Image of nginx, 1.25 or newer.' }),
    service: Group(
      {
        type: Choice(['ClusterIP', 'NodePort', 'LoadBalancer'], { default: 'ClusterIP', description: 'How the edge is reached from outside the cluster.' }),
        nodePorts: Group(
          {
            http: Type.Integer({ minimum: 0, maximum: 65535, default: 0, description: 'Port of every node that leads to http. 0 = Kubernetes chooses.' }),
            https: Type.Integer({ minimum: 0, maximum: 65535, default: 0, description: 'Port of every node that leads to https. 0 = Kubernetes chooses.' }),
          },
          { description: 'Fixed node ports, with type NodePort or LoadBalancer.' },
        ),
        externalHttpsPort: Type.Integer({
          minimum: 1,
          maximum: 65535,
          default: 443,
          description: 'The https port that people type: redirects from http and status.url name it.',
        }),
        externalTrafficPolicy: Choice(['Local', 'Cluster'], {
          default: 'Local',
          description:
            'With NodePort and LoadBalancer. Local keeps client addresses and answers only on nodes that run an edge pod; Cluster answers on every node and hides client addresses.',
        }),
        annotations: TextMap({ default: {}, description: 'Annotations of the Service, for example those that a cloud load balancer reads.' }),
      },
      { description: 'The Service in front of the edge.' },
    ),
  },
  { description: 'With provider Managed: the nginx that the operator runs.' },
)

const Tls = Group(
  {
    mode: Choice(['SelfSigned', 'CertManager', 'Secret', 'Disabled'], {
      default: 'SelfSigned',
      description:
        "Where the certificate comes from. SelfSigned: from the instance's own CA, in Secret <instance>-ca; give its ca.crt to browsers and clients. CertManager: from an issuer of cert-manager, which must be installed. Secret: from a Secret of your own. Disabled: there is none, and everything, passwords too, travels in the clear.",
    }),
    issuer: Type.Optional(
      Type.Object(
        {
          kind: Choice(['Issuer', 'ClusterIssuer'], {
            default: 'ClusterIssuer',
            description: 'Whether the issuer lives in the namespace of the instance (Issuer) or serves the whole cluster (ClusterIssuer).',
          }),
          name: ObjectName({ description: 'Name of the issuer.' }),
        },
        { description: 'With mode CertManager: who signs, for example by ACME or from a CA.' },
      ),
    ),
    secretName: Type.Optional(
      ObjectName({
        description:
          "With mode Secret: Secret with tls.crt (the certificate, then those between it and its authority) and tls.key, PEM; ca.crt may hold the authority's certificate. Its values may be replaced at any time and are served without a restart.",
      }),
    ),
  },
  {
    ...rules(
      {
        rule: "self.mode != 'CertManager' || has(self.issuer)",
        message: 'spec.ingress.tls.mode CertManager needs spec.ingress.tls.issuer: name the Issuer or ClusterIssuer that signs',
      },
      {
        rule: "self.mode != 'Secret' || has(self.secretName)",
        message: 'spec.ingress.tls.mode Secret needs spec.ingress.tls.secretName: name the Secret that holds tls.crt and tls.key',
      },
    ),
    description: 'TLS between people and the edge. status.tls says when the certificate expires, the condition TLSReady whether all is well with it.',
  },
)

const Gateway = Type.Object(
  {
    name: ObjectName({ description: 'Name of the Gateway.' }),
    sectionName: ObjectName({
      description: 'Listener of the Gateway that people reach FiniA by: one of protocol HTTPS, unless tls.mode is Disabled.',
    }),
    httpSectionName: Type.Optional(
      ObjectName({ description: 'Listener of the Gateway for plain http, which is answered with a redirect to https. Absent: FiniA makes no redirect.' }),
    ),
  },
  { description: 'With provider Gateway: the Gateway, in the namespace of the instance, that the routes are attached to.' },
)

export const Ingress = Type.Object(
  {
    provider: Choice(['Managed', 'Nginx', 'NginxF5', 'Gateway', 'None'], {
      default: 'Managed',
      description:
        "Who terminates TLS and forwards to the API. Managed: an nginx that the operator runs. Nginx: a controller that reads the annotations of ingress-nginx, such as Traefik. NginxF5: NGINX's own controller. Gateway: a Gateway of the Gateway API. None: nobody; the API is then reached by its Service only. status.ingress.enforcement says what each of them enforces.",
    }),
    className: ObjectName({ default: 'nginx', description: 'With provider Nginx or NginxF5: the IngressClass of the controller.' }),
    gateway: Type.Optional(Gateway),
    host: Type.String({
      pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
      maxLength: 253,
      description: 'DNS name that people type, for example finia.example.com. The certificate is made for it.',
    }),
    tls: Tls,
    limits: Group(
      {
        requestsPerSecond: Type.Integer({
          minimum: 0,
          maximum: 100000,
          default: 10,
          description:
            'Requests to the API that one client address may send on average; the edge answers the others with 429. Each nginx counts for itself. 0 = off.',
        }),
        burst: Type.Integer({
          minimum: 0,
          maximum: 100000,
          default: 20,
          description: 'Requests beyond requestsPerSecond that pass at once before 429 is answered.',
        }),
        loginsPerMinute: Type.Integer({
          minimum: 0,
          maximum: 100000,
          default: 5,
          description: 'Logins that one client address may try on average; the edge answers the others with 429. Each nginx counts for itself. 0 = off.',
        }),
        loginBurst: Type.Integer({
          minimum: 0,
          maximum: 100000,
          default: 5,
          description: 'Logins beyond loginsPerMinute that pass at once before 429 is answered.',
        }),
        bodySize: Quantity({ default: '20Mi', description: 'Largest request body that the edge forwards. 0 = off.' }),
      },
      { description: 'Limits that the edge enforces. 0 = off, everywhere.' },
    ),
    timeouts: Group(
      {
        connect: Duration({ default: '60s', description: 'How long the edge waits for a connection to an API pod.' }),
        read: Duration({ default: '60s', description: 'How long the edge waits between two reads of an answer.' }),
        send: Duration({ default: '60s', description: 'How long the edge waits between two writes of a request.' }),
      },
      { description: 'How long the edge waits for the API.' },
    ),
    hsts: Group(
      {
        maxAge: Type.Integer({ minimum: 0, maximum: 63072000, default: 31536000, description: 'Seconds for which browsers insist on https. 0 = header off.' }),
        includeSubDomains: Type.Boolean({ default: true, description: 'Whether browsers insist on https for all names below the host as well.' }),
      },
      { description: 'HTTP Strict Transport Security (RFC 6797).' },
    ),
    headers: Group(
      {
        xXssProtection: Type.Boolean({ default: true, description: "Whether to send X-XSS-Protection, which is obsolete, as FiniA's guide asks." }),
        referrerPolicy: Choice(
          [
            'no-referrer',
            'no-referrer-when-downgrade',
            'origin',
            'origin-when-cross-origin',
            'same-origin',
            'strict-origin',
            'strict-origin-when-cross-origin',
          ],
          { default: 'no-referrer-when-downgrade', description: 'Value of the header Referrer-Policy.' },
        ),
      },
      { description: 'Security headers that are a choice.' },
    ),
    trustedProxies: SetOf(Cidr('spec.ingress.trustedProxies'), {
      default: [],
      maxItems: 50,
      description:
        'Address ranges (CIDR) of proxies in front of FiniA, such as a load balancer: only they are believed when X-Forwarded-For says who the client is. With provider None: whoever forwards to the API.',
    }),
    managed: ManagedEdge,
  },
  {
    ...rules(
      {
        rule: "self.provider != 'Gateway' || has(self.gateway)",
        message: 'spec.ingress.provider Gateway needs spec.ingress.gateway: name the Gateway and its listener',
      },
      {
        rule: "!(self.provider in ['Nginx', 'NginxF5', 'Gateway']) || !self.host.matches('^[0-9.]+$')",
        message: 'spec.ingress.host is an address, which routes cannot have: give a DNS name, or use provider Managed',
      },
    ),
    description: 'How people reach FiniA.',
  },
)
