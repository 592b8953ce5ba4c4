"""Home Assistant with our package and our blueprint: it shows our figures, and what it is told sets off the automation.

    home_assistant.py LACUNARR HASS FOLDER       both programs are started, and ended again
"""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import world

KEY = "the-api-key-of-the-judges"
WEBHOOK = "lacunarr-3f9b6d0c2a7e4f51"
ROOT = pathlib.Path(__file__).parents[2]
HERE = ROOT / "integrations" / "home-assistant"
CONFIGURATION = """
homeassistant: {{name: Home, latitude: 48.85, longitude: 2.35, elevation: 0, unit_system: metric, time_zone: Europe/Paris, country: FR,
  packages: !include_dir_named packages}}
http: {{server_host: 127.0.0.1, server_port: {port}}}
api:
webhook:
input_text: {{told: {{max: 255}}}}
counter: {{told: {{}}}}
automation:
  - id: told
    alias: Told
    use_blueprint:
      path: lacunarr/event.yaml
      input:
        webhook_id: {webhook}
        event_types: [volume.missing, review.needed]
        actions:
          - service: input_text.set_value
            target: {{entity_id: input_text.told}}
            data: {{value: "{{{{ message }}}}"}}
          - service: counter.increment
            target: {{entity_id: counter.told}}
          - if: "{{{{ event_type == 'volume.missing' }}}}"
            then:
              - service: rest_command.lacunarr_check
                data: {{series_id: "{{{{ trigger.json.data.series.id }}}}"}}
"""


