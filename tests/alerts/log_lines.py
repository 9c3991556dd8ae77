"""The log lines that KQL alerts look for, compared with those that running services have written."""

import json
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "deploy/alerts/azure"
COMPARISON = re.compile(r'message (?:==|startswith) "([^"]+)"|message in \(([^)]+)\)')


def check(lines):
    events = [json.loads(line) for line in lines if line.startswith("{")]
    faults = check_hidden_tool(events)
    for path in sorted(FOLDER.glob("*.kql")):
        code = re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.M)
        messages = messages_of(code)
        about = [event for event in events if any(event["message"].startswith(message) for message in messages)]
        for message in sorted(messages):
            if not any(event["message"].startswith(message) for event in about):
                faults.append(f"{path.name}: nothing logs `{message}`")
        for field in sorted(set(re.findall(r"\bline\.(\w+)", code)) if messages else ()):
            # The head that every query shares reads more than each of them needs.
            if not any(field in event for event in about) and not is_in_the_head(code, field):
                faults.append(f"{path.name}: none of its lines has the field {field}")
    return faults


def check_hidden_tool(events):
    """What the alerts about refusals rely on: a tool whose role is missing leaves these lines, and no status 403."""
    denied = [event for event in events if event["message"] == "tool call" and event["decision"] == "denied"]
    faults = [] if denied else ["no tool call was denied"]
    for call in denied:
        request = [event for event in events if event.get("correlation_id") == call["correlation_id"]]
        if sum(event["message"] == "access denied" for event in request) != 1:
            faults.append(f"a denied call of {call['tool']} does not log `access denied` once")
        if any(event.get("status") == 403 for event in request):
            faults.append(f"a call of {call['tool']}, whose role is missing, logs a status 403")
    return faults


def messages_of(code):
    found = set()
    for one, several in COMPARISON.findall(code):
        found |= {one} if one else set(re.findall(r'"([^"]+)"', several))
    return found


def is_in_the_head(code, field):
    return field in {"message", "status", "route"} and code.count(f"line.{field}") == 1
