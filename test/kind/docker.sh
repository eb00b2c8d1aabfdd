#!/usr/bin/env bash
# Makes sure that a Docker engine answers: installs Debian's and starts it when none does.
set -euo pipefail
# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"
answers() { docker info >/dev/null 2>&1; }
wait_for_answer() { for _ in $(seq 120); do answers && return; sleep 0.5; done; return 1; }
answers && exit 0
[ "$(id -u)" = 0 ] || fail "no Docker engine answers: start one that this user may use, or run this as root so that it is installed"
need docker.io iptables iproute2 jq

start_engine() {
  if [ -d /run/systemd/system ]; then systemctl start docker; else start_daemon; fi
  wait_for_answer || fail "the Docker engine does not answer after 60 s; its log is $CLUSTER_WORK/dockerd.log"
}
start_daemon() {
  local flags=(--storage-driver overlay2) all
  all=$(printf '%016x' $(((1 << ($(cat /proc/sys/kernel/cap_last_cap) + 1)) - 1)))
  # A machine that lacks some capabilities cannot start privileged containers; this runtime asks for what there is.
  if [ "$(awk '/CapBnd/ {print $2}' /proc/self/status)" != "$all" ]; then
    install -m 755 "$kit/runc-capped" /usr/local/bin/runc-capped
    flags+=(--add-runtime capped=/usr/local/bin/runc-capped --default-runtime capped)
  fi
  # Debian's own containerd, not a newer one that comes first on the PATH.
  PATH=/usr/sbin:/usr/bin:/sbin:/bin setsid nohup dockerd "${flags[@]}" >"$CLUSTER_WORK/dockerd.log" 2>&1 </dev/null &
  echo $! >"$CLUSTER_WORK/dockerd.pid"
}
step 'starting a Docker engine' start_engine
outside=$(ip route show default | awk '{print $5; exit}')
if [ -n "$outside" ] && [ "$CLUSTER_OUTSIDE" = reject ]; then
  iptables -C DOCKER-USER -o "$outside" -j REJECT 2>/dev/null || iptables -I DOCKER-USER -o "$outside" -j REJECT
fi
