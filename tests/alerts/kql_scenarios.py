"""Runs the KQL alerts over log lines, on DuckDB: each fires when it should and stays silent when it should.

usage: kql_scenarios.py
"""

import json
import re
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import duckdb_kql

FOLDER = Path(__file__).resolve().parents[2] / "deploy/alerts/azure"
LOOK_BACK = re.compile(r"look-back: P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?;")
FAILED_FETCH = "signing keys could not be refreshed"
POC = "AUTH_REQUIRED=false: authentication is bypassed, every request is admitted"


@dataclass
class Lines:
    """`count` equal lines, spread evenly from `oldest` to `newest` minutes ago."""

    count: int
    oldest: float
    newest: float
    event: dict
    deployment: str = "desk-prod"


@dataclass
class Scenario:
    name: str
    lines: list
    # Alert -> which deployment it is about.
    fires: dict = field(default_factory=dict)
    # Reason and count of the platform's own events.
    platform: tuple = None


def request(status, count, oldest=9, newest=0.1, route="/api/v1/reports", **more):
    event = {"message": "request", "method": "GET", "route": route, "status": status}
    return Lines(count, oldest, newest, event, **more)


def operation(status, count, oldest=9, newest=0.1, route="/api/v1/reports/{id}"):
    event = {"message": "operation", "route": route, "status": status}
    return Lines(count, oldest, newest, event)


def tool_call(outcome, count, tool="get_report", oldest=9, newest=0.1):
    decision = "denied" if outcome == "refused" else "allowed"
    return event("tool call", count, oldest, newest, tool=tool, decision=decision, outcome=outcome)


def hidden_tool(count, oldest=9, newest=0.1, tool="delete_report"):
    """Calls of a tool whose role is missing: HTTP says 200, no operation is reached, the answer is `Unknown tool`."""
    return [
        request(200, count, oldest, newest, route="/api/v1/mcp"), tool_call("refused", count, tool, oldest, newest),
        event("access denied", count, oldest, newest, denial="role_missing"),
    ]


def event(message, count=1, oldest=9, newest=0.1, **fields):
    return Lines(count, oldest, newest, {"message": message, **fields})


# Something always runs, or the deployment counts as gone.
ALIVE = event("signing keys loaded", oldest=30, newest=30, keys=3)

