# shellcheck shell=bash disable=SC2034,SC2154
# What is checked of the image and of a running container. Sourced by ../test.sh.

passed() { echo "ok: $*" | tee -a "$work/checks"; }
failed() { echo "failed: $*" | tee -a "$work/checks"; return 1; }

# A condition that was just found out: expect "<what>" $?
expect() { if [ "$2" = 0 ]; then passed "$1"; else failed "$1"; fi; }

equal() { # equal <what> <expected> <actual>
  if [ "$2" = "$3" ]; then passed "$1: ${3:-none}"; else failed "$1: $3, not $2"; fi
}

of_image() { "$engine" image inspect -f "$1" "$image"; } # of_image <template>

check_image() {
  step "What the image says"
  equal "user, by number" 1654:1654 "$(of_image '{{.Config.User}}')"
  equal "stop signal" SIGTERM "$(of_image '{{.Config.StopSignal}}')"
  equal "health check" '[CMD dotnet /app/WsCore.Server.dll --health]' "$(of_image '{{(or .Config.Healthcheck .HealthCheck).Test}}' 2>/dev/null || of_image '{{.Config.Healthcheck.Test}}')"
  equal "version label" 0.0.0-test "$(of_image '{{index .Config.Labels "org.opencontainers.image.version"}}')"
  equal "revision label" "$revision" "$(of_image '{{index .Config.Labels "org.opencontainers.image.revision"}}')"
  [[ "$(of_image '{{index .Config.Labels "org.opencontainers.image.created"}}')" =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T ]]
  expect "label of when it was created" $?
  check_files
}

check_files() {
  local container files
  files="$work/files"
  container="$("$engine" create "$image")" && "$engine" export "$container" | tar -tv >"$files" \
    && awk '{print $6}' "$files" | grep -x 'app/WsCore.Server.dll' >/dev/null
  # Of an empty list whatever follows would be true.
  expect "the image's files can be listed, and app/WsCore.Server.dll is one of them" $?
  local listed=$?
  [ -z "$container" ] || "$engine" rm "$container" >/dev/null
  [ "$listed" = 0 ] || return 1
  awk '{print $6}' "$files" | grep -qE '(^|/)(sh|bash|dash|ash|busybox)$'
  [ $? = 1 ]
  expect "no shell in the image" $?
  awk '{print $6}' "$files" | grep -E '^app/' | grep -qE '\.(cs|csproj|xml|lua|md)$|/(bin|obj)/'
  [ $? = 1 ]
  expect "no source in the image" $?
  local ours all
  ours="$(awk '$6 ~ /^app\// { n += $3 } END { printf "%.1f", n / 1e6 }' "$files")"
  all="$(awk '{ n += $3 } END { printf "%.1f", n / 1e6 }' "$files")"
  echo "size: our layer $ours MB, with the ${standin:+stand-in of the }runtime image $all MB"
}

check_refusals() {
  step "What it refuses"
  local said
  said="$("$engine" run --rm --network none "$image" 2>&1)"
  { [ $? = 1 ] && grep -q 'WSCORE__AUTH__ALLOWANONYMOUS=true' <<<"$said"; }
  expect "no decision on anonymous clients: exit code 1 and a sentence" $?
  said="$("$engine" run --rm --network none -e WSCORE__AUTH__ALLOWANONYMOUS=true -e WSCORE__REDIS__CONNECTION=redis:6379 "$image" 2>&1)"
  { [ $? = 1 ] && grep -q 'WSCORE__REDIS__HMACKEY' <<<"$said"; }
  expect "Redis without a secret: exit code 1 and a sentence" $?
  said="$("$engine" run --rm --network none --read-only "$image" --health 2>&1)"
  { [ $? = 1 ] && grep -q '/health/ready cannot be asked' <<<"$said" && [ "$(wc -l <<<"$said")" = 1 ]; }
  expect "--health where no server is: exit code 1 and one line" $?
  ! said="$(env -u WSCORE_HMAC_KEY "${compose[@]}" ps 2>&1)" && grep -q 'set WSCORE_HMAC_KEY' <<<"$said"
  expect "compose.yaml without WSCORE_HMAC_KEY" $?
}

# On a root that may be written to: whatever changes there is a file of the server's or of the runtime's.
check_files_written() {
  local container changes
  container="$("$engine" run -d --network none -e WSCORE__AUTH__ALLOWANONYMOUS=true "$image")"
  for _ in $(seq 60); do
    "$engine" exec "$container" dotnet /app/WsCore.Server.dll --health >/dev/null 2>&1 && break
    sleep 1
  done
  "$engine" stop -t 20 "$container" >/dev/null
  changes="$("$engine" diff "$container" | grep -vE ' /(etc|dev|proc|sys|run)(/|$)')" # what the engine itself puts there
  equal "files that the server wrote" "" "$changes"
  equal "exit code after SIGTERM with nobody connected" 0 "$("$engine" inspect -f '{{.State.ExitCode}}' "$container")"
  "$engine" rm -f "$container" >/dev/null
}

status_of() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"; } # status_of <process> <field>

check_container() { # check_container <service>
  local process
  process="$("$engine" inspect -f '{{.State.Pid}}' "$(container "$1")")"
  equal "$1: user" 1654 "$(status_of "$process" Uid | cut -f 1)"
  equal "$1: capabilities" 0000000000000000 "$(status_of "$process" CapEff)"
  equal "$1: no new privileges" 1 "$(status_of "$process" NoNewPrivs)"
  equal "$1: root" ro "$(awk '$2 == "/" { print substr($4, 1, 2) }' "/proc/$process/mounts")"
  local said
  said="$("$engine" exec "$(container "$1")" dotnet /app/WsCore.Server.dll --health live)"
  equal "$1: --health live" "http://127.0.0.1:8080/health/live answered 200" "$said"
}

get() { # get <address> <port> <path>
  exec 5<>"/dev/tcp/$1/$2" && printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$3" >&5 && timeout 10 cat <&5
}

check_metrics() { # check_metrics <service>
  local address
  address="$("$engine" inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$(container "$1")" | cut -d ' ' -f 1)"
  grep -q '^wscore_connections' <<<"$(get "$address" 9464 /metrics 2>/dev/null)"
  expect "$1: metrics on port 9464" $?
  equal "$1: metrics on port 8080" "HTTP/1.1 404 Not Found" "$(get "$address" 8080 /metrics 2>/dev/null | head -n 1 | tr -d '\r')"
  equal "metrics through the balancer" "HTTP/1.1 404 Not Found" "$(get 127.0.0.1 "$WSCORE_PORT" /metrics 2>/dev/null | head -n 1 | tr -d '\r')"
}

# Where no systemd runs, podman asks only when it is told to.
check_health() { # check_health <service>
  for _ in $(seq 60); do
    [ "$engine" = docker ] || "$engine" healthcheck run "$(container "$1")" >/dev/null 2>&1
    [ "$(health_of "$1")" = healthy ] && break
    sleep 1
  done
  equal "$1: health" healthy "$(health_of "$1")"
}

health_of() { "$engine" inspect -f '{{.State.Health.Status}}' "$(container "$1")" 2>/dev/null || "$engine" inspect -f '{{.State.Healthcheck.Status}}' "$(container "$1")"; }
