#!/usr/bin/env bash
# Builds everything and runs every test:
#
#   bash tests/run.sh [arguments for each `dotnet test`, say --filter FullyQualifiedName~Room]
#
# Needs the .NET SDK of global.json. Chromium, Node.js with the npm package `ws`, and Redis, which some tests use, are
# installed if they are missing and this may be done (root or sudo without a password, apt; WSCORE_TEST_INSTALL=0 forbids it).
# Otherwise the tests that need them are skipped, and fail under CI=true. The tests are told by
#   WSCORE_TEST_CHROMIUM, WSCORE_TEST_NODE   paths; empty: not there (set beforehand: taken as they are)
#   WSCORE_TEST_REDIS, WSCORE_TEST_SENTINEL  the same for redis-server and redis-sentinel. The tests start their own, each on a free port
#                                            and with a folder of its own; one that runs on the machine is left alone
#   WSCORE_TEST_SEED                         what random choices start from; set it to repeat a run
# At the end every benchmark runs once, unmeasured (bench/run.sh --smoke), so that none of them rots; that is counted as one test, and left out where
# arguments choose some tests. Logs and results go to artifacts/tests. The last line is `tests: N passed, N failed, N skipped`; a test project whose
# run breaks off (a crash, a hang) counts as one failure more. Exit code 0: built without a warning, at least one test
# ran, none failed.

set -uo pipefail
export LC_ALL=C.UTF-8 CI="${CI:-}"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)" || exit 1
cd "$root" || exit 1
exec </dev/null

out="$root/artifacts/tests"
rm -rf "$out"
mkdir -p "$out" || exit 1

passed=0 failed=0 skipped=0

finish() { # finish <exit code>
  echo "tests: $passed passed, $failed failed, $skipped skipped"
  exit "$1"
}

has() { command -v "$1" >/dev/null 2>&1; }

# --- what the machine has, and what is installed -------------------------------------------------------------------

# A step that talks to the network: bounded, its output in a log, one line here.
step() { # step <log> <what> <command…>
  local log="$out/$1.log" what="$2"
  shift 2
  printf '%s … ' "$what"
  if timeout -k 30 15m "$@" >>"$log" 2>&1; then
    echo "done"
  else
    echo "failed:"
    tail -n 5 "$log" | sed 's/^/    /'
    return 1
  fi
}

may_install() { [ "${WSCORE_TEST_INSTALL:-1}" != 0 ]; }

