# shellcheck shell=bash disable=SC2034,SC2154
# Stand-ins for the images that cannot be pulled, made of this machine's own files: sourced by test.sh.
#
# Like the real ones they have what the program needs and, but for the one that builds, no shell. Unlike them they are this
# machine's build of .NET, Redis and HAProxy: what holds with them is shown for these versions, not for those of the images.

# The files of programs and libraries, and every library that they load at their start, to the same places under a root.
standin_files() { # standin_files <root> <file…>
  local root="$1" file
  shift
  { printf '%s\n' "$@"; for file; do ldd "$file" 2>/dev/null; done | grep -oE '/[^ ]+' ; } | sort -u | while read -r file; do
    [ ! -e "$file" ] || { mkdir -p "$root$(dirname "$file")" && cp -L "$file" "$root$file"; } || return 1
  done
}

# What every one of them has: users, how names are looked up, a folder for what is temporary.
standin_root() { # standin_root <root>
  mkdir -p "$1/etc" "$1/tmp" "$1/root" "$1/usr/bin" && chmod 1777 "$1/tmp" \
    && printf '%s\n' root:x:0:0::/root: app:x:1654:1654::/: redis:x:999:999::/data: haproxy:x:99:99::/: >"$1/etc/passwd" \
    && printf '%s\n' root:x:0: app:x:1654: redis:x:999: haproxy:x:99: >"$1/etc/group" \
    && echo 'hosts: files dns' >"$1/etc/nsswitch.conf"
}

standin_newest() { find "$1" -mindepth 1 -maxdepth 1 -name '10.*' | sort -V | tail -n 1; } # standin_newest <folder of versions>

# Loaded by .NET when they are first needed, so that ldd does not tell.
standin_crypto() { find -L /lib /usr/lib -maxdepth 2 \( -name 'libssl.so.3' -o -name 'libcrypto.so.3' \) 2>/dev/null | awk -F/ '!seen[$NF]++'; }

standin_sdk_root() { # standin_sdk_root <root> <folder of dotnet>; the folder itself is mounted when something is built
  local core
  core="$(standin_newest "$2/shared/Microsoft.NETCore.App")"
  # shellcheck disable=SC2046
  standin_root "$1" && mkdir -p "$1/bin" "$1$2" \
    && standin_files "$1" "$2/dotnet" "$core"/*.so $(standin_crypto) "$(command -v cp)" "$(command -v dash)" \
    && cp "$(command -v dash)" "$1/bin/sh" && cp "$(command -v cp)" "$1/bin/cp" && ln -s "$2/dotnet" "$1/usr/bin/dotnet" \
    && rm -rf "${1:?}$2" && mkdir -p "$1$2"
}

standin_runtime_root() { # standin_runtime_root <root> <folder of dotnet>
  local core web fxr
  core="$(standin_newest "$2/shared/Microsoft.NETCore.App")"
  web="$(standin_newest "$2/shared/Microsoft.AspNetCore.App")"
  fxr="$(standin_newest "$2/host/fxr")"
  # shellcheck disable=SC2046
  standin_root "$1" && standin_files "$1" "$2/dotnet" "$core"/*.so $(standin_crypto) \
    && (cd / && cp -R --parents "${core#/}" "${web#/}" "${fxr#/}" "$1") && ln -s "$2/dotnet" "$1/usr/bin/dotnet"
}

standin_redis_root() { # standin_redis_root <root>; its image makes /data of an empty folder, so that it has an owner
  standin_root "$1" && standin_files "$1" "$(command -v redis-server)"
}

standin_haproxy_root() { # standin_haproxy_root <root>
  standin_root "$1" && standin_files "$1" "$(command -v haproxy)"
}

# An image of a root, with what its real one says of itself.
standin_image() { # standin_image <name> <root> <line of a Dockerfile…>
  local name="$1" root="$2"
  shift 2
  { printf 'FROM scratch\nCOPY . /\n'; printf '%s\n' "$@"; } >"$root.Dockerfile" \
    && podman build -q --format docker -t "$name" -f "$root.Dockerfile" "$root"
}
