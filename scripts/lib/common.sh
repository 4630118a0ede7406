# Shared by the scripts: sourced, never run.

say() { printf '\033[2m· %s\033[0m\n' "$*"; }

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

# step STAMP FUNCTION FILE...: runs the function unless the stamp says that it ran in this folder with these files.
step() {
    local stamp="$1" run="$2" now
    shift 2
    now="$(echo "$PWD" | cat - "$@" | sha256sum)"
    [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && return
    "$run"
    echo "$now" >"$stamp"
}

# How this user becomes root: nothing for root itself, sudo where it asks no password. Fails where neither is so.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif sudo -n true 2>/dev/null; then
        sudo -n -- "$@"
    else
        return 1
    fi
}

# install_debian PACKAGE...: 1 where this is no Debian, nobody may install, or the packages are not to be had.
install_debian() {
    command -v apt-get >/dev/null || return 1
    as_root true || return 1
    say "installing $*"
    apt_install "$@" || { as_root apt-get update -qq && apt_install "$@"; }
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
