#!/usr/bin/env bash
# Micro-benchmarks:
#
#   bash bench/run.sh                        the default job: many minutes
#   bash bench/run.sh --quick                the short job: a few minutes, wide error bars
#   bash bench/run.sh [--quick] --filter '*Fanout*'
#
# Tables in GitHub's markdown go to artifacts/benchmarks/results, one file per class, and together to
# artifacts/benchmarks/results.md. Everything runs in one process, so that nothing has to be restored.

set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
cd "$root"

out="$root/artifacts/benchmarks"
rm -rf "$out"
mkdir -p "$out"
[ $# -gt 0 ] && [[ " $* " == *" --filter "* ]] || set -- "$@" --filter '*'

dotnet build bench/WsCore.Benchmarks.csproj -c Release --tl:off -v quiet
dotnet run --project bench/WsCore.Benchmarks.csproj -c Release --no-build -- "$@" --artifacts "$out" >"$out/run.log" 2>&1 ||
  { tail -n 30 "$out/run.log"; exit 1; }
! grep -q "Benchmarks with issues" "$out/run.log" || { grep -A 20 "Benchmarks with issues" "$out/run.log"; exit 1; }

for table in "$out"/results/*-report-github.md; do
  name="$(basename "$table" -report-github.md)"
  printf '### %s\n\n' "${name##*.}"
  cat "$table"
  echo
done | tee "$out/results.md"
