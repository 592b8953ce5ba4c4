#!/usr/bin/env bash
# Judges of the API that no one here wrote: redocly and spectral read openapi/openapi.json, schemathesis tries every operation of a
# running service, with the key and without. Usage: tests/judges/openapi.sh target/debug/lacunarr
# What they need is installed below target/judges, once.
set -euo pipefail

[ $# = 1 ] && [ -x "$1" ] || { echo "usage: $0 PATH_OF_THE_BUILT_BINARY" >&2; exit 2; }
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/../.."
root=$PWD
here=$root/tests/judges
SCHEMATHESIS=4.32.5
REDOCLY=2.77.0
SPECTRAL=6.16.3
SEED=20260131
KEY=the-api-key-of-the-judges

needs() { # program, what it is
  command -v "$1" >/dev/null 2>&1 || { echo "the judges need $1 ($2); install it and run this again" >&2; exit 1; }
}
needs python3 "3.10 or later, with its venv module"
needs npm "with Node.js 20.19 or later"

# Installed beside its final place and moved there, so that an interrupted run leaves nothing half-made.
venv=$root/target/judges/schemathesis-$SCHEMATHESIS
if [ ! -x "$venv/bin/schemathesis" ]; then
  echo "installing schemathesis $SCHEMATHESIS"
  rm -rf "$venv"
  python3 -m venv "$venv" || { echo "python3 has no venv module; install python3-venv" >&2; exit 1; }
  "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$SCHEMATHESIS" ||
    { rm -rf "$venv"; echo "schemathesis cannot be installed; is PyPI reachable?" >&2; exit 1; }
fi
from_npm() { # package, version, its program, where
  [ -x "$4/node_modules/.bin/$3" ] && return
  echo "installing $1 $2"
  rm -rf "$4"
  mkdir -p "$4"
  npm install --prefix "$4" --silent --no-fund --no-audit --ignore-scripts "$1@$2" ||
    { rm -rf "$4"; echo "$1 cannot be installed; is the npm registry reachable?" >&2; exit 1; }
}
redocly=$root/target/judges/redocly-$REDOCLY
from_npm @redocly/cli "$REDOCLY" redocly "$redocly"
spectral=$root/target/judges/spectral-$SPECTRAL
from_npm @stoplight/spectral-cli "$SPECTRAL" spectral "$spectral"

started=$SECONDS
work=$(mktemp -d)
children=()
clean_up() {
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  for child in "${children[@]}"; do wait "$child" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean_up EXIT

echo "redocly"
(cd "$here" && REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
  "$redocly/node_modules/.bin/redocly" lint --config redocly.yaml "$root/openapi/openapi.json") >"$work/redocly" 2>&1 ||
  { cut -c 1-300 "$work/redocly" >&2; exit 1; }

echo "spectral"
"$spectral/node_modules/.bin/spectral" lint --quiet --fail-severity=warn --ruleset "$here/spectral.yaml" "$root/openapi/openapi.json" \
  >"$work/spectral" 2>&1 || { cut -c 1-300 "$work/spectral" | head -n 60 >&2; exit 1; }

say_why() { echo "$1" >&2; tail -n 40 "$work/log" | cut -c 1-300 >&2; exit 1; }

python3 "$here/world.py" library "$work/judges"
python3 "$here/world.py" programs "$work/programs" &
children+=($!)
for _ in {1..100}; do [ -s "$work/programs" ] && break; sleep 0.1; done
[ -s "$work/programs" ] || { echo "the stand-ins do not start" >&2; exit 1; }
programs=http://127.0.0.1:$(cat "$work/programs")

# A source and a client that answer stand in the configuration, where no request may change them; closed ones are seeded.
env LACUNARR__SERVER__HOST=127.0.0.1 LACUNARR__SERVER__PORT=0 LACUNARR__SERVER__API_KEY=$KEY \
  LACUNARR__SOURCES__JUDGES__KIND=prowlarr LACUNARR__SOURCES__JUDGES__API_KEY=the-key-of-prowlarr \
  LACUNARR__SOURCES__JUDGES__URL=$programs LACUNARR__SOURCES__JUDGES__TIMEOUT_SECONDS=2 \
  LACUNARR__CLIENTS__JUDGES__KIND=qbittorrent LACUNARR__CLIENTS__JUDGES__URL=$programs \
  LACUNARR__CLIENTS__JUDGES__TIMEOUT_SECONDS=2 \
  LACUNARR__SETTINGS__SECONDS_BETWEEN_QUERIES=0 \
  LACUNARR__CATALOGUES__BNF__ENABLED=false LACUNARR__CATALOGUES__MANGAUPDATES__ENABLED=false \
  LACUNARR__CATALOGUES__ANILIST__ENABLED=false \
  "$binary" serve --data "$work/data" --library "$work/judges" >"$work/said" 2>"$work/log" &
service=$!
children+=("$service")
for _ in {1..200}; do [ -s "$work/said" ] && break; kill -0 "$service" 2>/dev/null || break; sleep 0.1; done
port=$(sed -nE '1s|.*localhost:([0-9]+)/.*|\1|p' "$work/said")
[ -n "$port" ] || say_why "the service does not start:"
url=http://127.0.0.1:$port
python3 "$here/world.py" seed "$url" "$KEY" || say_why "its log:"

judge() { # what it is called, arguments for schemathesis
  local name=$1
  shift
  echo "schemathesis, $name"
  # It keeps what it learnt in the folder where it runs; here nothing is kept, so that every run is the same.
  (cd "$work" && "$venv/bin/schemathesis" --config-file "$here/schemathesis.toml" run "$root/openapi/openapi.json" \
    --url "$url" --seed $SEED --no-color "$@") >"$work/judged" 2>&1 || {
    # Bodies of a megabyte are among the examples.
    sed -n '/= FAILURES =/,$p;/= ERRORS =/,$p' "$work/judged" | cut -c 1-400 >&2
    say_why "schemathesis, $name: see above; the end of the service's log:"
  }
  grep -E "generated|passed" "$work/judged" | tail -n 1
}
judge "with the key" --header "X-Api-Key: $KEY"
judge "without a key" --phases coverage,fuzzing --max-examples 3

kill -0 "$service" 2>/dev/null || say_why "the service ended:"
python3 "$here/world.py" intact "$url" "$KEY" || say_why "its log:"
if grep -nE " ERROR |panicked" "$work/log" | cut -c 1-300; then say_why "the service met faults of its own:"; fi
echo "the judges are content after $((SECONDS - started)) s"
