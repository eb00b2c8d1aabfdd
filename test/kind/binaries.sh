#!/usr/bin/env bash
# Puts kubectl, kind and helm into $TOOLS, and etcd, kube-apiserver and what a node runs into $BIN: fetched where a registry
# answers, else from the cache's archive if that holds the versions of env.sh, else built from source.
set -euo pipefail
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"
versions="$KUBERNETES $CONTAINERD $KIND $HELM"

# The versions that the programs themselves tell. A helm built from its module tells only its minor version, but was stamped by Go.
right_versions() {
  local bin=$1
  [ "$("$bin/kind" version 2>/dev/null | awk '{print $2}')" = "$KIND" ] || return 1
  [ "$("$bin/helm" version --template '{{.Version}}' 2>/dev/null)" = "$HELM" ] || grep -aqF "helm.sh/helm/v4"$'\t'"$HELM" "$bin/helm" || return 1
  [ "$("$bin/kube-apiserver" --version 2>/dev/null)" = "Kubernetes $KUBERNETES" ] || return 1
  [ ! -x "$bin/containerd" ] || "$bin/containerd" --version | grep -qF " $CONTAINERD "
}
# One binary is all of Kubernetes: it runs the program that it is called as.
link_hyperkube() {
  local program
  [ -x "$1/hyperkube" ] || return 0
  for program in kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubeadm kubectl; do ln -sf hyperkube "$1/$program"; done
}
link_tools() {
  local program
  for program in kubectl kind helm; do ln -sf "$BIN/$program" "$TOOLS/$program"; done
}
complete() { [ -x "$BIN/kubectl" ] && { registry_answers || [ -x "$BIN/local-path-provisioner" ]; }; }

new=$CLUSTER_WORK/bin.new
put_in_place() {
  link_hyperkube "$new"
  right_versions "$new" || return 1
  rm -rf "$BIN"
  mv "$new" "$BIN"
  echo "$versions" >"$BIN/versions"
}
start_afresh() { rm -rf "$new"; mkdir -p "$new"; }

unpack() {
  need xz-utils
  start_afresh
  tar -C "$new" -xJf "$FINIA_CLUSTER_CACHE/binaries.tar.xz"
  put_in_place || { say 'the archive holds other versions than env.sh asks for: building from source'; return 1; }
}
fetch() {
  local architecture
  architecture=$(dpkg --print-architecture)
  need curl ca-certificates
  start_afresh
  download "https://kind.sigs.k8s.io/dl/$KIND/kind-linux-$architecture" "$new/kind"
  download "https://get.helm.sh/helm-$HELM-linux-$architecture.tar.gz" "$new/helm.tar.gz"
  tar -C "$new" -xzf "$new/helm.tar.gz" --strip-components 1 "linux-$architecture/helm"
  rm "$new/helm.tar.gz"
  download "https://dl.k8s.io/release/$KUBERNETES/bin/linux/$architecture/kubectl" "$new/kubectl"
  copy_from_image "registry.k8s.io/kube-apiserver:$KUBERNETES" /usr/local/bin/kube-apiserver
  copy_from_image "registry.k8s.io/etcd:$ETCD_IMAGE" /usr/local/bin/etcd
  chmod 755 "$new"/*
  put_in_place || fail "the programs that were fetched are not the versions $versions"
}
# Each of these sites has the SHA-256 of a file beside it, under one of two names.
download() {
  local sum
  curl -fsSL --retry 3 -o "$2" "$1"
  sum=$(curl -fsSL --retry 3 "$1.sha256sum" || curl -fsSL --retry 3 "$1.sha256")
  [ "$(sha256sum "$2" | awk '{print $1}')" = "${sum%% *}" ] || fail "$1 does not have the checksum that its site tells: try again later"
}
copy_from_image() {
  local container
  have_image "$1" || docker pull -q "$1" >/dev/null
  container=$(docker create "$1" none)
  docker cp -L -q "$container:$2" "$new/" || { docker rm "$container" >/dev/null; return 1; }
  docker rm "$container" >/dev/null
}
compile() {
  local v=k8s.io/component-base/version
  export CGO_ENABLED=0 GOFLAGS=-mod=mod
  start_afresh
  step 'building Kubernetes (about 10 minutes on two cores)' go_build kubernetes \
    "-X $v.gitVersion=$KUBERNETES -X $v.gitMajor=1 -X $v.gitMinor=36 -X $v.gitTreeState=clean -X $v.gitCommit=release" -o "$new/hyperkube" .
  step 'building etcd' go_build etcd '' -o "$new/etcd" go.etcd.io/etcd/server/v3
  step 'building containerd' go_build containerd "-X github.com/containerd/containerd/v2/version.Version=$CONTAINERD" \
    -tags 'no_btrfs no_devmapper no_zfs no_aufs' -o "$new/" tool
  step 'building CoreDNS' go_build coredns '' -o "$new/coredns" github.com/coredns/coredns
  step 'building the volume provisioner' go_build local-path '' -o "$new/local-path-provisioner" github.com/rancher/local-path-provisioner
  step 'building kind' go_install "sigs.k8s.io/kind@$KIND"
  step 'building helm' go_install "helm.sh/helm/v4/cmd/helm@$HELM"
  put_in_place || fail "the programs that were built are not the versions $versions"
}
go_build() { (cd "$kit/go/$1" && go build -trimpath -ldflags "-s -w $2" "${@:3}"); }
go_install() { (cd / && GOFLAGS='' GOBIN=$new go install -trimpath -ldflags '-s -w' "$1"); }

if [ "$(cat "$BIN/versions" 2>/dev/null)" != "$versions" ] || ! complete; then
  if link_hyperkube "$BIN" && complete && right_versions "$BIN"; then
    echo "$versions" >"$BIN/versions"
  elif registry_answers; then
    step 'fetching kind, helm, kubectl, kube-apiserver and etcd' fetch
  elif ! { [ -f "$FINIA_CLUSTER_CACHE/binaries.tar.xz" ] && step 'unpacking the cached binaries' unpack; }; then
    command -v go >/dev/null || fail 'no image registry answers and FINIA_CLUSTER_CACHE has no binaries.tar.xz of the right versions: install Go 1.26 or newer (https://go.dev/dl), so that Kubernetes can be built'
    step 'building everything from source (20 to 30 minutes on two cores)' compile
  fi
fi
link_tools
