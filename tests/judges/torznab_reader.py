"""Reads our feeds with the package `torznab` of PyPI: torznab_reader.py URL KEY."""

import sys

import torznab

url, key = sys.argv[1:]
reader = torznab.Torznab(api_key=key)
for feed in ("found", "fresh", "ebdz"):
    can = reader.get_capabilities(f"{url}/torznab/{feed}")
    assert can.limits.max == 100, can
    items = reader.search_torrent("", f"{url}/torznab/{feed}")
    assert items, f"{feed} is empty at first sight"
    print(feed, len(items), items[0])
found = reader.search_torrent("eveil t02", f"{url}/torznab/found")
assert [item.title for item in found] == ["L'Éveil T02 FRENCH CBZ"], found
try:
    torznab.Torznab(api_key="wrong").search_torrent("", f"{url}/torznab/found")
except torznab.TorznabException as refusal:
    print("a wrong key is told:", refusal)
else:
    sys.exit("a wrong key is not told")
