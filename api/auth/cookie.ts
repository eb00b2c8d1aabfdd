// The cookie that carries the token for pages of ours.
const name = 'auth_token'

export const tokenCookie = (token: string, maxAge: number, secure: boolean): string =>
  `${name}=${token}; HttpOnly; Max-Age=${maxAge}; Path=/; SameSite=strict${secure ? '; Secure' : ''}`

export const expiredCookie = (secure: boolean): string => tokenCookie('', 0, secure)

export const tokenInCookies = (header: string | undefined): string | undefined =>
  header
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1) || undefined
