"""Compares the alerts with their tests, with the runbook, and with their twins for Azure Monitor.

usage: check.py PROMTOOL
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy/alerts/prometheus"
QUERIES = ROOT / "deploy/alerts/azure"
TESTS = ROOT / "tests/alerts"
RUNBOOK = ROOT / "docs/runbook.md"
QUERY_HEAD = re.compile(
    r"// (\w+): .+\n// severity: (\w+); window: P\w+; look-back: P\w+; runbook: docs/runbook\.md#(\w+)\n"
)
RUNBOOK_URL = re.compile(r"^https://\S+/docs/runbook\.md#(\S+)$")
SEVERITIES = {"warning", "critical"}
PARTS = ["Meaning.", "Likely causes.", "First look.", "Fix.", "Escalate"]


def main(promtool):
    rules = sorted(RULES.glob("*.rules.yaml"))
    tests = sorted(TESTS.glob("*.test.yaml"))
    alerts = [rule for path in rules for rule in alerts_of(path)]
    faults = []
    faults += run(promtool, "check", "rules", *rules)
    faults += run(promtool, "test", "rules", *tests)
    faults += check_scrape_example(promtool)
    faults += check_form(alerts)
    faults += check_tested({alert["alert"] for alert in alerts}, tests)
    faults += check_runbook({alert["alert"] for alert in alerts})
    faults += check_twins({alert["alert"]: alert["labels"]["severity"] for alert in alerts})
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"{len(alerts)} alerts: each fires and stays silent when it should, and has its entry in the runbook")
    return 1 if faults else 0


def alerts_of(path):
    groups = yaml.safe_load(path.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    return [] if done.returncode == 0 else [f"{command[1]} {command[2]}:\n{done.stdout}{done.stderr}"]


def check_scrape_example(promtool):
    """Debian's promtool is built without Kubernetes discovery: with a fixed list in its place, the rest is checked."""
    example = yaml.safe_load((RULES / "scrape.example.yaml").read_text())
    for job in example["scrape_configs"]:
        job.pop("kubernetes_sd_configs")
        job["static_configs"] = [{"targets": ["127.0.0.1:9090"]}]
    example["rule_files"] = [str(RULES / name) for name in example["rule_files"]]
    faults = []
    if sorted(example["rule_files"]) != sorted(str(path) for path in RULES.glob("*.rules.yaml")):
        faults.append("scrape.example.yaml does not name every rule file")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(example, file)
        file.flush()
        return faults + run(promtool, "check", "config", file.name)


def check_form(alerts):
    faults = []
    for alert in alerts:
        name, annotations = alert["alert"], alert.get("annotations", {})
        if alert.get("labels", {}).get("severity") not in SEVERITIES:
            faults.append(f"{name}: its severity is none of {sorted(SEVERITIES)}")
        for key in ["summary", "description", "runbook_url"]:
            if not annotations.get(key):
                faults.append(f"{name}: has no {key}")
        url = RUNBOOK_URL.match(annotations.get("runbook_url", ""))
        if not url or url[1] != name.lower():
            faults.append(f"{name}: its runbook_url does not end in docs/runbook.md#{name.lower()}")
    return faults


def check_tested(names, tests):
    """A scenario says in its name which alert it is about, and whether that `fires` or `is silent`."""
    seen, faults = set(), []
    for path in tests:
        for scenario in yaml.safe_load(path.read_text())["tests"]:
            about = re.match(r"(\w+) (fires|is silent) ", scenario["name"])
            if not about or about[1] not in names:
                faults.append(f"{path.name}: `{scenario['name']}` is about no alert")
                continue
            seen.add(about.groups())
            expected = [
                sample["labels"]
                for test in scenario.get("promql_expr_test", [])
                for sample in test["exp_samples"]
            ]
            does_fire = any(f'alertname="{about[1]}"' in labels for labels in expected)
            if does_fire != (about[2] == "fires"):
                faults.append(f"{path.name}: `{scenario['name']}` does not show what its name says")
    for name in sorted(names):
        faults += [f"{name}: no scenario where it {what}" for what in ["fires", "is silent"] if (name, what) not in seen]
    return faults


def check_runbook(names):
    entries = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", RUNBOOK.read_text(), re.M | re.S))
    faults = [f"docs/runbook.md has no entry {name}" for name in sorted(names - entries.keys())]
    faults += [f"docs/runbook.md: {name} is no alert" for name in sorted(entries.keys() - names)]
    for name, text in entries.items():
        faults += [f"docs/runbook.md: {name} lacks **{part}**" for part in PARTS if f"**{part}" not in text]
        faults += [
            f"docs/runbook.md: {name} refers to {link}, which is no entry"
            for link in re.findall(r"\]\(#([^)]+)\)", text)
            if link not in {entry.lower() for entry in entries}
        ]
    return faults


def check_twins(severities):
    """Prometheus and Azure Monitor know the same alerts, as severe, with the same entry in the runbook."""
    faults, queries = [], {path.stem: path.read_text() for path in QUERIES.glob("*.kql")}
    faults += [f"{name} has no deploy/alerts/azure/{name}.kql" for name in sorted(severities.keys() - queries.keys())]
    for name, text in sorted(queries.items()):
        head = QUERY_HEAD.match(text)
        if not head or head.groups() != (name, severities.get(name), name.lower()):
            faults.append(f"deploy/alerts/azure/{name}.kql: its first two lines do not agree with the Prometheus alert")
    return faults


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
