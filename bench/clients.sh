#!/usr/bin/env bash
# What an idle .NET client costs its process: managed heap, resident memory, async methods and timers each, against a real server process.
#
#   bash bench/clients.sh            5,000 clients
#   bash bench/clients.sh 15000      so many; each takes a descriptor here and one of the server

set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
cd "$root"
ulimit -n "$(ulimit -Hn)"
dotnet build bench/ClientFootprint/WsCore.ClientFootprint.csproj -c Release --tl:off -v quiet
count="${1:-5000}"
part() { dotnet run --project bench/ClientFootprint/WsCore.ClientFootprint.csproj -c Release --no-build -- "$@"; }

echo
echo "$count clients in one process"
echo
echo "| | kB of managed heap each | kB of resident memory each |"
echo "|---|---|---|"
part sockets "$count"
part clients "$count"
echo
echo "| | async methods under way each | timers each |" # of so many at most: counting costs memory
echo "|---|---|---|"
part count "$((count < 1000 ? count : 1000))"
