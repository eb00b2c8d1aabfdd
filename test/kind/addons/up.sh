#!/usr/bin/env bash
# Adds programs of others to the cluster of up.sh: an ingress controller (Traefik), cert-manager, an ACME server (pebble), and what makes network policies
# hold where the cluster's network does not. May be run again at any time.
set -euo pipefail
# shellcheck source=../env.sh
. "$(dirname "$0")/../env.sh"
addons=$kit/addons
enforcer= # the network of kind's published image enforces by itself
! docker exec "$CLUSTER_NAME-control-plane" test -e /kind/built-here || enforcer=enforcer
"$addons/programs.sh" $enforcer
command -v go >/dev/null || fail "the CRDs of cert-manager and of the Gateway API come from their Go modules: install Go 1.26 or newer (https://go.dev/dl)"
command -v openssl >/dev/null || need openssl # the tests shake hands by it
images=("finia/traefik:$TRAEFIK" "finia/cert-manager-controller:$CERT_MANAGER" "finia/acme-solver:$CERT_MANAGER" "finia/pebble:$PEBBLE")
[ -z "$enforcer" ] || images+=("finia/kube-network-policies:$NETWORK_POLICIES")

import_image() { # an image that is nothing but the program
  local program=${1#finia/} content
  program=${program%:*}
  content=$(sha256sum "$PROGRAMS/$program" | head -c 16)
  [ "$(docker image inspect -f '{{index .Config.Labels "finia.io/content"}}' "$1" 2>/dev/null)" = "$content" ] ||
    tar -C "$PROGRAMS" -c "$program" | docker import -c "ENTRYPOINT [\"/$program\"]" -c 'USER 65532' -c "LABEL finia.io/content=$content" - "$1" >/dev/null
}
apply() { kubectl apply --server-side --force-conflicts --field-manager=addons "$@" >/dev/null; }
# The folder of a Go module, verified by Go's checksum database.
published() {
  (cd / && quietly go-module go mod download "$1")
  echo "$(go env GOMODCACHE)/$1"
}
custom_resources() {
  apply -f "$(published "sigs.k8s.io/gateway-api@$GATEWAY_API")/config/crd/standard" -f "$(published "github.com/cert-manager/cert-manager@$CERT_MANAGER")/deploy/crds"
  kubectl wait --for=condition=Established --timeout=60s crd --all >/dev/null
}
# Pods find every host below finia.test at Traefik, and SERVICE.NAMESPACE.edge.test at that Service (an edge of its own), as the world would.
names() {
  local corefile rule
  corefile=$(kubectl -n kube-system get configmap coredns -o jsonpath='{.data.Corefile}')
  [[ $corefile != *finia* ]] || return 0
  rule='rewrite stop name regex (.+)\.finia\.test traefik.traefik.svc.cluster.local answer auto
    rewrite stop name regex ([^.]+)\.([^.]+)\.edge\.test {1}.{2}.svc.cluster.local answer auto'
  kubectl -n kube-system create configmap coredns --from-literal=Corefile="${corefile/.:53 \{/.:53 \{$'\n'    $rule}" --dry-run=client -o yaml |
    kubectl replace -f - >/dev/null
  kubectl -n kube-system rollout restart deployment/coredns >/dev/null
}
manifests() {
  apply -f "$addons/manifests/traefik.yaml" -f "$addons/manifests/cert-manager.yaml" -f "$addons/manifests/issuers.yaml" -f "$addons/manifests/pebble.yaml"
}
enforce() {
  local kube_proxy
  kube_proxy=$(kubectl -n kube-system get daemonset kube-proxy -o jsonpath='{.spec.template.spec.containers[0].image}')
  sed "s|KUBE_PROXY|$kube_proxy|" "$addons/manifests/network-policies.yaml" | apply -f -
  kubectl -n kube-system rollout status daemonset/network-policies --timeout=180s >/dev/null
}
# The tag of an image stays when the program is built anew, so the pods must be told.
renew_pods() {
  local name
  for name in traefik cert-manager pebble; do kubectl -n "$name" rollout restart "deployment/$name" >/dev/null; done
}
wait_for_programs() {
  local deployment
  kubectl wait --for=condition=Ready --timeout=180s clusterissuer/test-ca >/dev/null
  for deployment in kube-system/coredns traefik/traefik cert-manager/cert-manager pebble/pebble; do
    kubectl -n "${deployment%/*}" rollout status "deployment/${deployment#*/}" --timeout=180s >/dev/null
  done
}
acme_issuers() {
  local ca account
  ca=$(kubectl -n cert-manager get secret test-ca -o jsonpath='{.data.tls\.crt}')
  # A pebble that started anew knows no accounts any more; without their keys the issuers register again.
  account=$(kubectl -n pebble get pods -l app=pebble -o jsonpath='{.items[*].status.containerStatuses[*].containerID}')
  if [ "$(kubectl -n pebble get service pebble -o jsonpath='{.metadata.annotations.finia\.io/accounts-of}')" != "$account" ]; then
    kubectl -n cert-manager delete secret acme-account acme-brief-account --ignore-not-found >/dev/null
    kubectl delete clusterissuer acme acme-brief --ignore-not-found >/dev/null
  fi
  sed "s/CA_BUNDLE/$ca/" "$addons/manifests/acme-issuers.yaml" | apply -f -
  kubectl wait --for=condition=Ready --timeout=120s clusterissuer --all >/dev/null
  kubectl -n pebble annotate service pebble --overwrite "finia.io/accounts-of=$account" >/dev/null
}

for image in "${images[@]}"; do import_image "$image"; done
loaded=$("$kit/load.sh" "${images[@]}")
there=$(kubectl get deployments -A -l finia.io/addon -o name)
step 'applying the custom resources of cert-manager and of the Gateway API' custom_resources
names
[ -z "$enforcer" ] || step 'enforcing network policies' enforce
step 'applying the add-ons' manifests
[ -z "$loaded" ] || [ -z "$there" ] || renew_pods
step 'waiting for the add-ons' wait_for_programs
step 'registering at the ACME server' acme_issuers
say "the add-ons run: ingress class nginx, gateway class traefik, cluster issuers $(kubectl get clusterissuer -o jsonpath='{.items[*].metadata.name}')"
