#!/usr/bin/env bash
# Runs the simulation (tests/WsCore.Tests/Simulation) with as many seeds as wanted:
#
#   bash tests/simulate.sh [--seeds N] [--first S] [--trace N] [--no-build]
#
# 1000 seeds from 1001 on unless told otherwise; CI runs 1 to 200 with the other tests. A failing seed is printed with the command that
# repeats it and the last 60 events (--trace: that many) of its run; what the seeds have met comes at the end. Exit code 0: every seed kept the promises.

set -uo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

seeds=1000 first=1001 trace=60 build=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --seeds) seeds="${2:?--seeds needs a number}"; shift 2 ;;
    --first) first="${2:?--first needs a number}"; shift 2 ;;
    --trace) trace="${2:?--trace needs a number}"; shift 2 ;;
    --no-build) build=; shift ;;
    *) echo "unknown: $1 (see the head of $0)" >&2; exit 2 ;;
  esac
done

for number in "$seeds" "$first" "$trace"; do
  case "$number" in
    '' | *[!0-9]* | ?????????*) echo "not a number of at most 8 digits: $number" >&2; exit 2 ;;
  esac
done

if [ -n "$build" ]; then
  dotnet build tests/WsCore.Tests -c Release -v quiet --nologo || exit 1
fi

export WSCORE_SIM_SEEDS="$seeds" WSCORE_SIM_FIRST="$first" WSCORE_SIM_TRACE="$trace"
exec dotnet test tests/WsCore.Tests -c Release --no-build --nologo --filter "FullyQualifiedName~SimulationTests.EverySeed" --logger "console;verbosity=detailed"
