#!/usr/bin/env bash
# What the tests need from Debian and pip cannot give: PostgreSQL's server, Chromium, Chinese glyphs.
# Installs what is missing where it may; says what is missing, and fails, where it may not. Without
# Mosquitto alone, the tests of that broker are skipped.
set -euo pipefail

missing=()
if ! command -v initdb >/dev/null && ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
  missing+=(postgresql)
fi
if ! command -v "${CHROMIUM:-chromium}" >/dev/null; then
  missing+=(chromium)
fi
if ! command -v "${CHROMIUM_HEADLESS_SHELL:-chromium-headless-shell}" >/dev/null; then
  missing+=(chromium-headless-shell)
fi
if ! compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null; then
  missing+=(fonts-noto-cjk)
fi
no_mosquitto=
PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v mosquitto >/dev/null || no_mosquitto=yes
[ ${#missing[@]} -eq 0 ] && [ -z "$no_mosquitto" ] && exit 0

as_root=()
may_not=
if ! command -v apt-get >/dev/null; then
  may_not="Install them (names of Debian's packages) and try again."
elif [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo --preserve-env=DEBIAN_FRONTEND)
  sudo -n true 2>/dev/null || may_not="Run: sudo apt-get install ${missing[*]}"
fi

export DEBIAN_FRONTEND=noninteractive
install() {
  local most_s=$1
  shift
  [ -z "$may_not" ] || return 1
  echo "Installing $* (Debian) for the tests"
  timeout "$most_s" "${as_root[@]}" apt-get update -qq &&
    timeout "$most_s" "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# A server of its own account and socket is started by the tests; Debian's need not run.
if [ ${#missing[@]} -ne 0 ] && ! install 1200 "${missing[@]}"; then
  echo "The tests need: ${missing[*]}. ${may_not:-Please install them by hand.}" >&2
  exit 1
fi
if [ -n "$no_mosquitto" ]; then
  # The run waits no longer than that for what it can do without.
  if ! install 60 mosquitto; then
    echo "Without Debian's package mosquitto the tests of that broker are skipped." >&2
  elif [ -d /run/systemd/system ]; then
    # Debian starts it at once, on the very port of the broker that Paigong runs itself.
    "${as_root[@]}" systemctl disable --quiet --now mosquitto
  fi
fi
