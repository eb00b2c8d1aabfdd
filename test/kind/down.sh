#!/usr/bin/env bash
# Removes the cluster CLUSTER_NAME, if there is one.
set -euo pipefail
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"
{ command -v kind && docker info; } >/dev/null 2>&1 || exit 0
kind get clusters -q 2>/dev/null | grep -qx "$CLUSTER_NAME" || exit 0
step "removing the cluster $CLUSTER_NAME" kind delete cluster --name "$CLUSTER_NAME" -q
rm -f "$KUBECONFIG"
