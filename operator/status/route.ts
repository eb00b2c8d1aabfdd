// Whether people reach the API through an edge that is somebody else's.
import type { KubeObject } from '../deps.ts'
import { edgeName } from '../names.ts'
import type { ObservedInstance } from '../observe/facts.ts'
import type { Problem } from '../plan/steps.ts'
import { kinds } from '../resources/kinds.ts'
import type { Finding } from './conditions.ts'
import { answerFinding } from './edge.ts'

interface HttpRoute extends KubeObject {
  readonly status?: {
    readonly parents?: readonly {
      readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string; readonly message?: string }[]
    }[]
  }
}

const type = 'IngressReady'

/** What a Gateway does not like about the route. */
function refusal({ instance, children }: ObservedInstance): string | undefined {
  const route = children.find(({ resource, object }) => resource === kinds.httpRoute && object.metadata.name === edgeName(instance))?.object as
    | HttpRoute
    | undefined
  const refused = route?.status?.parents
    ?.flatMap(({ conditions = [] }) => conditions)
    .find((condition) => condition.status === 'False' && (condition.type === 'Accepted' || condition.type === 'ResolvedRefs'))
  return refused && `${refused.type}=False, ${refused.reason ?? 'Unknown'}: ${refused.message ?? 'no message'}`
}

function withoutAnswer({ instance }: ObservedInstance): Finding {
  const { provider, className, gateway } = instance.spec.ingress
  const message =
    provider === 'Gateway'
      ? `The Gateway "${gateway?.name}" tells no address, or has no listener "${gateway?.sectionName}", so nobody knows whether people reach it: kubectl describe gateway ${gateway?.name}`
      : `No controller has told an address in the status of the Ingress "${edgeName(instance)}", so nobody knows whether people reach it: look whether one serves the class "${className}"`
  return { type, status: 'Unknown', reason: 'NoAddress', message }
}

export function routeFinding(observed: ObservedInstance, problems: readonly Problem[]): Finding | undefined {
  const { instance, edge } = observed
  if (instance.spec.ingress.provider === 'None') return undefined
  const problem = problems.find(({ about }) => about === type)
  if (problem) return { type, status: 'False', reason: problem.reason, message: problem.message }
  const refused = refusal(observed)
  if (refused) return { type, status: 'False', reason: 'RouteRefused', message: `The Gateway refuses the route "${edgeName(instance)}": ${refused}` }
  return edge === undefined ? withoutAnswer(observed) : answerFinding(instance, edge)
}
