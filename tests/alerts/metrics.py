"""Compares what rules and dashboard ask Prometheus for with what the running service answers at /metrics, and what
the KQL alerts look for with what it logs.

Three real services are asked everything that a label can tell apart: one with authentication, one in POC mode, and one
whose identity provider cannot be reached.

usage: metrics.py APP PROMTOOL
"""

import asyncio
import base64
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import asynccontextmanager
from pathlib import Path

import yaml

import desk
import log_lines
import promql

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy/alerts/prometheus"
DASHBOARD = ROOT / "deploy/grafana/portcullis.json"
# What the scrape adds to every series, and series that are Prometheus's own.
TARGET_LABELS = {"namespace", "job", "instance"}
PROMETHEUS_OWN = {"up": set(), "ALERTS": {"alertname", "alertstate"}}
TENANT = "7d9e1c52-3b64-4f0a-9a57-2c8e61b4d7f3"
CLIENT = "c1f0a6d4-58b2-4e97-8d13-6a9b2e7c4f50"
BURST = 20


async def main(app, promtool):
    served, logged = {}, []
    for text, lines in [await ask_everything(app), await ask_in_poc_mode(app), await ask_without_keys(app),
                        await ask_until_a_spike(app)]:
        merge(served, text)
        logged += lines
    dashboard = json.loads(DASHBOARD.read_text())
    recorded, expressions = read_expressions(dashboard)
    faults = check_syntax(promtool, dashboard)
    faults += [fault for where, text in expressions for fault in check_expression(where, text, served, recorded)]
    faults += check_complete(served, dashboard)
    faults += log_lines.check(logged)
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"{len(expressions)} expressions of rules and dashboard name series and labels that the service has")
        print("the messages and fields that KQL alerts look for are those that the service logs")
    return 1 if faults else 0


async def ask_everything(app):
    environment = {"APP_RATE_LIMIT__PER_SECOND": "1", "APP_RATE_LIMIT__BURST": str(BURST)}
    async with desk.running(app, environment) as service:
        tokens, url = service.tokens, f"{service.url}/api/v1"
        answers = [
            (200, await ask(f"{url}/me", tokens["Viewer"])),
            (401, await ask(f"{url}/me")),
            (401, await ask(f"{url}/me", tokens["Viewer"][:-9] + "AAAAAAAAA")),
            (403, await ask(f"{url}/audit", tokens["Viewer"])),
            (404, await ask(f"{service.url}/nothing/here")),
            (200, await call_tool(url, tokens["Viewer"], "get_me", {})),
            (200, await call_tool(url, tokens["Viewer"], "get_report", {"id": "no id"})),
            (200, await call_tool(url, tokens["Viewer"], "no_such_tool", {})),
            # Its role is missing: for this caller it does not exist.
            (200, await call_tool(url, tokens["Viewer"], "delete_report", {"id": "no id"})),
        ]
        wrong = [pair for pair in answers if pair[0] != pair[1]]
        assert not wrong, f"expected and answered: {wrong}"
        flood = [await ask(f"{url}/me", tokens["PM"]) for _ in range(BURST + 5)]
        assert 429 in flood, flood
        answer = await scrape(service.management_url)
        # A tool call that fails is answered 200 all the same.
        for outcome in ["success", "error", "unknown"]:
            assert f'outcome="{outcome}"' in answer, f"no tool call ended in {outcome}:\n{answer}"
    return answer, service.lines


async def ask_until_a_spike(app):
    settings = {"APP_TELEMETRY__FAILURE_SPIKE__WINDOW": "1s", "APP_TELEMETRY__FAILURE_SPIKE__FLOOR": "1"}
    async with serving(app, settings) as (url, management_url, lines):
        async with asyncio.timeout(desk.DEADLINE_SECONDS):
            while not any("authentication_failure_spike" in line for line in lines):
                assert await ask(f"{url}/api/v1/me") in (401, 429)
        answer = await scrape(management_url)
    return answer, lines


async def ask_in_poc_mode(app):
    async with serving(app, {"AUTH_REQUIRED": "false"}) as (url, management_url, lines):
        assert await ask(f"{url}/api/v1/me") == 200
        answer = await scrape(management_url)
    return answer, lines


async def ask_without_keys(app):
    # A port that was free a moment ago and that nobody listens on.
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        authority = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        async with serving(app, {"APP_AUTH__AUTHORITY": authority}) as (url, management_url, lines):
            assert await ask(f"{url}/api/v1/me", plausible_token(authority)) == 503
            answer = await scrape(management_url)
    return answer, lines


