#!/usr/bin/env bash
# load.sh IMAGE…: puts images into the nodes of the cluster that run pods, where they are not there yet. Prints the names of those it loaded.
set -euo pipefail
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"
mapfile -t nodes < <(kind get nodes --name "$CLUSTER_NAME" -q)
workers=()
for node in "${nodes[@]}"; do case $node in *-worker*) workers+=("$node") ;; esac; done
[ ${#workers[@]} = 0 ] || nodes=("${workers[@]}") # the control plane is tainted when there are workers
for image in "$@"; do
  id=$(docker image inspect -f '{{.Id}}' "$image")
  mark=/kind/loaded-${image//[:\/]/_}
  stale=()
  for node in "${nodes[@]}"; do [ "$(docker exec "$node" cat "$mark" 2>/dev/null)" = "$id" ] || stale+=("$node"); done
  [ ${#stale[@]} = 0 ] && continue
  step "loading $image" kind load docker-image "$image" --name "$CLUSTER_NAME" -q --nodes "$(IFS=,; echo "${stale[*]}")"
  for node in "${stale[@]}"; do docker exec "$node" sh -c "echo $id >$mark"; done
  echo "$image"
done
