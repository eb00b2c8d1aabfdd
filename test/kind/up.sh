#!/usr/bin/env bash
# Starts a kind cluster with WORKERS workers and writes its kubeconfig to $KUBECONFIG; leaves one that runs as it is.
set -euo pipefail
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"
"$kit/docker.sh"
"$kit/binaries.sh"
"$kit/node-image.sh"
# shellcheck source=node-image-name.sh
. "$kit/node-image-name.sh"
answers() { kubectl get --raw /readyz --request-timeout 5s >/dev/null 2>&1; }
wait_for_answer() { for _ in $(seq 180); do answers && return; sleep 0.5; done; return 1; }
cluster_nodes() { docker ps -aq --filter "label=io.x-k8s.kind.cluster=$CLUSTER_NAME"; }

configuration() {
  cat <<Y
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
name: $CLUSTER_NAME
networking: {disableDefaultCNI: $(registry_answers && echo false || echo true)}
kubeadmConfigPatches:
- |
  kind: KubeletConfiguration
  failCgroupV1: false
- |
  kind: ClusterConfiguration
  apiServer:
    extraVolumes:
    - {name: audit-policy, hostPath: /kind/audit-policy.yaml, mountPath: /kind/audit-policy.yaml, readOnly: true, pathType: File}
    - {name: audit-log, hostPath: /var/log/kubernetes, mountPath: /var/log/kubernetes, pathType: DirectoryOrCreate}
kubeadmConfigPatchesJSON6902:
- group: kubeadm.k8s.io
  version: v1beta4
  kind: ClusterConfiguration
  patch: |
    - {op: add, path: /apiServer/extraArgs/-, value: {name: audit-policy-file, value: /kind/audit-policy.yaml}}
    - {op: add, path: /apiServer/extraArgs/-, value: {name: audit-log-path, value: /var/log/kubernetes/audit.log}}
    - {op: add, path: /apiServer/extraArgs/-, value: {name: audit-log-maxsize, value: "2000"}}
nodes:
- role: control-plane
  image: $NODE_IMAGE
  extraMounts:
  - {hostPath: $kit/audit-policy.yaml, containerPath: /kind/audit-policy.yaml, readOnly: true}
  extraPortMappings:
  - {containerPort: 30080, hostPort: $HTTP_PORT, listenAddress: 127.0.0.1}
  - {containerPort: 30443, hostPort: $HTTPS_PORT, listenAddress: 127.0.0.1}
Y
  local _
  for _ in $(seq "$WORKERS"); do printf -- '- role: worker\n  image: %s\n' "$NODE_IMAGE"; done
}
# The nodes share this machine's limits of files that are watched: the defaults are used up by four nodes and a few more.
raise_limits() {
  local file value
  [ "$(id -u)" = 0 ] || return 0
  while read -r file value; do
    [ "$(cat "/proc/sys/fs/inotify/$file")" -ge "$value" ] || echo "$value" >"/proc/sys/fs/inotify/$file" || true
  done <<<"max_user_instances 1024
max_user_watches 524288"
}
create() {
  raise_limits
  local file=$CLUSTER_WORK/$CLUSTER_NAME.kind.yaml
  configuration >"$file"
  quietly "kind-$CLUSTER_NAME" kind create cluster --config "$file"
  settle
}
revive() {
  cluster_nodes | xargs docker start >/dev/null
  kind export kubeconfig --name "$CLUSTER_NAME" -q
  wait_for_answer || fail "the cluster $CLUSTER_NAME does not come back: remove it with \`CLUSTER_NAME=$CLUSTER_NAME make cluster-down\` and start again"
  settle
}
settle() {
  "$kit/network.sh"
  kubectl wait --for=condition=Ready nodes --all --timeout=180s >/dev/null
  kubectl -n kube-system rollout status deployment/coredns --timeout=180s >/dev/null
}
if [ -z "$(cluster_nodes)" ]; then
  step "starting the cluster $CLUSTER_NAME (workers: $WORKERS)" create
elif ! answers; then
  step "waking the cluster $CLUSTER_NAME" revive
else
  settle # a run before this one may have been cut off between making it and settling it
fi
say "the cluster $CLUSTER_NAME runs: export KUBECONFIG=$KUBECONFIG (kubectl, kind and helm are in $TOOLS)"
