// What the edge's container runs: it writes what nginx includes, becomes nginx, and beside it follows the API's Service to another address.
import type { FiniaInstance } from '../crd/kinds.ts'
import { apiName, keysKeys } from '../names.ts'
import { edgePaths, writtenFiles } from './nginx-conf.ts'

/** Only what nginx takes as it stands: anything else would be configuration. */
const safeKey = '[A-Za-z0-9._~+/=-]'

const conf = `${edgePaths.settings}/nginx.conf`

export const startScript = (instance: FiniaInstance): string => `set -eu
umask 077
key=$(cat ${edgePaths.keys}/${keysKeys.edgeKey})
case $key in
  "" | *[!${safeKey.slice(1, -1)}]*)
    echo "Secret key ${keysKeys.edgeKey} must be letters, digits and . _ ~ + / = - only: give it another value" >&2
    exit 1
    ;;
esac
echo "proxy_set_header X-Finia-Edge-Key \\"$key\\";" >${writtenFiles.key}

# A Service keeps its address for life; made anew, it has another.
upstream() {
  address=$(getent hosts ${apiName(instance)}.${instance.metadata.namespace}.svc | cut -d' ' -f1 | head -n1)
  case $address in
    "") return 1 ;;
    *:*) address="[$address]" ;;
  esac
  echo "server $address:80 max_fails=0;" >${writtenFiles.upstream}.new
}

until upstream; do
  echo "waiting for Service ${apiName(instance)}: its name is not known yet" >&2
  sleep 2
done
mv ${writtenFiles.upstream}.new ${writtenFiles.upstream}

(
  while sleep 5; do
    upstream || continue
    cmp -s ${writtenFiles.upstream}.new ${writtenFiles.upstream} && continue
    mv ${writtenFiles.upstream}.new ${writtenFiles.upstream}
    nginx -e stderr -c ${conf} -s reload || true
  done
) &
exec nginx -e stderr -c ${conf} -g 'daemon off;'
`

/** Time for clients to learn that the pod leaves, then nginx ends what it has begun. The kubelet would stop it at once: not every image of nginx says QUIT. */
export const stopCommand = ['/bin/sh', '-c', 'sleep 15; kill -QUIT 1; while kill -0 1 2>/dev/null; do sleep 1; done']
