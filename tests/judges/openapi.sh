#!/usr/bin/env bash
# Judges of the API that no one here wrote: redocly and spectral read openapi/openapi.json, schemathesis tries every operation of a
# running service, with the key and without. Usage: tests/judges/openapi.sh target/debug/lacunarr
# What they need is installed below target/judges, once.
set -euo pipefail

source "$(dirname "$0")/service.sh"
SCHEMATHESIS=4.32.5
REDOCLY=2.77.0
SPECTRAL=6.16.3
SEED=20260131

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

echo "redocly"
(cd "$here" && REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
  "$redocly/node_modules/.bin/redocly" lint --config redocly.yaml "$root/openapi/openapi.json") >"$work/redocly" 2>&1 ||
  { cut -c 1-300 "$work/redocly" >&2; exit 1; }

echo "spectral"
"$spectral/node_modules/.bin/spectral" lint --quiet --fail-severity=warn --ruleset "$here/spectral.yaml" "$root/openapi/openapi.json" \
  >"$work/spectral" 2>&1 || { cut -c 1-300 "$work/spectral" | head -n 60 >&2; exit 1; }

# What does not answer soon is given up; closed ones are seeded.
serve_world LACUNARR__SOURCES__JUDGES__TIMEOUT_SECONDS=2 LACUNARR__CLIENTS__JUDGES__TIMEOUT_SECONDS=2
python3 "$here/world.py" seed "$url" "$KEY" || fail "its log:"

judge() { # what it is called, arguments for schemathesis
  local name=$1
  shift
  echo "schemathesis, $name"
  # It keeps what it learnt in the folder where it runs; here nothing is kept, so that every run is the same.
  (cd "$work" && "$venv/bin/schemathesis" --config-file "$here/schemathesis.toml" run "$root/openapi/openapi.json" \
    --url "$url" --seed $SEED --no-color "$@") >"$work/schemathesis" 2>&1 || {
    # Bodies of a megabyte are among the examples.
    sed -n '/= FAILURES =/,$p;/= ERRORS =/,$p' "$work/schemathesis" | cut -c 1-400 >&2
    fail "schemathesis, $name: see above; the end of the service's log:"
  }
  grep -E "generated|passed" "$work/schemathesis" | tail -n 1
}
judge "with the key" --header "X-Api-Key: $KEY"
judge "without a key" --phases coverage,fuzzing --max-examples 3

python3 "$here/world.py" intact "$url" "$KEY" || fail "its log:"
see_it_through judges
