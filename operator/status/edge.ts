// Whether people reach the API through the managed edge, and what an answer of any edge says.
import type { FiniaInstance } from '../crd/kinds.ts'
import type { EdgeState, ObservedInstance } from '../observe/facts.ts'
import { isSecure, publicUrl } from '../resources/public-url.ts'
import type { Finding } from './conditions.ts'

const type = 'IngressReady'

/** One pod speaks for all: they are offered the same configuration. */
function refusal({ edgePods = [] }: ObservedInstance): Finding | undefined {
  const refusing = edgePods.filter(({ report }) => report.refused !== undefined)
  const [first] = refusing
  if (!first) return undefined
  const message = `nginx refuses the configuration in ${refusing.length} of ${edgePods.length} edge pods, and goes on with the one before. In ${first.pod} it says: ${first.report.refused}`
  return { type, status: 'False', reason: 'ConfigurationRefused', message }
}

/** Certificates that cert-manager or a person is still to write are no fault of the edge. */
const lacksCertificate = ({ instance, secrets }: ObservedInstance): boolean => isSecure(instance) && !secrets.edgeTls?.certificate

function withoutAnswer(observed: ObservedInstance): Finding {
  if (lacksCertificate(observed))
    return {
      type,
      status: 'False',
      reason: 'NoCertificate',
      message: 'The edge has no certificate to serve yet: the condition TLSReady says what it waits for.',
    }
  const message = 'No edge pod is ready yet; look at them with: kubectl get pods -l app.kubernetes.io/component=edge'
  return { type, status: 'False', reason: 'NoPodReady', message }
}

/** The managed edge is let in without being named. */
const policyHint = ({ spec }: FiniaInstance): string =>
  spec.ingress.provider !== 'Managed' && spec.networkPolicy.enabled ? '; see that spec.networkPolicy.ingressFrom names the namespace of its controller' : ''

/** Of whoever runs it: what it was asked for, and whether that is what people are to get. */
export function answerFinding(instance: FiniaInstance, edge: NonNullable<EdgeState>): Finding {
  const asked = `${publicUrl(instance)}/api/health`
  if ('failure' in edge) return { type, status: 'False', reason: 'NotReached', message: `The edge was asked for ${asked} and did not answer: ${edge.failure}` }
  if (edge.status !== 200)
    return {
      type,
      status: 'False',
      reason: 'BadAnswer',
      message: `The edge answers ${asked} with ${edge.status}: the API behind it is not reached${policyHint(instance)}`,
    }
  const { host } = instance.spec.ingress
  if (!isSecure(instance))
    return { type, status: 'True', reason: 'Answered', message: `The edge answers for ${host}, without TLS: everything travels in the clear.` }
  if (edge.unverified)
    return {
      type,
      status: 'True',
      reason: 'Answered',
      message: `The edge answers for ${host} with the certificate of its Secret, but the operator cannot tell whether clients trust it: ${edge.unverified}. Where it is an authority of your own, put its certificate into ca.crt of the Secret; where the certificate was bought, see that tls.crt holds those between it and its authority.`,
    }
  return { type, status: 'True', reason: 'Answered', message: `The edge answers for ${host}, and its certificate is verified.` }
}

export function edgeFinding(observed: ObservedInstance): Finding {
  const refused = refusal(observed)
  if (refused) return refused
  return observed.edge === undefined ? withoutAnswer(observed) : answerFinding(observed.instance, observed.edge)
}
