"""The small world in which the judges try the API: a library of volumes, programs that answer, and what is seeded.

    world.py library FOLDER       writes volumes, with holes
    world.py programs FILE        serves a Prowlarr with three releases and a qBittorrent on one free port of the loopback,
                                  and writes that port into FILE
    world.py seed URL KEY         makes connections through the API, arms, checks and sends, so that every list has records
    world.py found URL KEY        checks, so that there are offers
    world.py intact URL KEY       fails when something changed that no request may change
"""

import http.server
import json
import pathlib
import re
import sys
import time
import urllib.error
import urllib.request
import zipfile

SHELVES = {"Berserk": [1, 2, 4, 7], "L'Éveil": [1, 3], "Blacksad": [1, 2, 3, 5]}


def library(folder):
    for series, volumes in SHELVES.items():
        place = pathlib.Path(folder, series)
        place.mkdir(parents=True)
        for volume in volumes:
            with zipfile.ZipFile(place / f"{series} T{volume:02}.cbz", "w") as book:
                book.writestr("001.jpg", f"{series} {volume}")
    # What cannot be read has its own list.
    pathlib.Path(folder, "Berserk", "Berserk T09.cbz").write_bytes(b"not a zip")


def release(number, title):
    magnet = f"magnet:?xt=urn:btih:{number:040x}&dn=volume"
    return {
        "guid": magnet,
        "title": title,
        "indexerId": 1,
        "indexer": "Public",
        "size": 90_000_000 + number,
        "seeders": 10 * number,
        "publishDate": "2026-01-31T12:00:00Z",
        "protocol": "torrent",
        "infoHash": f"{number:040x}",
        "magnetUrl": magnet,
    }


def torrent(name):
    """The least that is a torrent file."""
    name = name.encode()
    info = b"d6:lengthi90000000e4:name%d:%s12:piece lengthi16384e6:pieces20:%se" % (len(name), name, b"x" * 20)
    return b"d8:announce23:http://127.0.0.1:9/none4:info%se" % info


class Programs(http.server.BaseHTTPRequestHandler):
    torrents = []
    answers = {
        "/api/v2/app/version": "v5.2.3",
        "/api/v2/app/webapiVersion": "2.15.1",
        "/api/v2/torrents/categories": {},
        "/api/v2/torrents/info": torrents,
        "/api/v1/system/status": {"appName": "Prowlarr", "version": "2.3.6.0"},
        "/api/v1/indexer": [{"id": 1, "name": "Public", "enable": True, "protocol": "torrent", "privacy": "public"}],
        "/api/v1/indexerstatus": [],
        "/api/v1/search": [
            release(1, "Berserk T03 FRENCH CBZ"),
            release(2, "Berserk Tome 05-06 FR"),
            release(3, "Something else entirely 1080p"),
        ],
    }

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/1/download":
            return self.hand(torrent("L'Éveil T02"))
        answer = self.answers.get(path)
        if path == "/api/v1/search":
            # As Prowlarr does: its links are its own, under the address by which it was asked.
            link = f"http://{self.headers['Host']}/1/download?apikey=the-key-of-prowlarr&link=AAAA"
            file = release(4, "L'Éveil T02 FRENCH CBZ") | {"guid": "https://tracker.invalid/4", "downloadUrl": link}
            answer = answer + [{name: value for name, value in file.items() if name not in ("infoHash", "magnetUrl")}]
        self.say(404 if answer is None else 200, answer if isinstance(answer, str) else json.dumps(answer))

    def hand(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/x-bittorrent")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode(errors="replace")
        for infohash in re.findall("btih:([0-9a-f]{40})", form):
            self.torrents.append({"hash": infohash, "name": "volume", "state": "stoppedDL", "progress": 0})
        self.say(200, "Ok.")

    def say(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if text[:1].isalpha() else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def programs(file):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Programs)
    pathlib.Path(file).write_text(str(server.server_port))
    server.serve_forever()


def ask(url, key, method, path, body=None):
    """Status and JSON."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"X-Api-Key": key, "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/api/v1/{path}", data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def must(wanted, answer):
    if answer[0] != wanted:
        sys.exit(f"the world cannot be made: {answer}")
    return answer[1]


def until(what, seen):
    end = time.monotonic() + 30
    while not seen():
        if time.monotonic() > end:
            sys.exit(f"waited too long: {what}")
        time.sleep(0.1)


def seed(url, key):
    def get(path):
        return must(200, ask(url, key, "GET", path))

    until("the library is scanned", lambda: get("libraries")[0].get("scannedAt"))
    gone = {"name": "gone", "kind": "prowlarr", "url": "http://127.0.0.1:1", "apiKey": "a key", "timeoutSeconds": 1}
    must(201, ask(url, key, "POST", "sources", gone))
    gone = {"name": "gone", "kind": "qbittorrent", "url": "http://127.0.0.1:2", "timeoutSeconds": 1, "enabled": False}
    must(201, ask(url, key, "POST", "clients", gone))
    gone = {"name": "gone", "kind": "webhook", "url": "http://127.0.0.1:1/hook", "timeoutSeconds": 1}
    must(201, ask(url, key, "POST", "targets", gone))
    check = must(202, ask(url, key, "POST", "checks", {}))["id"]
    until("the check is over", lambda: get(f"checks/{check}")["state"] == "finished")
    offers = get("offers")["records"]
    if not offers:
        sys.exit(f"the check found nothing: {get(f'checks/{check}/series')}")
    wanted = next(offer for offer in offers if offer["title"].startswith("Berserk T03"))
    must(201, ask(url, key, "POST", "grabs", {"offerId": wanted["id"], "volumes": wanted["volumes"]}))


def found(url, key):
    """Searches, and sends nothing: dry run is where a new installation begins."""
    def get(path):
        return must(200, ask(url, key, "GET", path))

    until("the library is scanned", lambda: get("libraries")[0].get("scannedAt"))
    check = must(202, ask(url, key, "POST", "checks", {}))["id"]
    until("the check is over", lambda: get(f"checks/{check}")["state"] == "finished")
    if not get("offers")["records"]:
        sys.exit(f"the check found nothing: {get(f'checks/{check}/series')}")


def intact(url, key):
    for kind in ("libraries", "sources", "clients"):
        rows = must(200, ask(url, key, "GET", kind))
        kept = [row for row in rows if row["managed"] == "file"]
        if [row["name"] for row in kept] != ["judges"] or not kept[0]["enabled"]:
            sys.exit(f"{kind}: what stands in the configuration was changed through the API: {kept}")
    settings = must(200, ask(url, key, "GET", "settings"))
    if settings["locked"] != ["secondsBetweenQueries"] or settings["secondsBetweenQueries"] != 0:
        sys.exit(f"a setting of the environment was changed through the API: {settings}")
    if ask(url, "not-the-key", "GET", "settings")[0] != 401:
        sys.exit("a wrong key is let in")
    page = must(200, ask(url, key, "GET", "checks?pageSize=200"))
    if len(page["records"]) > page["pageSize"]:
        sys.exit("a page is longer than it may be")


if __name__ == "__main__":
    {"library": library, "programs": programs, "seed": seed, "found": found, "intact": intact}[sys.argv[1]](*sys.argv[2:])