SCENARIOS = [
    Scenario("a quiet service", [ALIVE]),
    Scenario("a busy service with the usual failures", [
        ALIVE, request(200, 3000), request(401, 100), request(403, 100), request(429, 20), request(500, 5),
        event("authentication failed", 100, reason="expired"), operation(200, 100), operation(422, 5),
        request(200, 3000, 70, 10), request(403, 600, 70, 10),
    ]),
    Scenario("a third of the traffic is 401", [ALIVE, request(200, 700), request(401, 350)],
             {"PortcullisUnauthorizedSpike": "desk-prod"}),
    Scenario("one deployment has the 401s, another one the traffic", [
        ALIVE, request(200, 5000), request(401, 400, deployment="desk-test"), request(200, 9, deployment="desk-test"),
    ], {"PortcullisUnauthorizedSpike": "desk-test"}),
    Scenario("a stranger without a token at night", [ALIVE, request(401, 100)]),
    Scenario("the spike detector has spoken", [ALIVE, event("authentication_failure_spike")],
             {"PortcullisFailureSpike": "desk-prod"}),
    Scenario("a proof of concept", [ALIVE, event(POC)], {"PortcullisAuthenticationBypassed": "desk-prod"}),
    Scenario("a proof of concept that has just started", [event("listening", authentication_bypassed=True)],
             {"PortcullisAuthenticationBypassed": "desk-prod"}),
    Scenario("a start with authentication", [event("listening", authentication_bypassed=False)]),
    Scenario("every token is rejected", [
        ALIVE, event("authentication failed", 200, 14, reason="audience"), request(401, 200, 14),
    ], {"PortcullisNoSuccessfulAuthentication": "desk-prod"}),
    Scenario("a proxy begins to take the header off", [
        ALIVE, request(200, 600, 75, 16), request(401, 200, 14),
    ], {"PortcullisNoSuccessfulAuthentication": "desk-prod"}),
    Scenario("strangers without a token at a service nobody uses", [ALIVE, request(401, 200, 14)]),
    Scenario("tokens are rejected and one is accepted", [
        ALIVE, event("authentication failed", 200, 14, reason="audience"), request(401, 200, 14), request(200, 1),
    ]),
    Scenario("keys go stale", [
        event("signing keys loaded", oldest=90, newest=90), event(FAILED_FETCH, 5, 25, 1, has_keys=True),
    ], {"PortcullisSigningKeysStale": "desk-prod"}),
    Scenario("stale keys are mended", [
        event(FAILED_FETCH, 5, 28, 6, has_keys=True), event("signing keys loaded", oldest=1, newest=1),
    ]),
    Scenario("keys were not refreshed for nineteen hours", [
        event("signing keys loaded", oldest=19 * 60, newest=19 * 60),
        event(FAILED_FETCH, 220, 18 * 60, 1, has_keys=True),
    ], {"PortcullisSigningKeysStale": "desk-prod", "PortcullisSigningKeysExpiring": "desk-prod"}),
    Scenario("keys were not refreshed for twelve hours", [
        event("signing keys loaded", oldest=12 * 60, newest=12 * 60),
        event(FAILED_FETCH, 140, 11.5 * 60, 1, has_keys=True),
    ], {"PortcullisSigningKeysStale": "desk-prod"}),
    Scenario("an instance without keys", [event(FAILED_FETCH, 30, 8, 0.1, has_keys=False)],
             {"PortcullisSigningKeysMissing": "desk-prod"}),
    Scenario("an instance that needed three tries", [
        event(FAILED_FETCH, 3, 3, 2, has_keys=False), event("signing keys loaded", oldest=1, newest=1),
    ]),
    Scenario("a fifth of the traffic is 403, as it always was", [
        ALIVE, request(200, 1000), request(403, 200), request(200, 6000, 70, 10), request(403, 1200, 70, 10),
    ], {"PortcullisForbiddenSpike": "desk-prod"}),
    Scenario("tool calls are refused, which are no HTTP 403", [
        ALIVE, *hidden_tool(150), request(200, 300), *hidden_tool(900, 70, 10),
    ], {"PortcullisForbiddenSpike": "desk-prod"}),
    Scenario("one tool begins to refuse, too small for the whole to notice", [
        ALIVE, request(200, 5000), tool_call("success", 60, "delete_report"), *hidden_tool(60), *hidden_tool(30, 70, 10),
    ], {"PortcullisRouteForbiddenJump": "desk-prod"}),
    Scenario("operations behind tools refuse", [
        ALIVE, request(200, 300, route="/api/v1/mcp"), operation(403, 150), operation(200, 150),
        operation(403, 900, 70, 10), operation(200, 900, 70, 10),
    ], {"PortcullisForbiddenSpike": "desk-prod"}),
    Scenario("a tool's missing scope is 403, denied and a tool call, and counts once", [
        ALIVE, request(200, 400), request(403, 90, route="/api/v1/mcp"), tool_call("refused", 90),
        event("access denied", 90, denial="scope_missing"),
        request(403, 540, 70, 10, route="/api/v1/mcp"), tool_call("refused", 540, "get_report", 70, 10),
    ]),
    Scenario("one route begins to refuse, too small for the whole to notice", [
        ALIVE, request(200, 5000, route="/api/v1/instruments"), request(200, 60), request(403, 60),
        request(403, 30, 70, 10),
    ], {"PortcullisRouteForbiddenJump": "desk-prod"}),
    Scenario("a route that always refuses half", [
        ALIVE, request(200, 5000, route="/api/v1/instruments"), request(200, 60), request(403, 60),
        request(403, 360, 70, 10),
    ]),
    Scenario("a client that does not wait", [ALIVE, request(200, 1000), request(429, 400)],
             {"PortcullisRateLimitedSpike": "desk-prod"}),
    Scenario("one tool fails", [
        ALIVE, tool_call("success", 30), tool_call("error", 30), tool_call("success", 300, "get_me"),
    ], {"PortcullisToolErrors": "desk-prod"}),
    Scenario("one call in ten fails", [ALIVE, tool_call("success", 270), tool_call("error", 30)]),
    Scenario("a tool that some may not call", [ALIVE, tool_call("refused", 30)]),
    Scenario("a tenth of the traffic is 5xx", [ALIVE, request(200, 500), request(500, 30), request(503, 30)],
             {"PortcullisServerErrors": "desk-prod"}),
    Scenario("the database is out of reach, and callers are still let in", [
        ALIVE, request(200, 600, 75, 16), request(503, 200, 14),
    ], {"PortcullisServerErrors": "desk-prod"}),
    Scenario("no token can be judged", [
        ALIVE, event("authentication failed", 200, 14, reason="keys_unavailable"), request(503, 200, 14),
    ], {"PortcullisServerErrors": "desk-prod", "PortcullisNoSuccessfulAuthentication": "desk-prod"}),
    Scenario("the platform restarts an instance again and again", [ALIVE],
             {"PortcullisInstanceDown": "desk-prod"}, platform=("ProbeFailed", 6)),
    Scenario("one failed probe while starting", [ALIVE], platform=("ProbeFailed", 1)),
    Scenario("a deployment went silent", [event("signing keys loaded", oldest=80, newest=80)],
             {"PortcullisAbsent": "desk-prod"}),
]


