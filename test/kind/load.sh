#!/usr/bin/env bash
# load.sh IMAGE…: puts images into the nodes of the cluster that run pods, where they are not there yet. Prints the names of those it loaded.
set -euo pipefail
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"
mapfile -t nodes < <(kind get nodes --name "$CLUSTER_NAME" -q)
workers=()
for node in "${nodes[@]}"; do case $node in *-worker*) workers+=("$node") ;; esac; done
[ ${#workers[@]} = 0 ] || nodes=("${workers[@]}") # the control plane is tainted when there are workers
mark() { echo "/kind/loaded-${1//[:\/]/_}"; }
id() { docker image inspect -f '{{.Id}}' "$1"; }
is_loaded() { # image
  local node
  for node in "${nodes[@]}"; do [ "$(docker exec "$node" cat "$(mark "$1")" 2>/dev/null)" = "$(id "$1")" ] || return 1; done
}
stale=()
for image in "$@"; do is_loaded "$image" || stale+=("$image"); done
[ ${#stale[@]} = 0 ] && exit 0
# All at once: what images have in common is carried once.
step "loading ${stale[*]}" kind load docker-image "${stale[@]}" --name "$CLUSTER_NAME" -q --nodes "$(IFS=,; echo "${nodes[*]}")"
for image in "${stale[@]}"; do
  for node in "${nodes[@]}"; do docker exec "$node" sh -c "echo $(id "$image") >$(mark "$image")"; done
  echo "$image"
done
