// The figures of nginx's stub_status page (ngx_http_stub_status_module).

export interface NginxStatus {
  readonly active: number
  readonly accepted: number
  readonly handled: number
  readonly requests: number
  readonly reading: number
  readonly writing: number
  readonly waiting: number
}

const form = /Active connections:\s*(\d+)\s+server accepts handled requests\s+(\d+)\s+(\d+)\s+(\d+)\s+Reading:\s*(\d+)\s+Writing:\s*(\d+)\s+Waiting:\s*(\d+)/

export const parseNginxStatus = (page: string): NginxStatus | undefined => {
  const [active, accepted, handled, requests, reading, writing, waiting] = (form.exec(page) ?? []).slice(1).map(Number)
  if (active === undefined || accepted === undefined || handled === undefined || requests === undefined) return undefined
  if (reading === undefined || writing === undefined || waiting === undefined) return undefined
  return { active, accepted, handled, requests, reading, writing, waiting }
}