def plausible_token(authority):
    """A token whose unverified claims are those of this API, so that only its signature is left to be judged."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    now = int(time.time())
    claims = {
        "aud": CLIENT, "iss": f"{authority}/{TENANT}/v2.0", "tid": TENANT, "ver": "2.0", "oid": CLIENT, "azp": CLIENT,
        "iat": now - 60, "nbf": now - 60, "exp": now + 3600, "scp": "user_impersonation", "sub": "somebody",
    }
    return f"{part({'typ': 'JWT', 'alg': 'RS256', 'kid': 'a'})}.{part(claims)}.{'A' * 342}"


@asynccontextmanager
async def serving(app, environment):
    """Starts `app serve` in test on free ports; yields the addresses of both listeners and its log."""
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            os.path.abspath(app), "serve", cwd=folder,
            env={
                "APP_ENV": "test", "AZURE_TENANT_ID": TENANT, "AZURE_AD_CLIENT_ID": CLIENT,
                "APP_SERVER__BIND": "127.0.0.1:0", "APP_SERVER__MANAGEMENT_BIND": "127.0.0.1:0",
                "APP_TELEMETRY__LOG_FORMAT": "json", "APP_APP__DATABASE_URL": f"sqlite://{folder}/desk.db",
                **environment,
            },
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        try:
            lines = []
            event = await asyncio.wait_for(listening(process.stderr, lines), desk.DEADLINE_SECONDS)
            # A full pipe would stop the service.
            reading = asyncio.create_task(keep(process.stderr, lines))
            yield f"http://{event['address']}", f"http://{event['management_address']}", lines
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
        await reading


async def listening(stream, lines):
    async for line in stream:
        lines.append(line.decode())
        event = json.loads(line) if line.startswith(b"{") else {}
        if event.get("message") == "listening":
            return event
    raise AssertionError("`app serve` ended:\n" + "".join(lines))


async def keep(stream, lines):
    async for line in stream:
        lines.append(line.decode())


async def ask(url, token=None, body=None):
    headers = {"Accept": "application/json, text/event-stream"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if body is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url, data=body, headers=headers)

    def send():
        try:
            with urllib.request.urlopen(request, timeout=desk.DEADLINE_SECONDS) as response:
                response.read()
                return response.status
        except urllib.error.HTTPError as error:
            return error.code

    return await asyncio.to_thread(send)


async def call_tool(url, token, name, arguments):
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
    return await ask(f"{url}/mcp", token, json.dumps(message).encode())


async def scrape(management_url):
    def read():
        with urllib.request.urlopen(f"{management_url}/metrics", timeout=desk.DEADLINE_SECONDS) as response:
            return response.read().decode()

    return await asyncio.to_thread(read)


def merge(served, text):
    """Series name -> label -> values, of the text format of Prometheus."""
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        name, inside = re.match(r"([\w:]+)(?:\{(.*)\})? ", line).groups()
        labels = served.setdefault(name, {})
        for label, value in re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', inside or ""):
            labels.setdefault(label, set()).add(value)


def read_expressions(dashboard):
    """Recorded series with their labels, and every expression with where it stands."""
    recorded, expressions = {}, []
    for path in sorted(RULES.glob("*.rules.yaml")):
        for rule in (rule for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]):
            name = rule.get("record") or rule["alert"]
            expressions.append((f"{path.name}: {name}", rule["expr"]))
            if "record" in rule:
                recorded[name] = promql.read(rule["expr"]).grouped_by
    for title, text in dashboard_expressions(dashboard):
        expressions.append((f"dashboard: {title}", text))
    return recorded, expressions


def dashboard_expressions(dashboard):
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]
    for annotation in dashboard["annotations"]["list"]:
        yield annotation["name"], annotation["expr"]
    for variable in dashboard["templating"]["list"]:
        label_values = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"])
        if label_values:
            yield variable["name"], f"sum by ({label_values[2]}) ({label_values[1]})"


def check_expression(where, text, served, recorded):
    expression = promql.read(text)
    faults, known = [], set(TARGET_LABELS)
    if not expression.selections:
        faults.append(f"{where}: names no series")
    for selection in expression.selections:
        name = selection.series
        if name in served:
            labels = served[name]
        elif name in recorded:
            labels = {label: None for label in recorded[name]}
        elif name in PROMETHEUS_OWN:
            labels = {label: None for label in PROMETHEUS_OWN[name]}
        else:
            faults.append(f"{where}: there is no series {name}")
            continue
        known |= labels.keys()
        for label, operator, value in selection.matchers:
            if label not in labels and label not in TARGET_LABELS:
                faults.append(f"{where}: {name} has no label {label}")
            elif label not in TARGET_LABELS and not is_seen(label, operator, value, labels, served):
                faults.append(f"{where}: {label} of {name} is never {value}")
    faults += [f"{where}: nothing in it has the label {label}" for label in sorted(expression.grouped_by - known)]
    return faults


def is_seen(label, operator, value, labels, served):
    """Whether the service says each of the values that the matcher asks for. Recorded series take them from any metric."""
    seen = labels[label]
    if seen is None:
        seen = {found for series in served.values() for found in series.get(label, ())}
        if not seen:
            return True
    wanted = value.split("|") if operator in ("=~", "!~") else [re.escape(value)]
    return all(any(re.fullmatch(pattern, found) for found in seen) for pattern in wanted)


def check_syntax(promtool, dashboard):
    """The dashboard's expressions are read by Prometheus itself, as rules of a file made for it."""
    stand_ins = {"$__rate_interval": "5m", "$namespace": ".*"}
    rules = []
    for index, (_, text) in enumerate(dashboard_expressions(dashboard)):
        for variable, value in stand_ins.items():
            text = text.replace(variable, value)
        rules.append({"record": f"dashboard:{index}", "expr": text})
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
        file.flush()
        done = subprocess.run([promtool, "check", "rules", file.name], capture_output=True, text=True)
    return [] if done.returncode == 0 else [f"dashboard: {done.stdout}{done.stderr}"]


def check_complete(served, dashboard):
    """A metric that no panel shows is one that nobody looks at."""
    shown = {
        selection.series
        for _, text in dashboard_expressions(dashboard)
        for selection in promql.read(text).selections
    }
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in served}
    shown_families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in shown}
    ours = {name for name in families if name.startswith(("portcullis_", "http_server_"))}
    faults = [f"the dashboard does not show {name}" for name in sorted(ours - shown_families)]
    for panel in dashboard["panels"]:
        if panel["type"] != "row" and not (panel.get("description") and panel["targets"]):
            faults.append(f"dashboard: {panel['title']} has no description or no query")
    return faults


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1], sys.argv[2])))
