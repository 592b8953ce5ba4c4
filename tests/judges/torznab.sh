#!/usr/bin/env bash
# Consumers of Torznab that no one here wrote read our feeds: FlexGet reads what can be asked, searches and downloads; the package
# `torznab` of PyPI reads and searches. Usage: tests/judges/torznab.sh target/debug/lacunarr
# What they need is installed below target/judges, once.
set -euo pipefail

[ $# = 1 ] && [ -x "$1" ] || { echo "usage: $0 PATH_OF_THE_BUILT_BINARY" >&2; exit 2; }
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/../.."
root=$PWD
here=$root/tests/judges
FLEXGET=3.22.8
TORZNAB=0.2.1
KEY=the-api-key-of-the-judges

command -v python3 >/dev/null 2>&1 || { echo "the judges need python3 (3.10 or later, with its venv module)" >&2; exit 1; }
venv=$root/target/judges/torznab-$FLEXGET-$TORZNAB
if [ ! -x "$venv/bin/flexget" ]; then
  echo "installing FlexGet $FLEXGET and torznab $TORZNAB"
  rm -rf "$venv"
  python3 -m venv "$venv" || { echo "python3 has no venv module; install python3-venv" >&2; exit 1; }
  "$venv/bin/pip" install --quiet --disable-pip-version-check "flexget==$FLEXGET" "torznab==$TORZNAB" ||
    { rm -rf "$venv"; echo "they cannot be installed; is PyPI reachable?" >&2; exit 1; }
fi

started=$SECONDS
work=$(mktemp -d)
children=()
clean_up() {
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  for child in "${children[@]}"; do wait "$child" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean_up EXIT
fail() { echo "$1" >&2; [ ! -s "$work/judged" ] || tail -n 40 "$work/judged" | cut -c 1-300 >&2; tail -n 20 "$work/log" | cut -c 1-300 >&2; exit 1; }

python3 "$here/world.py" library "$work/judges"
python3 "$here/world.py" programs "$work/programs" &
children+=($!)
for _ in {1..100}; do [ -s "$work/programs" ] && break; sleep 0.1; done
[ -s "$work/programs" ] || { echo "the stand-ins do not start" >&2; exit 1; }
programs=http://127.0.0.1:$(cat "$work/programs")
env LACUNARR__SERVER__HOST=127.0.0.1 LACUNARR__SERVER__PORT=0 LACUNARR__SERVER__API_KEY=$KEY \
  LACUNARR__SOURCES__JUDGES__KIND=prowlarr LACUNARR__SOURCES__JUDGES__API_KEY=the-key-of-prowlarr \
  LACUNARR__SOURCES__JUDGES__URL=$programs \
  LACUNARR__CLIENTS__JUDGES__KIND=qbittorrent LACUNARR__CLIENTS__JUDGES__URL=$programs \
  LACUNARR__SETTINGS__SECONDS_BETWEEN_QUERIES=0 LACUNARR__SETTINGS__KEEP_FREE_GIGABYTES=0 \
  LACUNARR__CATALOGUES__BNF__ENABLED=false LACUNARR__CATALOGUES__MANGAUPDATES__ENABLED=false \
  LACUNARR__CATALOGUES__ANILIST__ENABLED=false \
  "$binary" serve --data "$work/data" --library "$work/judges" >"$work/said" 2>"$work/log" &
service=$!
children+=("$service")
for _ in {1..200}; do [ -s "$work/said" ] && break; kill -0 "$service" 2>/dev/null || break; sleep 0.1; done
port=$(sed -nE '1s|.*localhost:([0-9]+)/.*|\1|p' "$work/said")
[ -n "$port" ] || fail "the service does not start:"
url=http://127.0.0.1:$port
python3 "$here/world.py" found "$url" "$KEY" || fail "its log:"

echo "FlexGet, what can be asked"
echo "tasks: {}" > "$work/none.yml"
"$venv/bin/flexget" -c "$work/none.yml" torznab "$url/torznab/found" "$KEY" >"$work/judged" 2>&1 || fail "FlexGet cannot read it:"
grep -q Comics "$work/judged" || fail "FlexGet does not see the categories:"
cat > "$work/flexget.yml" <<YAML
tasks:
  search:
    discover:
      what:
        - mock:
            - {title: "L'Éveil T02", url: "mock://1"}
      from:
        - torznab: {url: "$url/torznab/found", apikey: $KEY, searcher: search}
      release_estimations: ignore
    accept_all: yes
    download: $work/searched
  feed:
    rss: "$url/torznab/fresh/api?t=search&q=eveil&apikey=$KEY"
    accept_all: yes
    disable: builtins
    download: $work/read
YAML
flexget() { "$venv/bin/flexget" -c "$work/flexget.yml" --loglevel verbose "$@" >"$work/judged" 2>&1 || fail "FlexGet fails:"; }
for task in search feed; do
  echo "FlexGet, $task"
  flexget execute --tasks $task --discover-now
done
for place in searched read; do
  [ "$(find "$work/$place" -name '*.torrent' 2>/dev/null | wc -l)" = 1 ] || fail "FlexGet did not fetch one torrent file ($place):"
done

echo "torznab of PyPI"
"$venv/bin/python" "$here/torznab_reader.py" "$url" "$KEY" >"$work/judged" 2>&1 || fail "the package torznab fails:"

kill -0 "$service" 2>/dev/null || fail "the service ended:"
if grep -nE " ERROR |panicked" "$work/log" | cut -c 1-300; then fail "the service met faults of its own:"; fi
if grep -n "$KEY" "$work/log" | cut -c 1-300; then fail "the key stands in the log:"; fi
echo "the consumers are content after $((SECONDS - started)) s"
