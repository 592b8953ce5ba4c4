#!/usr/bin/env bash
# The real Home Assistant from PyPI, with what stands in integrations/home-assistant, beside a running service.
# Usage: tests/judges/home_assistant.sh target/debug/lacunarr
# It is installed below target/judges, once: about a minute and 630 MB. It needs Python 3.11, the last that 2024.3 takes.
set -euo pipefail

[ $# = 1 ] && [ -x "$1" ] || { echo "usage: $0 PATH_OF_THE_BUILT_BINARY" >&2; exit 2; }
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/../.."
VERSION=2024.3.3

python=
for candidate in python3.11 python3; do
  if "$candidate" -c 'import sys, venv; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then python=$candidate; break; fi
done
[ -n "$python" ] || { echo "Home Assistant $VERSION needs Python 3.11 with its venv module; install it and run this again" >&2; exit 1; }

# Installed beside its final place and moved there, so that an interrupted run leaves nothing half-made.
venv=$PWD/target/judges/home-assistant-$VERSION
if [ ! -f "$venv/complete" ]; then
  echo "installing Home Assistant $VERSION"
  rm -rf "$venv"
  "$python" -m venv "$venv"
  pip() { "$venv/bin/pip" --quiet --disable-pip-version-check "$@"; }
  pip download --no-deps --dest "$venv/wheel" "homeassistant==$VERSION" ||
    { rm -rf "$venv"; echo "Home Assistant cannot be fetched; is PyPI reachable?" >&2; exit 1; }
  # Without its own constraints pip tries versions for minutes.
  "$venv/bin/python" -c 'import glob, sys, zipfile
(wheel,) = glob.glob(sys.argv[1] + "/wheel/*.whl")
zipfile.ZipFile(wheel).extract("homeassistant/package_constraints.txt", sys.argv[1])' "$venv"
  constraints=$venv/homeassistant/package_constraints.txt
  pip install --upgrade "setuptools<75" wheel
  pip install --prefer-binary --constraint "$constraints" "homeassistant==$VERSION"
  # What the frontend and the integrations need that the package uses. Without the frontend it starts in recovery mode, where nothing of
  # this works; newer versions of josepy and acme no longer have what the cloud, which the frontend loads, takes from them.
  pip install --prefer-binary --constraint "$constraints" jsonpath==0.82.2 xmltodict==0.13.0 Pillow janus psutil-home-assistant \
    'josepy<2' 'acme<3' fnv-hash-fast home-assistant-frontend==20240307.0 securetar==2024.2.1 SQLAlchemy
  rm -rf "$venv/wheel"
  touch "$venv/complete"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$venv/bin/python" tests/judges/home_assistant.py "$binary" "$venv/bin/hass" "$work"
