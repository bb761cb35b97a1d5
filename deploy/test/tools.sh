# shellcheck shell=bash disable=SC2034,SC2154
# What the test needs of the machine. Sourced by ../test.sh.

has() { command -v "$1" >/dev/null 2>&1; }

step() { printf '== %s (%s s)\n' "$*" "$SECONDS"; }

# A command whose output matters only if it fails.
quietly() { # quietly <command…>
  "$@" >"$work/log" 2>&1 || { echo "failed: $*"; tail -n 40 "$work/log" | sed 's/^/    /'; return 1; }
}

install_missing() { # install_missing <package…>
  if [ "${WSCORE_TEST_INSTALL:-1}" = 0 ] || [ "$(id -u)" != 0 ] || ! has apt-get; then
    echo "missing: $* (not installed: that needs apt and root, and WSCORE_TEST_INSTALL that is not 0)"
    return 1
  fi
  step "Installing $*"
  local apt=(env DEBIAN_FRONTEND=noninteractive timeout -k 30 10m apt-get -o DPkg::Lock::Timeout=120)
  quietly "${apt[@]}" update || true # an old list may do
  quietly "${apt[@]}" install -y --no-install-recommends "$@"
}

find_dotnet() {
  local folder
  for folder in "${DOTNET_ROOT:-}" "$HOME/.dotnet" /usr/share/dotnet /usr/lib/dotnet; do
    has dotnet || { [ -x "$folder/dotnet" ] && PATH="$folder:$PATH"; }
  done
  has dotnet || { echo "The .NET SDK of global.json is not here: https://dot.net"; return 1; }
  dotnet_folder="$(dirname "$(readlink -f "$(command -v dotnet)")")"
  export PATH dotnet_folder
}

# Docker if it runs and has compose; else podman. Exports engine.
find_engine() {
  if [ "${WSCORE_DEPLOY_STANDIN:-0}" != 1 ] && has docker && timeout 20 docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1; then
    export engine=docker
    return
  fi
  export engine=podman
  if [ "$(id -u)" != 0 ]; then
    echo "No Docker with its compose plug-in runs here, and podman would have to be run as root."
    return 1
  fi
  local missing=()
  has podman && has buildah || missing+=(podman buildah)
  has runc || missing+=(runc)
  has podman-compose || missing+=(podman-compose)
  has iptables || missing+=(iptables)
  has ip || missing+=(iproute2)
  [ -x /usr/lib/podman/netavark ] || [ -x /usr/libexec/podman/netavark ] || missing+=(netavark)
  [ -x /usr/lib/podman/aardvark-dns ] || [ -x /usr/libexec/podman/aardvark-dns ] || missing+=(aardvark-dns) # names of containers
  [ "${#missing[@]}" = 0 ] || install_missing "${missing[@]}"
}

# podman with a storage and a network of its own. What it has pulled before is read from its usual storage.
# Limits: the defaults of podman are above what a container of containers may ask for.
configure_podman() {
  local files processes
  files="$(ulimit -Hn)" processes="$(ulimit -Hu)"
  [ "$files" != unlimited ] && [ "$files" -lt 65536 ] || files=65536
  [ "$processes" != unlimited ] && [ "$processes" -lt 32768 ] || processes=32768
  mkdir -p "$work/networks"
  cat >"$work/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=$files:$files", "nproc=$processes:$processes"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
network_config_dir = "$work/networks"
CONF
  storage_conf overlay
  export DISABLE_HC_SYSTEMD=true CONTAINERS_CONF="$work/containers.conf" CONTAINERS_STORAGE_CONF="$work/storage.conf"
  export build_limits="--ulimit=nofile=$files:$files --ulimit=nproc=$processes:$processes"
}

storage_conf() { # storage_conf <driver>
  cat >"$work/storage.conf" <<CONF
[storage]
driver = "$1"
graphroot = "$work/storage"
runroot = "$work/run"
[storage.options]
additionalimagestores = [$([ "$1" != overlay ] || [ ! -d /var/lib/containers/storage/overlay-images ] || echo '"/var/lib/containers/storage"')]
CONF
}

prepare() {
  step "Tools"
  find_dotnet && find_engine || return 1
  [ "$engine" = docker ] || configure_podman
  echo "$engine $($engine --version | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1), .NET SDK $(dotnet --version)"
}

# The clients; and the packages of the server, which a stand-in of the SDK takes from this machine.
build_check() {
  step "Clients"
  quietly dotnet build deploy/Check/WsCore.DeployCheck.csproj -c Release -v q --tl:off -o "$work/check" \
    && quietly dotnet restore src/WsCore.Server/WsCore.Server.csproj -v q
}
