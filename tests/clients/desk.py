"""The running research desk with its dev issuer, and a real token of each role. Every suite in Python starts here.

Needs nothing beyond Python itself, since each suite has an environment of its own.
"""

import asyncio
import base64
import collections
import json
import os
import re
import tempfile
from contextlib import asynccontextmanager

DEADLINE_SECONDS = 60
LINES_KEPT = 1000
ROLES = ["Admin", "Analyst", "PM", "Viewer", "Ingest"]
TOKEN = re.compile(r"Bearer (eyJ[\w-]+\.[\w-]+\.[\w-]+)")


class Desk:
    """The running service: its URLs, a token for each role, its errors, and the latest lines of its log."""

    def __init__(self, url, management_url, tokens):
        self.url = url
        self.management_url = management_url
        self.tokens = tokens
        self.errors = []
        self.lines = collections.deque(maxlen=LINES_KEPT)


def running(app, environment=None):
    """Starts `app dev` on free ports with an empty database, and stops it afterwards."""
    return running_application(app, ROLES, {"APP_APP__DATABASE_URL": "sqlite://desk.db", **(environment or {})})


@asynccontextmanager
async def running_application(app, roles, environment):
    """The same for any application built with Portcullis; `roles` are those it declares."""
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            os.path.abspath(app), "dev", "--port", "0", "--issuer-port", "0",
            cwd=folder,
            env={
                "PATH": os.environ.get("PATH", ""),
                "APP_SERVER__MANAGEMENT_BIND": "127.0.0.1:0",
                "APP_TELEMETRY__LOG_FORMAT": "json",
                **environment,
            },
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, limit=1 << 20,
        )
        try:
            desk = await asyncio.wait_for(announced(process, roles), DEADLINE_SECONDS)
            # A full pipe would stop the service.
            reading = asyncio.create_task(keep_log(process.stdout, desk))
            yield desk
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
        await reading


async def announced(process, roles):
    """Reads what `dev` prints until the address is known and every role has a token."""
    url, management_url, tokens, seen = None, None, {}, []
    while not (url and set(roles) <= tokens.keys()):
        line = (await process.stdout.readline()).decode()
        if not line:
            raise AssertionError("`app dev` ended:\n" + "".join(seen))
        seen.append(line)
        if line.startswith("{"):
            event = json.loads(line)
            event |= event.get("fields", {})
            if event.get("message") == "listening":
                url = f"http://{event['address']}"
                management_url = f"http://{event['management_address']}"
        for token in TOKEN.findall(line):
            for role in roles_of(token):
                tokens[role] = token
    desk = Desk(url, management_url, tokens)
    desk.lines.extend(line.rstrip() for line in seen)
    return desk


async def keep_log(stream, desk):
    async for line in stream:
        line = line.decode().rstrip()
        desk.lines.append(line)
        if '"level":"ERROR"' in line:
            desk.errors.append(line)


def roles_of(token):
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims.get("roles", [])
