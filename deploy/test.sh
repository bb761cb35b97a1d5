#!/usr/bin/env bash
# Builds the image, runs compose.yaml with it, and breaks it under two clients:
#
#   bash deploy/test.sh
#
# With Docker and its compose plug-in where their daemon runs and the base images can be pulled; else with podman, as root, in
# namespaces of its own for network, processes and mounts and with a storage of its own, so that nothing of it stays. What podman
# needs is installed if it is missing and this may be done (apt; WSCORE_TEST_INSTALL=0 forbids it). Images that cannot be pulled
# are replaced by stand-ins of this machine's own files; WSCORE_DEPLOY_STANDIN=1 does not even try to pull.
#
# Needs the .NET SDK of global.json: the clients, and the stand-ins, are made with it. The last line is `deploy: N checks passed`;
# else the exit code is 1. README.md in this folder says what is checked, and what is not.

# shellcheck disable=SC2154 # what the parts that are sourced set
set -uo pipefail
export LC_ALL=C.UTF-8 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)" || exit 1
cd "$root" || exit 1

for part in tools standin images checks cluster; do
  # shellcheck source=/dev/null
  . "deploy/test/$part.sh" || exit 1
done

if [ "${1:-}" = --inside ]; then # the second half, in namespaces of its own; what the first found out is in the environment
  inside
  exit
fi

# Paths in it must be short: sockets are there, whose names have bounds.
work="$(mktemp -d /tmp/wscore-deploy.XXXXXX)" || exit 1
export work
finish() {
  trap '' INT TERM
  # With it everything ends that runs in its namespaces, and so these end themselves. (SIGTERM it would pass over.)
  [ -z "${second:-}" ] || { kill -KILL "$second" 2>/dev/null && wait "$second" 2>/dev/null; }
  forget_images
  # A build that was broken off leaves its layers mounted.
  awk -v work="$work/" 'index($2, work) == 1 { print $2 }' /proc/mounts | tac | xargs -r umount -l 2>/dev/null
  for _ in 1 2 3 4 5; do
    rm -rf "$work" 2>/dev/null && break
    sleep 1 # the kernel is still at it
  done
  # podman leaves empty groups; those that are in use cannot be removed.
  find /sys/fs/cgroup -depth -type d -path '*/libpod_parent*' -exec rmdir {} + 2>/dev/null
}
trap finish EXIT
trap 'exit 130' INT TERM
: >"$work/checks"

prepare || exit 1
build_check || exit 1
choose_images || exit 1
build_image || exit 1

if [ "$engine" = podman ]; then
  step "The rest, in namespaces of its own"
  setsid unshare --net --mount --pid --fork --kill-child=KILL --mount-proc bash deploy/test.sh --inside <&0 &
  second=$!
  wait "$second"
  code=$?
  second=
else
  inside
  code=$?
fi

passed="$(grep -c '^ok' "$work/checks")"
failed="$(grep -c '^failed' "$work/checks")"
if [ "$code" != 0 ] || [ "$failed" != 0 ] || [ "$passed" = 0 ]; then
  grep '^failed' "$work/checks"
  echo "deploy: failed, after $passed checks"
  exit 1
fi
echo "deploy: $passed checks passed"
