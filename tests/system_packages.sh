#!/usr/bin/env bash
# What the tests need from Debian and pip cannot give: PostgreSQL's server, Chromium, Chinese glyphs.
# Installs what is missing where it may; says what is missing, and fails, where it may not.
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
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "The tests need: ${missing[*]} (names of Debian's packages). Install them and try again." >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "The tests need: ${missing[*]}. Run: sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo --preserve-env=DEBIAN_FRONTEND)
fi
echo "Installing ${missing[*]} (Debian) for the tests"
export DEBIAN_FRONTEND=noninteractive
# A server of its own account and socket is started by the tests; Debian's need not run.
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || {
  echo "Could not install ${missing[*]}; please install them by hand." >&2
  exit 1
}
