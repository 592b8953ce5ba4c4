#!/usr/bin/env bash
# Consumers of Torznab that no one here wrote read our feeds: FlexGet reads what can be asked, searches and downloads; the packages
# `torznab` of PyPI and of crates.io read and search. Usage: tests/judges/torznab.sh target/debug/lacunarr
# What they need is installed below target/judges, once.
set -euo pipefail

source "$(dirname "$0")/service.sh"
FLEXGET=3.22.8
TORZNAB=0.2.1

needs python3 "3.10 or later, with its venv module"
needs cargo "Rust 1.94 or later"
venv=$root/target/judges/torznab-$FLEXGET-$TORZNAB
if [ ! -x "$venv/bin/flexget" ]; then
  echo "installing FlexGet $FLEXGET and torznab $TORZNAB"
  rm -rf "$venv"
  python3 -m venv "$venv" || { echo "python3 has no venv module; install python3-venv" >&2; exit 1; }
  "$venv/bin/pip" install --quiet --disable-pip-version-check "flexget==$FLEXGET" "torznab==$TORZNAB" ||
    { rm -rf "$venv"; echo "they cannot be installed; is PyPI reachable?" >&2; exit 1; }
fi

# It needs no symbols, and is built once.
export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0
cargo build --quiet --locked --manifest-path "$here/torznab_reader/Cargo.toml" --target-dir "$root/target/judges/torznab-rust" ||
  { echo "the reader of the crate torznab cannot be built; is crates.io reachable?" >&2; exit 1; }

serve_world LACUNARR__SETTINGS__KEEP_FREE_GIGABYTES=0
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

echo "torznab of crates.io"
"$root/target/judges/torznab-rust/debug/torznab-reader" "$url" "$KEY" >"$work/judged" 2>&1 || fail "the crate torznab fails:"

see_it_through consumers
