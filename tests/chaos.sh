#!/usr/bin/env bash
# Runs the chaos (tests/WsCore.ClusterTests/Chaos) for as long as wanted: three servers and two Redis, which are killed, stopped, hung, failed over and
# brought back while clients publish at full speed; every promise of docs/protocol.md is checked over everything that every client saw.
#
#   bash tests/chaos.sh [--seconds N] [--seed S] [--runs N] [--no-build]
#
# One run with 120 seconds of trouble and a random seed unless told otherwise; the next run's seed is one more. (The tests of every build have one of 30 s.)
# The seed decides what is done, to whom, for how long and in which order; what meets what is also the machine's doing, so a seed may need some runs to
# fail again. A run that fails prints its seed, what was broken, what the client saw just before, what was done when, and what the servers wrote last; all
# of it goes to artifacts/chaos too. Exit code 0: every run kept every promise.

set -uo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

seconds=120 seed=$((RANDOM * 32768 + RANDOM)) runs=1 build=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds) seconds="${2:?--seconds needs a number}"; shift 2 ;;
    --seed) seed="${2:?--seed needs a number}"; shift 2 ;;
    --runs) runs="${2:?--runs needs a number}"; shift 2 ;;
    --no-build) build=; shift ;;
    *) echo "unknown: $1 (see the head of $0)" >&2; exit 2 ;;
  esac
done

for number in "$seconds" "$seed" "$runs"; do
  case "$number" in
    '' | *[!0-9]* | ???????????*) echo "not a number of at most 10 digits: $number" >&2; exit 2 ;;
  esac
done

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 CI=true # without Redis it fails, and is not skipped
ulimit -n "$(ulimit -Hn)"
if [ -n "$build" ]; then
  dotnet build tests/WsCore.ClusterTests -c Release -v quiet --nologo || exit 1
fi

out=artifacts/chaos
mkdir -p "$out" || exit 1
failed=0
for ((run = 0; run < runs; run++)); do
  log="$out/$((seed + run)).log"
  if WSCORE_TEST_SEED=$((seed + run)) WSCORE_CHAOS_SECONDS="$seconds" dotnet test tests/WsCore.ClusterTests -c Release --no-build --nologo \
    --filter "FullyQualifiedName~ChaosTests.Three_nodes" --logger "console;verbosity=detailed" >"$log" 2>&1; then
    grep -E '^ *seed ' "$log"
  else
    failed=$((failed + 1))
    grep -vE '^ +at |^\[xUnit' "$log"
    echo "again: bash tests/chaos.sh --seconds $seconds --seed $((seed + run))"
  fi
done

echo "chaos: $((runs - failed)) runs kept every promise, $failed did not"
[ "$failed" = 0 ]
