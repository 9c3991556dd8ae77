"""What the running binary answers at `/metrics`, judged by Prometheus's own tool.

Usage: check.py path/to/app path/to/promtool

Starts `app dev`, asks for something of every kind so that every family has samples, and runs `promtool check metrics`.
"""

import asyncio
import json
import sys
import urllib.error
import urllib.request

from desk import DEADLINE_SECONDS, running

FAMILIES = [
    "http_server_request_duration_seconds",
    "http_server_active_requests",
    "portcullis_authentications_total",
    "portcullis_authorizations_total",
    "portcullis_rate_limited_total",
    "portcullis_tool_calls_total",
    "portcullis_authentication_bypassed",
    "portcullis_signing_keys",
    "portcullis_signing_keys_age_seconds",
    "portcullis_signing_key_fetches_total",
    "portcullis_failure_spikes_total",
]
RATE_OF_ONE = {"APP_RATE_LIMIT__PER_SECOND": "1", "APP_RATE_LIMIT__BURST": "1"}


def ask(url, token=None, body=None):
    """The status and the body of one answer."""
    headers = {"Accept": "application/json, text/event-stream"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if body is not None:
        headers["Content-Type"] = "application/json"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers)
    # No proxy of this machine stands between the test and the service.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=DEADLINE_SECONDS) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def make_samples(desk):
    reports = f"{desk.url}/api/v1/reports"
    assert ask(f"{desk.url}/nothing")[0] == 404
    assert ask(reports)[0] == 401
    assert ask(reports, desk.tokens["Ingest"])[0] == 403
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "get_me", "arguments": {}}}
    assert ask(f"{desk.url}/api/v1/mcp", desk.tokens["Viewer"], call)[0] == 200
    statuses = {ask(reports, desk.tokens["Analyst"])[0] for _ in range(5)}
    assert statuses == {200, 429}, statuses


async def main(app, promtool):
    async with running(app, RATE_OF_ONE) as desk:
        await asyncio.to_thread(make_samples, desk)
        status, metrics = await asyncio.to_thread(ask, f"{desk.management_url}/metrics")
    assert status == 200
    families = {line.split(b" ")[2].decode() for line in metrics.splitlines() if line.startswith(b"# TYPE ")}
    missing = set(FAMILIES) - families
    assert not missing, f"without samples: {sorted(missing)}"
    process = await asyncio.create_subprocess_exec(
        promtool, "check", "metrics", "--extended",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate(metrics)
    print(output.decode())
    assert process.returncode == 0, "promtool has something to say about /metrics"


asyncio.run(main(*sys.argv[1:]))
