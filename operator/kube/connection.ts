// Where an API server is and how one proves who one is.

/** What TLS needs; read anew for each connection, so that rotated files count. */
export interface TlsMaterial {
  readonly ca?: string | Buffer
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  readonly servername?: string
  readonly rejectUnauthorized?: boolean
}

export interface Connection {
  /** Such as `https://10.96.0.1:443`. */
  readonly server: string
  /** The namespace of the pod, or that of the kubeconfig's context. */
  readonly namespace?: string
  tls(): Promise<TlsMaterial>
  /** The bearer token; `fresh` asks for it anew because the server refused the one it got. */
  token?(fresh: boolean): Promise<string | undefined>
}
