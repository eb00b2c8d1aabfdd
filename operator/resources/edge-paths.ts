// Folders inside the pods of the edge: where each container finds what.

export const edgePaths = {
  /** The edge's ConfigMap. */
  settings: '/etc/finia/edge',
  /** The edge's key, for nginx's container only. */
  keys: '/etc/finia/keys',
  /** The certificate's Secret, for the agent only: nginx gets it with a configuration that was tried. */
  tls: '/etc/finia/tls',
  /** The Secret's ca.crt, where it has one, for the agent only. */
  authority: '/etc/finia/authority',
  /** Where the agent offers configurations to nginx's container. */
  exchange: '/run/finia/edge',
  scratch: '/tmp',
} as const

/** Files beside nginx.conf that it includes; the agent writes them. */
export const edgeFiles = {
  upstream: 'upstream.conf',
  solvers: 'solvers.conf',
  stapling: 'stapling.conf',
  issuers: 'issuers.crt',
  certificate: 'tls.crt',
  key: 'tls.key',
} as const

/** What nginx's start script writes: a secret, so that no configuration holds it. */
export const edgeKeyFile = `${edgePaths.scratch}/edge-key.conf`
