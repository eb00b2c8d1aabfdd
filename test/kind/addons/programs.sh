#!/usr/bin/env bash
# Puts the programs of the add-ons into $PROGRAMS: out of the cache's archive if that holds the versions of env.sh, else built from source.
# With the argument `enforcer`, also the one that makes network policies hold, which the archive may lack.
set -euo pipefail
# shellcheck source=../env.sh
. "$(dirname "$0")/../env.sh"
source=$kit/addons/go new=$PROGRAMS.new archive=$FINIA_CLUSTER_CACHE/addons/addons.tar.xz
wanted="$TRAEFIK $CERT_MANAGER $PEBBLE"

# Go stamped into each program which version of its module it is; that Traefik can tell its own shows that this machine can run them.
stamped() { grep -aqsF "$2"$'\t'"$3" "$1"; }
right_versions() {
  stamped "$new/traefik" github.com/traefik/traefik/v3 "$TRAEFIK" && stamped "$new/pebble" github.com/letsencrypt/pebble/v2 "$PEBBLE" || return 1
  stamped "$new/cert-manager-controller" github.com/cert-manager/cert-manager "$CERT_MANAGER" || return 1
  stamped "$new/acme-solver" github.com/cert-manager/cert-manager "$CERT_MANAGER" || return 1
  "$new/traefik" version >/dev/null 2>&1
}
put_in_place() {
  right_versions || return 1
  rm -rf "$PROGRAMS"
  mv "$new" "$PROGRAMS"
  echo "$wanted" >"$PROGRAMS/versions"
}
start_afresh() {
  rm -rf "$new"
  mkdir -p "$new"
}
unpack() {
  need xz-utils
  start_afresh
  tar -C "$new" -xJf "$archive"
  put_in_place || { say 'the archive holds other versions than env.sh asks for, or programs of another machine: building from source'; return 1; }
}
go_build() { (cd "$source/$1" && quietly "addons-$2" env CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$new/$2" "$3"); }
compile() {
  start_afresh
  step 'building pebble' go_build pebble pebble github.com/letsencrypt/pebble/v2/cmd/pebble
  step 'building cert-manager (about 4 minutes on two cores)' go_build cert-manager cert-manager-controller ./cmd/controller
  step "building cert-manager's solver" go_build cert-manager acme-solver ./cmd/solver
  step 'building Traefik (about 8 minutes on two cores)' quietly addons-traefik "$source/traefik/build.sh" "$new/traefik" "$CLUSTER_WORK/addons-traefik"
  put_in_place || fail "the programs that were built are not the versions that env.sh names: $wanted; change go.mod in the folders of $source with them"
}

need_go() { command -v go >/dev/null || fail "$1: install Go 1.26 or newer (https://go.dev/dl), so that the add-ons can be built"; }
put_others() {
  [ "$(cat "$PROGRAMS/versions" 2>/dev/null)" = "$wanted" ] && return
  if [ -f "$archive" ] && step "unpacking the cached add-ons" unpack; then return; fi
  need_go 'FINIA_CLUSTER_CACHE has no addons/addons.tar.xz of the right versions'
  compile
}
put_enforcer() {
  local program=$PROGRAMS/kube-network-policies
  ! stamped "$program" sigs.k8s.io/kube-network-policies "$NETWORK_POLICIES" || return 0
  need_go 'FINIA_CLUSTER_CACHE has no enforcer of network policies'
  start_afresh
  step 'building the enforcer of network policies (about 2 minutes on two cores)' go_build network-policies kube-network-policies sigs.k8s.io/kube-network-policies/cmd
  stamped "$new/kube-network-policies" sigs.k8s.io/kube-network-policies "$NETWORK_POLICIES" ||
    fail "the enforcer that was built is not $NETWORK_POLICIES, as env.sh asks for: change $source/network-policies/go.mod with it"
  mv "$new/kube-network-policies" "$program"
}
# Two clusters that start at once share the folder.
exec 9>"$PROGRAMS.lock"
flock 9
put_others
[ "${1:-}" != enforcer ] || put_enforcer
