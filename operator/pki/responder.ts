// Whom nginx asks whether a certificate has been revoked.

/** The first OCSP responder that a certificate names, out of its authorityInfoAccess as the platform writes it. nginx asks that one, and by http only. */
export const responderOf = (infoAccess: string | undefined): URL | undefined => {
  const [, text = ''] = /^OCSP - URI:(.+)$/m.exec(infoAccess ?? '') ?? []
  const url = URL.parse(text)
  return url?.protocol === 'http:' ? url : undefined
}
