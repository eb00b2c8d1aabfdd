// What nginx's container runs: it writes the key that nginx includes, waits for the first configuration that the agent offers, becomes nginx,
// and beside it tries every further one before nginx gets it. The agent lives in another container; the two meet in a folder.
import { keysKeys } from '../names.ts'
import { edgeKeyFile, edgePaths } from './edge-paths.ts'

/** Only what nginx takes as it stands: anything else would be configuration. */
const safeKey = 'A-Za-z0-9._~+/=-'

const { exchange, keys, scratch } = edgePaths

const key = `key=$(cat ${keys}/${keysKeys.edgeKey})
case $key in
  "" | *[!${safeKey}]*)
    echo "Secret key ${keysKeys.edgeKey} must be letters, digits and . _ ~ + / = - only: give it another value" >&2
    exit 1
    ;;
esac
echo "proxy_set_header X-Finia-Edge-Key \\"$key\\";" >${edgeKeyFile}
`

export const startScript = `set -eu
umask 077
${key}
# Left by a container before this one.
rm -f ${scratch}/nginx.pid

# answer ID WORD [WORDS]: what became of a configuration.
answer() {
  printf '%s\\n' "$@" | head -c 2000 >${exchange}/verdict.new
  mv ${exchange}/verdict.new ${exchange}/verdict
}

# swap ID: nginx runs it, or goes on with what it has.
swap() {
  before=$(readlink ${exchange}/current || true)
  ln -sfn candidates/$1 ${exchange}/current
  [ -s ${scratch}/nginx.pid ] || return 0
  nginx -e stderr -c ${exchange}/current/nginx.conf -s reload && return 0
  [ -z "$before" ] || ln -sfn "$before" ${exchange}/current
  return 1
}

# What nginx ran when this container ended has been tried.
tried=$(cat ${exchange}/current/id 2>/dev/null || true)

look() {
  next=$(cat ${exchange}/next 2>/dev/null) || return 0
  [ "$next" != "$tried" ] || return 0
  tried=$next
  if words=$(nginx -e stderr -t -c ${exchange}/candidates/$next/nginx.conf 2>&1) && words=$(swap "$next" 2>&1); then
    answer "$next" accepted
  else
    answer "$next" refused "$words"
  fi
}

until [ -e ${exchange}/current/nginx.conf ]; do
  look
  sleep 0.5
done

(
  until [ -s ${scratch}/nginx.pid ]; do sleep 0.5; done
  while sleep 0.5; do look; done
) &
exec nginx -e stderr -c ${exchange}/current/nginx.conf -g 'daemon off;'
`

/** Time for clients to learn that the pod leaves, then nginx ends what it has begun. The kubelet would stop it at once: not every image of nginx says QUIT. */
export const stopCommand = ['/bin/sh', '-c', 'sleep 15; kill -QUIT 1; while kill -0 1 2>/dev/null; do sleep 1; done']
