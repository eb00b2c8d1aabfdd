# Settings of the local cluster; sourced by the scripts beside it. What stands behind := may be set in the environment.
# shellcheck shell=bash disable=SC2034
kit=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$kit/../.." && pwd)
: "${CLUSTER_WORK:=${XDG_CACHE_HOME:-$HOME/.cache}/finia-cluster}" # binaries, kubeconfigs, logs
: "${CLUSTER_NAME:=finia}"
: "${WORKERS:=0}"
: "${HTTP_PORT:=8080}" "${HTTPS_PORT:=8443}" # of 127.0.0.1, for the node ports 30080 and 30443
: "${FINIA_REGISTRY:=auto}"                  # auto | always | never: whether images and released binaries are fetched
: "${FINIA_CLUSTER_CACHE:=}"                 # a folder with binaries.tar.xz and addons/addons.tar.xz, built before by binaries.sh and addons/programs.sh
: "${CLUSTER_OUTSIDE:=allow}"                # reject: containers of an engine started here reach nothing outside this machine
export CLUSTER_WORK CLUSTER_NAME WORKERS HTTP_PORT HTTPS_PORT FINIA_REGISTRY FINIA_CLUSTER_CACHE CLUSTER_OUTSIDE

KUBERNETES=v1.36.3 ETCD_IMAGE=3.6.8-0 CONTAINERD=v2.2.9 KIND=v0.33.0 HELM=v4.3.1 SUITE=bookworm
# The image that kind's release notes name for KIND and this minor version of Kubernetes.
PUBLISHED_NODE=kindest/node:v1.36.4@sha256:099e049362a1526b2db71494e1947aae99bd16290d7c895f2b7ea312e3cbfaed
BASE_IMAGES=("node:26-$SUITE-slim" mariadb:10.11 nginx:stable)

# What addons/up.sh adds; the manifests and the go.mod files there name the same.
TRAEFIK=v3.7.13 CERT_MANAGER=v1.21.2 PEBBLE=v2.10.1 GATEWAY_API=v1.6.1 NETWORK_POLICIES=v0.8.0

PROGRAMS=$CLUSTER_WORK/addons # what the add-ons run
BIN=$CLUSTER_WORK/bin TOOLS=$CLUSTER_WORK/tools # what nodes run; what people run
mkdir -p "$BIN" "$TOOLS"
export PATH=$repository/node_modules/.bin:$TOOLS:$PATH
export KUBECONFIG=$CLUSTER_WORK/$CLUSTER_NAME.kubeconfig

say() { printf '==> %s\n' "$*" >&2; }
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}
# step WHAT COMMAND…: says what is being done, does it, says how long it took.
step() {
  local what=$1 start=$SECONDS
  shift
  say "$what"
  "$@"
  local code=$? # not 0 only where the caller looks at it, for else the script has ended
  say "$what: $((SECONDS - start)) s"
  return $code
}
have_image() { docker image inspect "$1" >/dev/null 2>&1; }
# quietly LOG COMMAND…: the command's output goes to a file, and is shown when it fails.
quietly() {
  local log=$CLUSTER_WORK/$1.log
  shift
  "$@" >"$log" 2>&1 && return
  tail -20 "$log" >&2
  fail "$1 failed; all it said is in $log"
}
# Installs the Debian packages that are missing.
need() {
  local missing=() package
  for package in "$@"; do dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package"); done
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || fail "this machine has no apt-get: install ${missing[*]} by hand"
  [ "$(id -u)" = 0 ] || fail "the packages ${missing[*]} are missing: install them (apt-get install ${missing[*]}), or run this as root"
  step "installing ${missing[*]}" install_packages "${missing[@]}"
}
install_packages() {
  quietly apt apt-get update -q
  DEBIAN_FRONTEND=noninteractive quietly apt apt-get install -q -y --no-install-recommends "$@"
}
# Whether an image registry answers. A "no" is believed for an hour, so that the steps of one run agree.
registry_answers() {
  case $FINIA_REGISTRY in always) return 0 ;; never) return 1 ;; esac
  [ "$FINIA_REGISTRY" = auto ] || fail "FINIA_REGISTRY is \"$FINIA_REGISTRY\": set it to auto, always or never"
  local answer=$CLUSTER_WORK/registry
  if [ -z "$(find "$answer" -mmin -60 2>/dev/null)" ]; then
    if timeout 30 docker pull -q hello-world:latest >/dev/null 2>&1; then echo yes >"$answer"; else echo no >"$answer"; fi
    say "an image registry answers: $(cat "$answer")"
  fi
  [ "$(cat "$answer")" = yes ]
}
