# shellcheck shell=bash disable=SC2034,SC2154
# The whole of compose.yaml, under clients. Sourced by ../test.sh; in podman's case it runs in namespaces of its own.

project=wscore-deploy-test

inside() {
  WSCORE_PORT="$((20000 + RANDOM % 10000))" WSCORE_HMAC_KEY="$(head -c 32 /dev/urandom | base64)" WSCORE_ALLOW_ANONYMOUS=true WSCORE_IMAGE="$image" \
    REDIS_IMAGE="$redis_image" HAPROXY_IMAGE="$haproxy_image"
  export WSCORE_PORT WSCORE_HMAC_KEY WSCORE_ALLOW_ANONYMOUS WSCORE_IMAGE REDIS_IMAGE HAPROXY_IMAGE
  if [ "$engine" = podman ]; then
    compose=(podman-compose -p "$project" -f deploy/compose.yaml)
    ip link set lo up && mount -t tmpfs none /run && mkdir -p /var/lib/cni && mount -t tmpfs none /var/lib/cni || return 1
  else
    compose=(docker compose -p "$project" -f deploy/compose.yaml)
  fi
  trap 'down; exit 130' INT TERM
  check_image
  check_refusals
  check_files_written
  up && scenario
  local code=$?
  [ "$code" = 0 ] || show_logs
  down
  return "$code"
}

container() { "$engine" ps -aq --filter "label=com.docker.compose.project=$project" --filter "label=com.docker.compose.service=$1"; } # container <service>

up() {
  step "Two nodes, Redis, a balancer"
  quietly "${compose[@]}" up -d --no-build || return 1
  local service
  for service in node-1 node-2; do
    check_health "$service" && check_container "$service" || return 1
  done
  check_metrics node-1
}

down() {
  trap '' INT TERM
  local left
  left="$("$engine" ps -aq --filter "label=com.docker.compose.project=$project")"
  # shellcheck disable=SC2086
  [ -z "$left" ] || "$engine" rm -f -v $left >/dev/null 2>&1
  [ "$engine" = podman ] || "${compose[@]}" down -v >/dev/null 2>&1
}

show_logs() {
  local service
  for service in node-1 node-2 redis balancer; do
    echo "--- $service"
    "$engine" logs --tail 20 "$(container "$service")" 2>&1 | cut -c 1-400
  done
}

# The clients say what is to happen to which node, and what they saw of it.
scenario() {
  step "Clients"
  coproc CLIENTS { exec timeout 240 dotnet "$work/check/WsCore.DeployCheck.dll" "ws://127.0.0.1:$WSCORE_PORT/ws" 2>&1; }
  local from="${CLIENTS[0]}" to="${CLIENTS[1]}" process="$CLIENTS_PID" line
  while IFS= read -r -t 240 -u "$from" line; do
    case "$line" in
      "do: "*) order "${line#do: }" && echo "done" >&"$to" || echo "not done" >&"$to" ;;
      "ok: "*) passed "${line#ok: }" ;;
      "failed: "*) failed "${line#failed: }" ;;
      *) echo "$line" ;;
    esac
  done
  wait "$process"
  expect "the clients saw all that they should" $?
}

order() { # order <kill|start|stop> <service>
  local verb="$1" service
  service="${verb#* }" verb="${verb%% *}"
  echo "   $verb $service"
  case "$verb" in
    kill) "$engine" kill "$(container "$service")" >/dev/null ;;
    start) "$engine" start "$(container "$service")" >/dev/null && check_health "$service" ;;
    stop)
      local begun="$SECONDS"
      "$engine" stop -t 50 "$(container "$service")" >/dev/null
      equal "$service: exit code after SIGTERM" 0 "$("$engine" inspect -f '{{.State.ExitCode}}' "$(container "$service")")"
      echo "   stopped in $((SECONDS - begun)) s"
      ;;
    *) return 1 ;;
  esac
}