def ask(method, url, body=None, headers=None, form=False):
    data = None
    headers = dict(headers or {})
    if body is not None:
        data = urllib.parse.urlencode(body).encode() if form else json.dumps(body).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def until(what, seconds, is_so):
    """The first value that is true of `is_so`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := is_so():
                return found
        except (OSError, urllib.error.HTTPError):
            pass
        time.sleep(0.25)
    raise AssertionError(f"{what}: not within {seconds} s")


def equal(what, found, expected):
    if found != expected:
        raise AssertionError(f"{what}: {found!r} instead of {expected!r}")


class Lacunarr:
    def __init__(self, binary, folder):
        library = folder / "library"
        world.library(library)
        environment = {
            **os.environ,
            "LACUNARR__SERVER__HOST": "127.0.0.1",
            "LACUNARR__SERVER__PORT": "0",
            "LACUNARR__SERVER__API_KEY": KEY,
            "LACUNARR__CATALOGUES__BNF__ENABLED": "false",
            "LACUNARR__CATALOGUES__MANGAUPDATES__ENABLED": "false",
            "LACUNARR__CATALOGUES__ANILIST__ENABLED": "false",
        }
        command = [binary, "serve", "--data", folder / "data", "--library", library]
        self.log = folder / "lacunarr.log"
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=self.log.open("w"), text=True)
        first = self.process.stdout.readline()
        port = re.search(r"localhost:(\d+)/", first)
        if port is None:
            raise AssertionError(f"the service does not start: {first}{self.log.read_text()}")
        self.url = f"http://127.0.0.1:{port[1]}"
        until("the first scan", 30, lambda: self.get("stats")["missing"] > 0)

    def get(self, path):
        return ask("GET", f"{self.url}/api/v1/{path}", headers={"X-Api-Key": KEY})

    def post(self, path, body=None):
        return ask("POST", f"{self.url}/api/v1/{path}", body or {}, headers={"X-Api-Key": KEY})


class HomeAssistant:
    def __init__(self, hass, folder, lacunarr):
        self.folder = folder / "config"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.install(lacunarr, port)
        command = [hass, "--config", self.folder, "--skip-pip"]
        script = [hass, "--script", "auth", "--config", self.folder, "add", "judge", "a-pass-word"]
        subprocess.run(script, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.log = folder / "hass.log"
        self.process = subprocess.Popen(command, stdout=self.log.open("w"), stderr=subprocess.STDOUT)

    def ready(self):
        self.token = until("Home Assistant answers", 120, self.log_in)

    def install(self, lacunarr, port):
        """As the README says."""
        (self.folder / "packages").mkdir(parents=True)
        blueprints = self.folder / "blueprints" / "automation" / "lacunarr"
        blueprints.mkdir(parents=True)
        package = (HERE / "lacunarr.yaml").read_text()
        (self.folder / "packages" / "lacunarr.yaml").write_text(package.replace("http://lacunarr:9797", lacunarr.url))
        (blueprints / "event.yaml").write_text((HERE / "blueprint.yaml").read_text())
        (self.folder / "secrets.yaml").write_text(f"lacunarr_api_key: {KEY}\n")
        (self.folder / "configuration.yaml").write_text(CONFIGURATION.format(port=port, webhook=WEBHOOK))

    def log_in(self):
        if self.process.poll() is not None:
            raise AssertionError("Home Assistant ended")
        client = f"{self.url}/"
        flow = ask(
            "POST",
            f"{self.url}/auth/login_flow",
            {"client_id": client, "handler": ["homeassistant", None], "redirect_uri": client},
        )
        answer = ask(
            "POST",
            f"{self.url}/auth/login_flow/{flow['flow_id']}",
            {"client_id": client, "username": "judge", "password": "a-pass-word"},
        )
        form = {"grant_type": "authorization_code", "code": answer["result"], "client_id": client}
        return ask("POST", f"{self.url}/auth/token", form, form=True)["access_token"]

    def api(self, method, path, body=None):
        return ask(method, f"{self.url}/api/{path}", body, headers={"Authorization": f"Bearer {self.token}"})

    def state(self, entity):
        return self.api("GET", f"states/{entity}")

    def call(self, service, data=None):
        return self.api("POST", f"services/{service.replace('.', '/')}", data or {})

    def refresh(self, entity):
        self.api("POST", "services/homeassistant/update_entity", {"entity_id": entity})


def tell(home, event):
    """An event at the moment that the test wants; what the service tells by itself is in `engine`."""
    ask("POST", f"{home.url}/api/webhook/{WEBHOOK}", event)


def example(kind):
    return json.loads((ROOT / "openapi" / "events" / f"{kind}.json").read_text())


def figures(lacunarr, home):
    stats = lacunarr.get("stats")
    for entity, field in {
        "series": "monitored",
        "missing": "missing",
        "to_decide": "review",
        "on_its_way": "onItsWay",
        "arrived": "grabsOnShelf",
        "failed": "grabsFailed",
    }.items():
        entity = f"sensor.lacunarr_{entity}"
        until(entity, 30, lambda entity=entity: home.state(entity)["state"] not in ("unknown", "unavailable"))
        equal(entity, home.state(entity)["state"], str(stats[field]))
    equal("its attributes", home.state("sensor.lacunarr_series")["attributes"]["series"], stats["series"])
    health = lacunarr.get("health")
    equal("health", home.state("sensor.lacunarr_health")["state"], health["state"])
    equal("problems", home.state("sensor.lacunarr_health")["attributes"]["problems"], health["problems"])
    equal("problem", home.state("binary_sensor.lacunarr_problem")["state"], "off" if health["state"] == "ok" else "on")
    questions = home.state("sensor.lacunarr_questions")
    equal("questions", (questions["state"], questions["attributes"]["records"]), ("0", []))
    print(f"home assistant: its sensors show our figures, {stats['missing']} missing among them")


def automation(lacunarr, home):
    series = lacunarr.get("series?pageSize=1")["records"][0]
    event = example("volume.missing")
    event["data"]["series"] |= {"id": series["id"], "title": "L'Éveil \"des\" Titans"}
    before = lacunarr.get("checks")["totalRecords"]
    tell(home, event)
    until("the automation asks for a check", 20, lambda: lacunarr.get("checks")["totalRecords"] == before + 1)
    check = lacunarr.get("checks")["records"][0]
    equal("the check", (check["cause"], check["seriesTotal"]), ("api", 1))
    until("the sentence", 10, lambda: home.state("input_text.told")["state"] == "L'Éveil \"des\" Titans 3: missing")
    # Only what was chosen, and every one of several that come at once.
    tell(home, example("grab.sent"))
    for _ in range(5):
        tell(home, event)
    until("five more checks", 30, lambda: lacunarr.get("checks")["totalRecords"] == before + 6)
    tell(home, example("review.needed"))
    told = "Naruto 3: yours to decide (all of it would be fetched: a magnet link does not say which files it has)"
    until("the question", 10, lambda: home.state("input_text.told")["state"] == told)
    until("seven of eight", 10, lambda: home.state("counter.told")["state"] == "7")
    print("home assistant: an event sets off the automation, each of seven, and one that was not chosen does not")


def engine(lacunarr, home, library):
    """A volume that goes missing sets off the automation, by a target that is made as the README says."""
    target = {"name": "home", "kind": "homeassistant", "url": home.url, "webhookId": WEBHOOK}
    target = lacunarr.post("targets", target)
    tested = lacunarr.post(f"targets/{target['id']}/test")
    equal("the test of the target", tested["success"], True)
    before = int(home.state("counter.told")["state"])
    title, volumes = next(iter(world.SHELVES.items()))
    # One file of the first series is no archive.
    new = max(volumes) + 4
    with zipfile.ZipFile(library / title / f"{title} T{new:02}.cbz", "w") as book:
        book.writestr("001.jpg", f"{title} {new}")
    lacunarr.post("libraries/1/scan")
    until("the automation hears of it", 30, lambda: int(home.state("counter.told")["state"]) > before)
    equal("what it heard", home.state("input_text.told")["state"], f"{title} {new - 1}: missing")
    print("home assistant: a volume that goes missing sets off the automation by itself")


def every_example(home):
    """No sentence of the blueprint trips over an event."""
    for path in sorted((ROOT / "openapi" / "events").glob("*.json")):
        tell(home, json.loads(path.read_text()))


def commands(lacunarr, home):
    settings = lambda: lacunarr.get("settings")["enabled"]
    until("the switch", 10, lambda: home.state("switch.lacunarr")["state"] == "on")
    home.call("switch.turn_off", {"entity_id": "switch.lacunarr"})
    until("off", 10, lambda: not settings())
    home.refresh("switch.lacunarr")
    until("it shows that", 10, lambda: home.state("switch.lacunarr")["state"] == "off")
    home.call("switch.turn_on", {"entity_id": "switch.lacunarr"})
    until("on", 10, settings)
    home.call("rest_command.lacunarr_pause")
    until("paused", 10, lambda: not settings())
    home.call("rest_command.lacunarr_resume")
    until("resumed", 10, settings)
    before = lacunarr.get("checks")["totalRecords"]
    home.call("rest_command.lacunarr_check")
    until("a check of all", 10, lambda: lacunarr.get("checks")["totalRecords"] == before + 1)
    # There is no such question: that it was asked is what shows.
    for answer in ("approve", "reject"):
        home.call(f"rest_command.lacunarr_{answer}", {"review_id": 4711})
        asked = f"{lacunarr.url}/api/v1/reviews/4711/{answer}. Status code 404"
        until(answer, 10, lambda asked=asked: asked in home.log.read_text())
    print("home assistant: the switch and every command reach us")


def complaints(home):
    """What Home Assistant holds against the files, for which it answers nobody."""
    expected = ("Status code 404", "onboarding", "Python 3.11", "Skipping pip", "deprecated")
    lines = home.log.read_text().splitlines()
    bad = [line for line in lines if re.search(r" (ERROR|WARNING) |Traceback", line) and not any(word in line for word in expected)]
    equal("what Home Assistant complains of", bad[:3], [])


def main(binary, hass, folder):
    folder = pathlib.Path(folder)
    programs = []
    try:
        lacunarr = Lacunarr(binary, folder)
        programs.append(lacunarr)
        home = HomeAssistant(hass, folder, lacunarr)
        programs.append(home)
        home.ready()
        figures(lacunarr, home)
        automation(lacunarr, home)
        engine(lacunarr, home, folder / "library")
        every_example(home)
        commands(lacunarr, home)
        complaints(home)
    except BaseException:
        for program in programs:
            print(program.log.read_text()[-4000:], file=sys.stderr)
        raise
    finally:
        for program in reversed(programs):
            program.process.send_signal(signal.SIGTERM)
            program.process.wait(timeout=60)


if __name__ == "__main__":
    main(*sys.argv[1:])
