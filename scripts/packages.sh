# shellcheck shell=bash disable=SC2034
# What Debian 12 packages Sallyport needs, and how its builds share work. Sourced by the other scripts.

build_packages=(
    g++ cmake ninja-build ccache pkg-config
    libboost1.81-dev libboost-json1.81-dev libssl-dev libssh-dev libsodium-dev libcrypt-dev
    libtomlplusplus-dev libspdlog-dev libfmt-dev libcli11-dev libqrencode-dev libcap-dev libseccomp-dev prometheus-cpp-dev
)

test_packages=(
    libgtest-dev libgmock-dev
    ca-certificates clang-format-14 curl lftp logrotate openssl prometheus python3 strace tcpdump
    btrfs-progs e2fsprogs xfsprogs
    openssh-client python3-asyncssh python3-paramiko putty-tools rclone ssh-audit sshfs fuse3 sshpass wget
    slapd ldap-utils python3-ldap3
    podman podman-compose runc slirp4netns mmdebstrap lintian dpkg-dev
)

# Those of them that bring a service, of which the tests need the program alone.
service_packages=(prometheus slapd)

# Lets builds in other folders, such as a fresh clone, use what was compiled before.
export CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_NOHASHDIR=1
CCACHE_BASEDIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export CCACHE_BASEDIR

is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# retry COMMAND...: mirrors fail now and then.
retry() {
    local pause
    for pause in 2 5 10; do
        "$@" && return 0
        sleep "$pause"
    done
    "$@"
}

# without_services COMMAND...: packages that the command installs start no service, now or at the next boot.
without_services() (
    refusal=/usr/sbin/policy-rc.d
    newcomers=()
    for package in "${service_packages[@]}"; do
        is_installed "$package" || newcomers+=("$package")
    done
    if [ ! -e "$refusal" ]; then
        trap 'as_root rm -f "$refusal"' EXIT
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$refusal" >/dev/null
        as_root chmod 0755 "$refusal"
    fi
    "$@" || exit "$?"
    for package in "${newcomers[@]}"; do
        if is_installed "$package" && command -v systemctl >/dev/null; then
            as_root systemctl disable --quiet "$package.service" >&2 || true
        fi
    done
)

# install_packages PACKAGE...: asks the network for nothing when all are there.
install_packages() {
    local package missing=()
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ "${#missing[@]}" -eq 0 ] && return 0
    echo "Installing ${missing[*]}" >&2
    retry as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2
    without_services retry as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "${missing[@]}" >&2
}
