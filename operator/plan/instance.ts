// What should happen to an instance next, decided from what was observed of it.
import type { ObservedInstance } from '../observe/facts.ts'
import type { Finding } from '../status/conditions.ts'
import { childSteps } from './children.ts'
import type { Context } from './context.ts'
import { planDatabase } from './database.ts'
import { planDeletion, wantedFinalizers } from './deletion.ts'
import { renewalOf, secretSteps } from './secrets.ts'
import type { Problem, Requeue, Step } from './steps.ts'
import { tlsProblems } from './tls.ts'
import { cidrProblems, importClaimProblems, namedSecretProblems, routeProblems, timeZoneProblems } from './validation.ts'

export interface InstancePlan {
  readonly steps: readonly Step[]
  readonly problems: readonly Problem[]
  /** What to say of the database. */
  readonly database: Finding
  readonly requeue: Requeue
}

const atOnce: Requeue = { afterSeconds: 0 }
const soon: Requeue = { afterSeconds: 5 }
/** A person is at it: what is mended should be seen while they look. */
const whilePersonActs: Requeue = { afterSeconds: 15 }

/** No watch tells of Secrets, of the database or of the edge's answers, so they are looked at again after a while; certificates in time. */
function nextLook(observed: ObservedInstance, { now, settings }: Context, settled: boolean): Requeue {
  if (!settled) return soon
  const { edgeTls, databaseTls } = observed.secrets
  const ours = observed.instance.spec.ingress.tls.mode === 'SelfSigned'
  const certificates = [...(ours ? [edgeTls?.certificate] : []), databaseTls?.certificate].filter((certificate) => certificate !== undefined)
  const untilRenewal = certificates.map((certificate) => (renewalOf(certificate).getTime() - now.getTime()) / 1000)
  return { afterSeconds: Math.max(1, Math.min(settings.resyncSeconds, ...untilRenewal)) }
}

const isEdgeSettled = ({ instance, edge }: ObservedInstance): boolean =>
  instance.spec.ingress.provider === 'None' || edge === undefined || ('status' in edge && edge.status === 200)

export function planInstance(observed: ObservedInstance, context: Context): InstancePlan {
  if (observed.instance.metadata.deletionTimestamp) return planDeletion(observed)
  const database = planDatabase(observed)
  const blocking = [
    ...timeZoneProblems(observed),
    ...namedSecretProblems(observed),
    ...importClaimProblems(observed),
    ...routeProblems(observed),
    ...cidrProblems(observed),
    ...database.problems,
  ]
  const tls = tlsProblems(observed, context.now)
  const problems = [...blocking, ...tls]
  const told = { problems, database: database.finding }
  const preparation = [...wantedFinalizers(observed), ...secretSteps(observed, context)]
  // Pods carry digests of Secrets, so nothing else is applied before these are as they should be.
  if (preparation.length > 0) return { ...told, steps: preparation, requeue: atOnce }
  if (database.steps.length > 0) return { ...told, steps: [...database.steps, ...childSteps(observed, context, false)], requeue: atOnce }
  if (blocking.length > 0) return { ...told, steps: childSteps(observed, context, false), requeue: whilePersonActs }
  const requeue = tls.length > 0 ? whilePersonActs : nextLook(observed, context, database.proven && isEdgeSettled(observed))
  return { ...told, steps: childSteps(observed, context, database.proven), requeue }
}
