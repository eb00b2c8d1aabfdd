// What tests of the login ask of an API.
import type { TestApi } from './environment.ts'

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
export const login = (api: TestApi, username: string, password: string, headers: Record<string, string> = {}) =>
  api.app.inject({ method: 'POST', url: '/api/auth/login', payload: { username, password }, headers })
export const session = (api: TestApi, token: string) => api.app.inject({ method: 'GET', url: '/api/auth/session', headers: bearer(token) })