def main():
    queries = {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.kql"))}
    faults, fired = [], set()
    for scenario in SCENARIOS:
        connection = tables_of(scenario)
        firing = {name: deployments(connection, query) for name, query in queries.items()}
        firing = {name: found for name, found in firing.items() if found}
        expected = {name: {deployment} for name, deployment in scenario.fires.items()}
        fired |= firing.keys()
        if firing != expected:
            faults.append(f"{scenario.name}: {firing or 'nothing'} fires and should be {expected or 'nothing'}")
    faults += [f"{name}: no scenario where it fires" for name in sorted(queries.keys() - fired)]
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"{len(queries)} KQL alerts in {len(SCENARIOS)} scenarios: exactly those fire that should")
    return 1 if faults else 0


def tables_of(scenario):
    connection = duckdb_kql.connect()
    connection.execute(
        "CREATE TABLE console (TimeGenerated TIMESTAMP, Log_s VARCHAR, ContainerAppName_s VARCHAR,"
        " RevisionName_s VARCHAR, ContainerGroupName_s VARCHAR, ContainerName_s VARCHAR)"
    )
    connection.execute(
        "CREATE TABLE platform (TimeGenerated TIMESTAMP, Log_s VARCHAR, ContainerAppName_s VARCHAR,"
        " RevisionName_s VARCHAR, ReplicaName_s VARCHAR, Reason_s VARCHAR)"
    )
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    for lines in scenario.lines:
        connection.execute(
            "INSERT INTO console"
            " SELECT ?::TIMESTAMP + (i * ? || ' seconds')::INTERVAL, ?, ?, 'r1', 'g1', 'research-desk' FROM range(?) t(i)",
            [now - timedelta(minutes=lines.oldest),
             (lines.oldest - lines.newest) * 60 / max(1, lines.count - 1),
             json.dumps(lines.event), lines.deployment, lines.count],
        )
    # Lines that are not ours, and no JSON: a proxy beside the service, a panic of the runtime.
    connection.execute(
        "INSERT INTO console SELECT ?, 'not json', 'desk-prod', 'r1', 'g1', c"
        " FROM (VALUES ('research-desk'), ('sidecar')) t(c)", [now - timedelta(minutes=85)])
    if scenario.platform:
        reason, count = scenario.platform
        connection.execute(
            "INSERT INTO platform SELECT ?, 'said', 'desk-prod', 'r1', 'p1', ? FROM range(?)",
            [now - timedelta(minutes=2), reason, count])
    return connection


def deployments(connection, query):
    """What the query finds in the time that Azure Monitor lets it see."""
    days, hours, minutes = (int(part or 0) for part in LOOK_BACK.search(query).groups())
    since = datetime.now(timezone.utc) - timedelta(days=days, hours=hours, minutes=minutes)
    seen = f"> '{since.replace(tzinfo=None)}'"
    connection.execute(f"CREATE OR REPLACE VIEW ContainerAppConsoleLogs_CL AS FROM console WHERE TimeGenerated {seen}")
    connection.execute(f"CREATE OR REPLACE VIEW ContainerAppSystemLogs_CL AS FROM platform WHERE TimeGenerated {seen}")
    answer = duckdb_kql.kql(connection, query)
    columns = [column[0] for column in answer.description]
    return {row[columns.index("deployment")] for row in answer.fetchall()}


if __name__ == "__main__":
    sys.exit(main())
