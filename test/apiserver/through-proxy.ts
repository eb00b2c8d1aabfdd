// Runs a piece of work with a client behind a fault proxy, and fails when a rule did not fire.
import { KubeError } from '../../operator/kube/errors.ts'
import { apiServer, connect } from './environment.ts'
import { FaultProxy, type Rule } from './fault-proxy.ts'

/** What a promise failed with, as plain data. */
export const failureOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof KubeError ? { status: error.status, reason: error.reason, message: error.message } : error
}

export const throughProxy = async <T>(
  rules: readonly Rule[],
  work: (client: ReturnType<typeof connect>, proxy: FaultProxy) => Promise<T>,
  access: Parameters<typeof connect>[0] = {},
): Promise<T> => {
  const proxy = await FaultProxy.start(apiServer())
  proxy.arm(...rules)
  const client = connect({ url: proxy.url, ...access })
  let result: T
  try {
    result = await work(client, proxy)
  } finally {
    client.close()
  }
  await proxy.stop()
  return result
}
