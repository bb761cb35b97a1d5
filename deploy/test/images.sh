# shellcheck shell=bash disable=SC2034,SC2154
# The images: pulled, or stood in for, and ours built on them. Sourced by ../test.sh. Exports *_image and standin.

sdk_image="${sdk_image:-mcr.microsoft.com/dotnet/sdk:10.0}"
runtime_image="${runtime_image:-mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled}"
redis_image="${redis_image:-docker.io/library/redis:7.2-bookworm}"
haproxy_image="${haproxy_image:-docker.io/library/haproxy:2.8}"
export image="${image:-localhost/wscore-deploy-test:$$}" # set already in the second half
revision="${revision:-$(git rev-parse HEAD 2>/dev/null || echo unknown)}"
export revision

pull() { # pull <image>; podman pulls to its usual storage, where the next run finds it
  env -u CONTAINERS_STORAGE_CONF "$engine" image inspect "$1" >/dev/null 2>&1 \
    || env -u CONTAINERS_STORAGE_CONF timeout 300 "$engine" pull "$1" >"$work/pull.log" 2>&1
}

pull_all() {
  local one
  for one in "$sdk_image" "$runtime_image" "$redis_image" "$haproxy_image"; do
    pull "$one" || { echo "cannot be pulled: $one: $(tail -n 1 "$work/pull.log" | cut -c 1-200)"; return 1; }
  done
}

choose_images() {
  step "Base images"
  export standin=
  if [ "${WSCORE_DEPLOY_STANDIN:-0}" = 1 ] || ! pull_all; then
    if [ "$engine" = docker ]; then
      engine=podman
      WSCORE_DEPLOY_STANDIN=1 find_engine && configure_podman || return 1
    fi
    standin=yes
    stand_in || return 1
    echo "STAND-INS of this machine's files take the place of all four base images"
  fi
  export redis_image haproxy_image
}

stand_in() {
  local roots="$work/roots" missing=()
  has redis-server || missing+=(redis-server)
  has haproxy || missing+=(haproxy)
  [ "${#missing[@]}" = 0 ] || install_missing "${missing[@]}" || return 1
  mkdir -p "$roots"
  standin_sdk_root "$roots/sdk" "$dotnet_folder" && standin_runtime_root "$roots/runtime" "$dotnet_folder" \
    && standin_redis_root "$roots/redis" && standin_haproxy_root "$roots/haproxy" || return 1
  if ! podman info >/dev/null 2>&1; then
    rm -rf "$work/storage" "$work/run"
    storage_conf vfs # overlay over an overlay, say
  fi
  sdk_image=localhost/standin-sdk runtime_image=localhost/standin-aspnet redis_image=localhost/standin-redis haproxy_image=localhost/standin-haproxy
  quietly standin_image "$sdk_image" "$roots/sdk" 'ENV HOME=/root DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1' \
    && quietly standin_image "$runtime_image" "$roots/runtime" 'ENV APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080 DOTNET_RUNNING_IN_CONTAINER=true' 'USER 1654' \
    && quietly standin_image "$redis_image" "$roots/redis" 'COPY --chown=999:999 root /data' 'WORKDIR /data' 'VOLUME /data' 'EXPOSE 6379' 'CMD ["redis-server"]' \
    && quietly standin_image "$haproxy_image" "$roots/haproxy" 'USER haproxy' 'STOPSIGNAL SIGUSR1' \
      'CMD ["haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]'
  local code=$?
  rm -rf "$roots"
  return "$code"
}

build_image() {
  step "Our image"
  local arguments=(build -f deploy/Dockerfile -t "$image" --build-arg "SDK_IMAGE=$sdk_image" --build-arg "RUNTIME_IMAGE=$runtime_image"
    --build-arg VERSION=0.0.0-test --build-arg REVISION="$revision" --build-arg CREATED="$(date -u +%Y-%m-%dT%H:%M:%SZ)")
  if [ "$engine" = podman ]; then
    # shellcheck disable=SC2206
    arguments+=(--format docker --network host $build_limits) # not a bridge of the machine's
  fi
  if [ -n "$standin" ]; then
    # The SDK and the packages that were restored a moment ago; no registry is asked.
    local packages
    packages="$(dotnet nuget locals global-packages --list | sed 's/^global-packages: *//')"
    arguments+=(--volume "$dotnet_folder:$dotnet_folder:ro" --volume "${packages%/}:/root/.nuget/packages:ro" --network none)
  fi
  quietly "$engine" "${arguments[@]}" .
}

# What this run made and podman's own storage does not hold.
forget_images() { [ "${engine:-}" != docker ] || docker image rm -f "$image" >/dev/null 2>&1; }
