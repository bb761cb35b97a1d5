#!/usr/bin/env bash
# What the bus carries: messages a second from node to node over a real Redis of its own, with 1, 100 and 10,000 rooms, with and without
# history; latency and CPU; and redis-benchmark's PUBLISH on the same machine in the same run.
#
#   bash bench/bus.sh            a few minutes
#   bash bench/bus.sh --quick    half a minute
#
# Needs redis-server and redis-benchmark (Debian: redis-server, redis-tools).

set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
cd "$root"
dotnet build bench/BusBenchmark/WsCore.BusBenchmark.csproj -c Release --tl:off -v quiet
exec dotnet run --project bench/BusBenchmark/WsCore.BusBenchmark.csproj -c Release --no-build -- "$@"