apt_updated=
apt_install() { # apt_install <package…>
  local privileged=()
  if ! may_install; then
    echo "missing: $* (not installed: WSCORE_TEST_INSTALL=0)"
    return 1
  elif ! has apt-get; then
    echo "missing: $* (not installed: no apt-get here)"
    return 1
  elif [ "$(id -u)" != 0 ]; then
    if ! has sudo || ! sudo -n true 2>/dev/null; then
      echo "missing: $* (not installed: neither root nor sudo without a password)"
      return 1
    fi
    privileged=(sudo -n)
  fi
  local apt=(${privileged[@]+"${privileged[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120)
  if [ -z "$apt_updated" ]; then
    step apt "apt-get update" "${apt[@]}" update || true # an old list may do
    apt_updated=yes
  fi
  step apt "missing, so installed: $*" "${apt[@]}" install -y --no-install-recommends "$@"
}

find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

prepare_chromium() {
  if [ -z "${WSCORE_TEST_CHROMIUM+set}" ]; then
    find_chromium >/dev/null || apt_install chromium
    WSCORE_TEST_CHROMIUM="$(find_chromium)"
  fi
  export WSCORE_TEST_CHROMIUM
}

# node_modules is up to date when it was made from this lock file.
npm_packages() {
  local stamp=tests/npm/node_modules/.lock.copy
  if cmp -s tests/npm/package-lock.json "$stamp"; then
    return 0
  elif ! may_install; then
    echo "missing: the npm packages of tests/npm (not installed: WSCORE_TEST_INSTALL=0)"
    return 1
  fi
  step npm "missing, so installed: the npm packages of tests/npm" \
    env npm_config_cache="$root/artifacts/npm" npm --prefix tests/npm ci --ignore-scripts --no-audit --no-fund \
    && cp tests/npm/package-lock.json "$stamp"
}

prepare_node() {
  if [ -z "${WSCORE_TEST_NODE+set}" ]; then
    has node || apt_install nodejs
    WSCORE_TEST_NODE="$(command -v node)"
  fi
  if [ -n "$WSCORE_TEST_NODE" ] && ! cmp -s tests/npm/package-lock.json tests/npm/node_modules/.lock.copy; then
    has npm || apt_install npm
    { has npm && npm_packages; } || WSCORE_TEST_NODE=
  fi
  export WSCORE_TEST_NODE
}

prepare_redis() { # redis-benchmark is for measurements
  if [ -z "${WSCORE_TEST_REDIS+set}" ]; then
    { has redis-server && has redis-sentinel && has redis-benchmark; } || apt_install redis-server redis-sentinel redis-tools
    WSCORE_TEST_REDIS="$(command -v redis-server)"
  fi
  if [ -z "${WSCORE_TEST_SENTINEL+set}" ]; then
    WSCORE_TEST_SENTINEL="$(command -v redis-sentinel)"
  fi
  export WSCORE_TEST_REDIS WSCORE_TEST_SENTINEL
}

for folder in "${DOTNET_ROOT:-}" "$HOME/.dotnet" /usr/share/dotnet /usr/lib/dotnet; do
  has dotnet || { [ -x "$folder/dotnet" ] && PATH="$folder:$PATH"; }
done
if ! has dotnet; then
  echo "The .NET SDK ($(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' global.json) or later) is not here: https://dot.net"
  finish 1
fi

prepare_chromium
prepare_node
prepare_redis
consequence="the tests that need it are skipped"
[ "$CI" = true ] && consequence="the tests that need it fail (CI=true)"
[ -n "$WSCORE_TEST_CHROMIUM" ] || echo "no Chromium: $consequence"
[ -n "$WSCORE_TEST_NODE" ] || echo "no Node.js with ws: $consequence"
[ -n "$WSCORE_TEST_REDIS" ] || echo "no redis-server: $consequence"
[ -n "$WSCORE_TEST_SENTINEL" ] || echo "no redis-sentinel: $consequence"

# --- build -----------------------------------------------------------------------------------------------------------

export WSCORE_TEST_SEED="${WSCORE_TEST_SEED:-$((RANDOM * 32768 + RANDOM))}"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1
ulimit -n "$(ulimit -Hn)" # tests open more than 1,000 sockets

SECONDS=0
if ! dotnet build WsCore.sln -c Release --tl:off -v minimal -clp:Summary >"$out/build.log" 2>&1; then
  grep -E '(: | )error( |:)' "$out/build.log" | sort -u | head -n 50
  grep -qE '(: | )error( |:)' "$out/build.log" || tail -n 30 "$out/build.log"
  echo "build: failed, so no test ran (artifacts/tests/build.log)"
  finish 1
fi
if ! grep -qE '^ +0 Warning\(s\)' "$out/build.log"; then
  grep -E '(: | )warning( |:)' "$out/build.log" | sort -u | head -n 50
  echo "build: warnings, so no test ran (artifacts/tests/build.log)"
  finish 1
fi
echo "build: no warning, ${SECONDS} s"

# --- test ------------------------------------------------------------------------------------------------------------

# Counts results of one outcome, or of all but some, in a trx file. Each is one element; text in it is escaped.
results() { # results <trx> <grep arguments for the outcome…>
  local trx="$1"
  shift
  [ -f "$trx" ] || { echo 0; return; }
  grep -oE '<UnitTestResult [^<>]*' "$trx" | grep -oE ' outcome="[A-Za-z]*"' | grep -c "$@"
}

run_project() { # run_project <csproj> <arguments…>
  local project="$1" name log trx code p f s
  shift
  name="$(basename "$project" .csproj)"
  log="$out/$name.log" trx="$out/$name.trx"
  SECONDS=0
  timeout -k 60 60m dotnet test "$project" --no-build -c Release --results-directory "$out" \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=normal" \
    --blame-hang-timeout 5m --blame-hang-dump-type none "$@" >"$log" 2>&1
  code=$?
  p="$(results "$trx" '"Passed"')"
  s="$(results "$trx" '"NotExecuted"')"
  f="$(results "$trx" -vE '"(Passed|NotExecuted)"')"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  [ "$s" = 0 ] || grep -A 1 -E '\[SKIP\]$' "$log" | grep -v '^--$' | sed -E 's/^\[xUnit[^]]*\] */  /'
  # Each failing test with its message, stack and output, up to the next test's line.
  [ "$f" = 0 ] || awk '/^  Failed /{on=1} /^  (Passed|Skipped) |^Test Run |^\[xUnit\.net /{on=0} on' "$log"
  if { [ "$code" != 0 ] && [ "$f" = 0 ]; } || { [ "$((p + f))" != 0 ] && ! grep -q '^Test Run \(Successful\|Failed\)\.' "$log"; }; then
    f=$((f + 1)) failed=$((failed + 1))
    grep -vE '^  Passed |^   at (Xunit|System)\.' "$log" | uniq | tail -n 100
    echo "$name: the run broke off (exit code $code; all of it: artifacts/tests/$name.log)"
  fi
  echo "$name: $p passed, $f failed, $s skipped, ${SECONDS} s"
}

echo "seed: $WSCORE_TEST_SEED"
for project in tests/*/*.csproj; do
  if [ -z "$WSCORE_TEST_REDIS" ] && [ "$CI" != true ] && [[ "$project" == */WsCore.ClusterTests.csproj ]]; then
    skipped=$((skipped + 1))
    echo "WsCore.ClusterTests: skipped as a whole (counted as one), for it needs redis-server"
  elif grep -q '<IsTestProject>true</IsTestProject>' "$project"; then
    run_project "$project" "$@"
  fi
done

if [ $# = 0 ]; then
  SECONDS=0
  if timeout -k 60 10m bash bench/run.sh --smoke >"$out/bench.log" 2>&1; then
    passed=$((passed + 1))
    echo "bench: every benchmark ran, ${SECONDS} s"
  else
    failed=$((failed + 1))
    tail -n 30 "$out/bench.log"
    echo "bench: a benchmark failed (artifacts/tests/bench.log)"
  fi
fi

if [ "$failed" != 0 ]; then
  finish 1
elif [ "$((passed + failed))" = 0 ]; then
  echo "no test ran, which is a failure too"
  finish 1
fi
finish 0
