#!/usr/bin/env bash
# The image that kind makes its nodes from: kind's published one where a registry answers, else built out of Debian's packages,
# $BIN and kind's own base files (from its Go module), with the images that kubeadm asks for already in the node's containerd.
set -euo pipefail
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"
# shellcheck source=node-image-name.sh
. "$kit/node-image-name.sh"
have_image "$NODE_IMAGE" && exit 0
if registry_answers; then
  step "pulling $NODE_IMAGE" docker pull -q "$NODE_IMAGE"
  exit
fi
[ "$(id -u)" = 0 ] || fail 'no image registry answers, and only root can build the image of a node: run this as root'
command -v go >/dev/null || fail "no image registry answers, and kind's base files come from its Go module: install Go 1.26 or newer (https://go.dev/dl)"
need debootstrap jq containernetworking-plugins runc iptables nftables conntrack gcc libc6-dev
work=$(mktemp -d "$CLUSTER_WORK/node.XXXXXX")
loader=
trap '[ -z "$loader" ] || docker rm -f "$loader" >/dev/null; rm -rf "$work"' EXIT
lib=/usr/lib/$(gcc -print-multiarch)
images=() # what kubeadm and kind ask for

# libraries PROGRAM ROOT: copies what a program is linked with.
libraries() {
  local file
  ldd "$1" 2>/dev/null | grep -oE '/[^ ]+' | while read -r file; do
    mkdir -p "$2${file%/*}"
    cp -Lun "$file" "$2$file"
  done
}
import() { tar -C "$1" -c . | docker import "${@:3}" - "$2" >/dev/null; }
with_entrypoint() { printf 'FROM finia/kubernetes:%s\nENTRYPOINT ["%s"]\n' "$KUBERNETES" "$1" | quietly image-kubernetes docker build -t "finia/kubernetes-${1#/}:$KUBERNETES" -; }

