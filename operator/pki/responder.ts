// Whom nginx asks whether a certificate has been revoked.

/** Nothing that could be configuration, for it becomes one: a certificate may say anything. */
const plainHost = /^([a-z0-9._-]+|\[[0-9a-f:]+\])$/i
const plainPath = /^[\w.~%/+=:@-]*$/

/** The first OCSP responder that a certificate names, out of its authorityInfoAccess as the platform writes it. nginx asks that one, and by http only. */
export const responderOf = (infoAccess: string | undefined): URL | undefined => {
  const [, text = ''] = /^OCSP - URI:(.+)$/m.exec(infoAccess ?? '') ?? []
  const url = URL.parse(text)
  const isPlain = url?.protocol === 'http:' && plainHost.test(url.hostname) && plainPath.test(url.pathname) && `${url.username}${url.search}${url.hash}` === ''
  return isPlain ? url : undefined
}
