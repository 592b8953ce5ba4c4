# Sourced by the judges that try a running service, whose one argument is its built binary. `serve_world` makes the small world of
# world.py and starts the service in it; then there are $url and $KEY. $work is for files, and removed in the end. `fail SENTENCE` shows
# what the judge wrote to $work/judged and the end of the service's log. `see_it_through` ends a judge.

[ $# = 1 ] && [ -x "$1" ] || { echo "usage: $0 PATH_OF_THE_BUILT_BINARY" >&2; exit 2; }
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/tests/judges
KEY=the-api-key-of-the-judges
work=$(mktemp -d)
children=()

clean_up() {
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  for child in "${children[@]}"; do wait "$child" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean_up EXIT

fail() {
  echo "$1" >&2
  [ ! -s "$work/judged" ] || tail -n 40 "$work/judged" | cut -c 1-300 >&2
  [ ! -s "$work/log" ] || tail -n 20 "$work/log" | cut -c 1-300 >&2
  exit 1
}

needs() { # program, what it is
  command -v "$1" >/dev/null 2>&1 || { echo "the judges need $1 ($2); install it and run this again" >&2; exit 1; }
}

serve_world() { # variables of its own: NAME=VALUE…
  started=$SECONDS
  [ -d "$work/judges" ] || python3 "$here/world.py" library "$work/judges"
  python3 "$here/world.py" programs "$work/programs" &
  children+=($!)
  for _ in {1..100}; do [ -s "$work/programs" ] && break; sleep 0.1; done
  [ -s "$work/programs" ] || fail "the stand-ins do not start"
  local programs=http://127.0.0.1:$(cat "$work/programs")
  # A source and a client that answer stand in the configuration, where no request may change them.
  env LACUNARR__SERVER__HOST=127.0.0.1 LACUNARR__SERVER__PORT=0 LACUNARR__SERVER__API_KEY=$KEY \
    LACUNARR__SOURCES__JUDGES__KIND=prowlarr LACUNARR__SOURCES__JUDGES__API_KEY=the-key-of-prowlarr \
    LACUNARR__SOURCES__JUDGES__URL="$programs" \
    LACUNARR__CLIENTS__JUDGES__KIND=qbittorrent LACUNARR__CLIENTS__JUDGES__URL="$programs" \
    LACUNARR__SETTINGS__SECONDS_BETWEEN_QUERIES=0 \
    LACUNARR__CATALOGUES__BNF__ENABLED=false LACUNARR__CATALOGUES__MANGAUPDATES__ENABLED=false \
    LACUNARR__CATALOGUES__ANILIST__ENABLED=false "$@" \
    "$binary" serve --data "$work/data" --library "$work/judges" >"$work/said" 2>"$work/log" &
  service=$!
  children+=("$service")
  for _ in {1..200}; do [ -s "$work/said" ] && break; kill -0 "$service" 2>/dev/null || break; sleep 0.1; done
  local port
  port=$(sed -nE '1s|.*localhost:([0-9]+)/.*|\1|p' "$work/said")
  [ -n "$port" ] || fail "the service does not start:"
  url=http://127.0.0.1:$port
}

see_it_through() { # who judges
  kill -0 "$service" 2>/dev/null || fail "the service ended:"
  # The scheduler says so when a schedule is changed in the very moment in which it is due; the new one runs.
  if grep -E " ERROR |panicked" "$work/log" | grep -v "tokio_cron_scheduler::scheduler: Could not get job metadata" | cut -c 1-300; then
    fail "the service met faults of its own:"
  fi
  if grep -n "$KEY" "$work/log" | cut -c 1-300; then fail "the key stands in the log:"; fi
  echo "the $1 are content after $((SECONDS - started)) s"
}