compile_pause() {
  cat >"$work/pause.c" <<'C'
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
static void quit(int signal) { _exit(0); }
static void reap(int signal) { while (waitpid(-1, 0, WNOHANG) > 0) {} }
int main(void) { signal(SIGINT, quit); signal(SIGTERM, quit); signal(SIGCHLD, reap); for (;;) pause(); }
C
  gcc -O2 -static -s -o "$1" "$work/pause.c"
}
# One image under every name that kubeadm asks for: hyperkube is all of Kubernetes.
control_plane_images() {
  local root=$work/kubernetes program name module from image
  mkdir -p "$root"/{usr/local/bin,usr/sbin,etc,run,tmp} "$root$lib"
  cp "$BIN/hyperkube" "$BIN/etcd" "$root/usr/local/bin/"
  cp "$BIN/coredns" "$root/coredns"
  for program in kube-apiserver kube-controller-manager kube-scheduler kube-proxy; do ln -s hyperkube "$root/usr/local/bin/$program"; done
  for program in /usr/sbin/nft /usr/sbin/xtables-nft-multi /usr/sbin/conntrack; do
    cp "$program" "$root/usr/sbin/"
    libraries "$program" "$root"
  done
  cp -r "$lib/xtables" "$root$lib/"
  for module in "$lib"/xtables/*.so; do libraries "$module" "$root"; done
  for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do ln -s xtables-nft-multi "$root/usr/sbin/$name"; done
  compile_pause "$root/pause"
  import "$root" "finia/kubernetes:$KUBERNETES" -c 'ENV PATH=/usr/local/bin:/usr/sbin'
  with_entrypoint /coredns
  with_entrypoint /pause
  while read -r image; do
    case $image in
      *coredns*) from=finia/kubernetes-coredns:$KUBERNETES ;;
      *pause*) from=finia/kubernetes-pause:$KUBERNETES ;;
      *) from=finia/kubernetes:$KUBERNETES ;;
    esac
    docker tag "$from" "$image"
    images+=("$image")
  done < <("$BIN/kubeadm" config images list --kubernetes-version "$KUBERNETES" 2>/dev/null; echo registry.k8s.io/pause:3.10)
}
# kind's default storage: volumes in a folder of one node, bound to that node, made when the first pod needs them.
storage_image() { sed -n "s/^const $1 = \"\(.*\)\"/\1/p" "$storage"; }
storage_images() {
  local helper=$work/helper program image name
  mkdir -p "$work/provisioner/usr/local/bin" "$helper/bin"
  cp "$BIN/local-path-provisioner" "$work/provisioner/usr/local/bin/"
  cp -L /bin/dash "$helper/bin/sh"
  cp -L /bin/{rm,mkdir} "$helper/bin/"
  for program in sh rm mkdir; do libraries "$helper/bin/$program" "$helper"; done
  for image in provisioner helper; do
    name=$(storage_image "storage${image^}Image")
    images+=("$name")
    import "$work/$image" "$name" -c 'ENV PATH=/usr/local/bin:/bin'
  done
}
storage_manifest() {
  sed -n '/^const defaultStorageManifest/,$p' "$storage" | sed -e '1d' -e '$d' \
    -e "s|\` + storageProvisionerImage + \`|$(storage_image storageProvisionerImage)|; s|\` + storageHelperImage + \`|$(storage_image storageHelperImage)|"
}
root_file_system() {
  local base=$work/base files=$kind_source/images/base/files program
  quietly debootstrap-node debootstrap --variant=minbase \
    --include=systemd,systemd-sysv,dbus,conntrack,iptables,nftables,iproute2,ethtool,util-linux,mount,kmod,libseccomp2,pigz,e2fsprogs,ca-certificates,curl,jq,procps "$SUITE" "$base"
  mkdir -p "$base"/{opt/cni/bin,etc/cni/net.d,etc/kubernetes/manifests,usr/local/sbin,kind/manifests}
  cp -r "$files/usr/local/bin/." "$base/usr/local/bin/"
  cp -r "$files/etc/." "$base/etc/"
  cp -r "$files/kind/." "$base/kind/"
  chmod -R u+w "$base/usr/local/bin" "$base/etc/systemd" "$base/etc/containerd" "$base/kind"
  chmod 755 "$base"/usr/local/bin/* "$base"/kind/bin/*
  find "$base/etc/systemd/system" -type f -exec chmod 644 {} +
  cp "$BIN"/{containerd,containerd-shim-runc-v2,ctr} "$base/usr/local/bin/"
  cp "$BIN/hyperkube" "$base/usr/bin/"
  for program in kubeadm kubelet kubectl; do ln -s hyperkube "$base/usr/bin/$program"; done
  # The bridge plugin breaks Services between pods of one node on some kernels; network.sh uses ptp.
  cp /usr/lib/cni/{host-local,loopback,ptp,portmap} "$base/opt/cni/bin/"
  cp -L /usr/sbin/runc "$base/usr/local/sbin/runc.real"
  cp "$kit/runc-capped" "$base/usr/local/sbin/runc"
  sed -i 's/restrict_oom_score_adj = false/restrict_oom_score_adj = true/' "$base/etc/containerd/config.toml"
  storage_manifest >"$base/kind/manifests/default-storage.yaml"
  printf '%s' "$KUBERNETES" >"$base/kind/version"
  touch "$base/kind/built-here"
  tame_systemd "$base"
  chroot "$base" ctr oci spec |
    jq '.hooks.createContainer[.hooks.createContainer|length] |= . + {path: "/kind/bin/mount-product-files.sh"} | del(.process.rlimits)' >"$base/etc/containerd/cri-base.json"
  rm -rf "$base"/var/cache/apt/* "$base"/var/lib/apt/lists/* "$base"/usr/share/{doc,man,locale}
  import "$base" "$NODE_IMAGE-base" -c 'ENV container=docker' -c "$entrypoint"
}
tame_systemd() {
  echo ReadKMsg=no >>"$1/etc/systemd/journald.conf"
  find "$1/lib/systemd/system/sysinit.target.wants" -name systemd-tmpfiles-setup.service -delete
  rm -f "$1"/lib/systemd/system/{multi-user,local-fs,basic}.target.wants/* "$1"/etc/systemd/system/*.wants/* "$1"/lib/systemd/system/sockets.target.wants/*{udev,initctl}*
  chroot "$1" systemctl -q enable kubelet.service containerd.service undo-mount-hacks.service
  chroot "$1" systemctl -q mask systemd-binfmt.service
}
load_images() {
  docker save -o "$work/images.tar" "${images[@]}"
  loader=$(docker run -d --privileged --entrypoint sleep -v "$work/images.tar:/images.tar:ro" "$NODE_IMAGE-base" infinity)
  docker exec -d "$loader" containerd
  for _ in $(seq 60); do docker exec "$loader" ctr version >/dev/null 2>&1 && break; sleep 0.5; done
  quietly node-images docker exec "$loader" ctr -n k8s.io images import --local --no-unpack /images.tar
  # shellcheck disable=SC2016
  docker exec "$loader" sh -c 'kill $(pidof containerd); while pidof containerd >/dev/null; do sleep 0.1; done'
  docker commit --change "$entrypoint" "$loader" "$NODE_IMAGE" >/dev/null
}

entrypoint='ENTRYPOINT ["/usr/local/bin/entrypoint","/sbin/init"]'
(cd / && quietly kind-module go mod download "sigs.k8s.io/kind@$KIND")
kind_source=$(go env GOMODCACHE)/sigs.k8s.io/kind@$KIND
storage=$kind_source/pkg/build/nodeimage/const_storage.go
step "building the control plane's images" control_plane_images
step "building the storage's images" storage_images
step "building the node's root file system" root_file_system
step 'loading the images into the node' load_images
