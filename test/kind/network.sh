#!/usr/bin/env bash
# The pod network of a node image built here: each node gives addresses of its own range and knows the other nodes' ranges.
# Run it again after a node was restarted or reconnected, for the kernel forgot its routes. kind's published image needs none of this.
set -euo pipefail
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"
control_plane=$CLUSTER_NAME-control-plane
docker exec "$control_plane" test -e /kind/built-here || exit 0
nodes() { kubectl get nodes -o jsonpath='{range .items[*]}{.metadata.name} {.spec.podCIDR}{"\n"}{end}'; }
# Of the container, not of the Node object: a container that was started again may have another address, and its Node tells the old one for a while.
address_of() { docker inspect -f '{{.NetworkSettings.Networks.kind.IPAddress}}' "$1"; }
wanted=$(kind get nodes --name "$CLUSTER_NAME" | wc -l)
for _ in $(seq 240); do
  known=$(nodes | awk 'NF == 2')
  [ "$(grep -c . <<<"$known")" = "$wanted" ] && break
  sleep 0.5
done
[ "$(grep -c . <<<"$known")" = "$wanted" ] || fail "after two minutes not all $wanted nodes have a range of pod addresses: $known"
while read -r node range; do
  [ "$(docker inspect -f '{{.State.Running}}{{.State.Paused}}' "$node")" = truefalse ] || continue
  while read -r other other_range; do
    address=$(address_of "$other")
    [ "$node" = "$other" ] || [ -z "$address" ] || docker exec "$node" ip route replace "$other_range" via "$address" </dev/null
  done <<<"$known"
  docker exec -i "$node" sh -c 'cat >/etc/cni/net.d/10-pods.conflist' <<C
{"cniVersion":"1.0.0","name":"pods","plugins":[
 {"type":"ptp","ipMasq":false,"ipam":{"type":"host-local","ranges":[[{"subnet":"$range"}]],"routes":[{"dst":"0.0.0.0/0"}]}},
 {"type":"portmap","capabilities":{"portMappings":true}}]}
C
done <<<"$known"
