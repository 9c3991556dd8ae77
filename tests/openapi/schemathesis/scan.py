"""The document and the running service agree: Schemathesis looks for a request of any caller that shows otherwise.

Usage: scan.py path/to/app [caller..]

Each caller has a service with a database of its own. The seed is fixed, so that what is drawn is the same in every
run; SCAN_SEED and SCAN_EXAMPLES search elsewhere and longer.
"""

import asyncio
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

import requests

from desk import ROLES, running

ANONYMOUS = "anonymous"
CALLERS = [*ROLES, ANONYMOUS]
# Who sees reports; each of them other ones.
READERS = {"Admin", "Analyst", "PM", "Viewer"}
PHASES = "examples,coverage,fuzzing,stateful"
SEED = os.environ.get("SCAN_SEED", "1")
# How many requests of the fuzzing phase an operation gets, and how many walks through operations a caller makes.
EXAMPLES = os.environ.get("SCAN_EXAMPLES", "60")
# Schemathesis takes the time, on one core each.
AT_ONCE = min(os.cpu_count() or 1, 4)
DEADLINE_SECONDS = 10 * 60 * max(1, int(EXAMPLES) // 60)
DRAFTS = 40
# Currencies of the portfolios that are made: of each there are instruments.
CURRENCIES = ["USD", "GBP", "USD", "GBP"]
# Not what is tested here, and a scan asks faster than a caller may.
ENVIRONMENT = {"APP_RATE_LIMIT__ENABLED": "false"}


async def scan(app, caller):
    """Runs Schemathesis as one caller. Gives back its report, and prints its output if there is a finding."""
    async with running(app, ENVIRONMENT) as desk:
        with tempfile.TemporaryDirectory() as folder:
            for name in ["schemathesis.toml", "existing.py"]:
                shutil.copy(Path(__file__).with_name(name), folder)
            existing = await asyncio.to_thread(make_existing, desk, caller)
            Path(folder, "existing.json").write_text(json.dumps(existing))
            output = await run_schemathesis(folder, [f"{desk.url}/openapi.json", *credential(desk, caller)])
            report_file = Path(folder, "report.json")
            report = json.loads(report_file.read_text()) if report_file.exists() else {}
    is_clean = report.get("exit_code") == 0 and not desk.errors
    if not is_clean:
        print(output)
        for line in desk.errors:
            print(f"error in the log of the service: {line}")
    return is_clean, report


def credential(desk, caller):
    if caller == ANONYMOUS:
        # Otherwise it makes up tokens; `ignored_auth` of every other caller does that too.
        return ["--generation-with-security-parameters", "false"]
    return ["--header", f"Authorization: Bearer {desk.tokens[caller]}"]


async def run_schemathesis(folder, who_and_where):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", "run", *who_and_where,
        "--checks", "all", "--phases", PHASES, "--seed", SEED, "--max-examples", EXAMPLES,
        "--report-json-path", "report.json", "--no-color",
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), DEADLINE_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return output.decode()


def make_existing(desk, caller):
    """Writes drafts and portfolios, has these valued, and reads what there is for a request of the caller to name."""
    for number in range(DRAFTS):
        draft = {"symbol": "ALPN", "title": f"Draft {number}", "body": "For the scan."}
        ask(desk, "Analyst", "POST", "/reports", json=draft)
    instruments = ask(desk, "Viewer", "GET", "/instruments?limit=100")["items"]
    symbols = [item["symbol"] for item in instruments]
    priced_in = {
        currency: [item["symbol"] for item in instruments if item["currency"] == currency] for currency in CURRENCIES
    }
    for currency in CURRENCIES:
        new = {"name": f"In {currency}", "currency": currency}
        path = f"/portfolios/{ask(desk, 'PM', 'POST', '/portfolios', json=new)['id']}"
        for symbol in priced_in[currency][:2]:
            ask(desk, "PM", "PUT", f"{path}/positions/{symbol}", json={"quantity": 10})
    portfolios = ask(desk, "Viewer", "GET", "/portfolios?limit=100")["items"]
    reader = caller if caller in READERS else "Admin"
    reports = ask(desk, reader, "GET", "/reports?limit=100")["items"]
    # The audit log has an entry of each of the calls above.
    lists = {
        "list_instruments": "/instruments",
        "list_prices": f"/instruments/{symbols[0]}/prices",
        "list_reports": "/reports",
        "list_portfolios": "/portfolios",
        "list_audit": "/audit",
    }
    return {
        "ids": {
            "reports": [item["id"] for item in reports],
            "portfolios": [item["id"] for item in portfolios],
            "valuations": [valued(desk, item["id"]) for item in portfolios],
        },
        "etags": {item["id"]: f'"{item["version"]}"' for item in [*reports, *portfolios]},
        "symbols": symbols,
        "priced_in": priced_in,
        "held_in": {item["id"]: item["currency"] for item in portfolios},
        "cursors": {
            operation: [ask(desk, "Admin", "GET", f"{path}?limit={limit}")["next_cursor"] for limit in (1, 2, 3)]
            for operation, path in lists.items()
        },
    }


def valued(desk, portfolio):
    """Has a portfolio valued, and gives the id of the valuation once it has ended."""
    path = answer_to(desk, "PM", "POST", f"/portfolios/{portfolio}/valuations", json={}).headers["location"]
    valuation, path = path.rsplit("/", 1)[1], path.removeprefix("/api/v1")
    # The stream of its events ends with it.
    answer_to(desk, "PM", "GET", f"{path}/events")
    return valuation


def ask(desk, role, method, path, **options):
    return answer_to(desk, role, method, path, **options).json()


def answer_to(desk, role, method, path, **options):
    headers = {"Authorization": f"Bearer {desk.tokens[role]}"}
    answer = requests.request(method, f"{desk.url}/api/v1{path}", headers=headers, timeout=30, **options)
    answer.raise_for_status()
    return answer


def check_installed():
    """Says what to install before anything starts, and not once for each caller when a service runs already."""
    if importlib.util.find_spec("schemathesis") is None:
        sys.exit(
            f"{sys.executable} has no Schemathesis: run `tests/run schemathesis`, which installs it into .tools,"
            f" or `pip install -r {Path(__file__).with_name('requirements.txt')}`"
        )


async def main(app, *callers):
    slots = asyncio.Semaphore(AT_ONCE)
    callers = callers or CALLERS

    async def scan_in_turn(caller):
        async with slots:
            try:
                is_clean, report = await scan(app, caller)
            except Exception:
                # Let through, it would cancel the others; asyncio waits for ever for one that is just starting its service.
                traceback.print_exc()
                is_clean, report = False, {}
        operations, cases = report.get("operations") or {}, report.get("test_cases") or {}
        print(
            f"{caller}: {operations.get('tested', 0)} of {operations.get('total', 0)} operations,"
            f" {cases.get('generated', 0)} cases ... {'ok' if is_clean else 'FAILED'}",
            flush=True,
        )
        return is_clean, operations.get("tested", 0), cases.get("generated", 0)

    results = await asyncio.gather(*map(scan_in_turn, callers))
    passed = sum(is_clean for is_clean, _, _ in results)
    print(f"{sum(cases for _, _, cases in results)} cases of {len(callers)} callers, seed {SEED}, {EXAMPLES} examples")
    print(f"{passed} passed, {len(callers) - passed} failed")
    return 0 if passed == len(callers) else 1


check_installed()
sys.exit(asyncio.run(main(*sys.argv[1:])))
