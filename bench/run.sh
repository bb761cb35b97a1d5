#!/usr/bin/env bash
# Micro-benchmarks: one class for each hot type; below each ordinary benchmark its adverse twins, with how many times as long they take.
#
#   bash bench/run.sh                        the default job: half an hour and more
#   bash bench/run.sh --quick                a second or two for each: two to five minutes
#   bash bench/run.sh --smoke                each once, nothing is measured: for tests/run.sh
#   bash bench/run.sh --quick --write        puts the tables into docs/performance.md too, with machine, commit, date and command
#   bash bench/run.sh [--quick] --filter '*Fanout*'
#
# Tables in Markdown are printed class by class, and kept in artifacts/benchmarks/results.md; what BenchmarkDotNet has to say is in run.log beside it.
# `±` is the standard deviation. Everything runs in one process, so that nothing has to be restored. Measure on a machine that does nothing else.
# Exit code 0: built, every benchmark ran, each class has an adverse one, and what they check of themselves held.

set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
cd "$root"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

arguments=()
for argument in "$@"; do
  arguments+=("$argument")
  [ "$argument" != --write ] || arguments+=("$root/docs/performance.md")
done

out="$root/artifacts/benchmarks"
rm -rf "$out"
mkdir -p "$out"
commit="$(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
git diff --quiet HEAD -- src bench tests/WsCore.TestKit 2>/dev/null || commit="$commit with changes"

dotnet build bench/WsCore.Benchmarks.csproj -c Release --tl:off -v quiet
dotnet run --project bench/WsCore.Benchmarks.csproj -c Release --no-build -- ${arguments[@]+"${arguments[@]}"} --output "$out" --commit "$commit"
