// `app serve` in `test`, for the callers of one tenant, on free ports, with a database of its own.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { API_CLIENT_ID, TENANT_ID } from './provider.mjs';

const DEADLINE = 30_000;
const PROBE_INTERVAL = 20;

/** The access matrix, as the binary prints it. */
export function readMatrix(app) {
    const matrix = JSON.parse(execFileSync(resolve(app), ['matrix', '--format', 'json'], { encoding: 'utf8' }));
    if (matrix.operations.length < 10) throw new Error('the matrix is too small to prove anything');
    return matrix;
}

/** Starts the service, runs `work` with it, and stops it. `environment` stands above the usual variables. */
export async function withService(app, tenant, work, environment = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'desk-'));
    const child = spawn(resolve(app), ['serve'], {
        cwd: folder,
        env: {
            APP_ENV: 'test',
            APP_SERVER__BIND: '127.0.0.1:0',
            APP_SERVER__MANAGEMENT_BIND: '127.0.0.1:0',
            APP_APP__DATABASE_URL: `sqlite://${folder}/desk.db`,
            APP_RATE_LIMIT__ENABLED: 'false',
            APP_AUTH__AUTHORITY: tenant.authority,
            APP_AUTH__KEYS__COOLDOWN: '10ms',
            AZURE_TENANT_ID: TENANT_ID,
            AZURE_AD_CLIENT_ID: API_CLIENT_ID,
            ...environment,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise((done) => child.on('exit', done));
    try {
        return await work(new Service(await follow(child)));
    } finally {
        child.kill('SIGTERM');
        await ended;
        rmSync(folder, { recursive: true });
    }
}

/** Probes until `probe` gives something true. */
export async function eventually(what, probe) {
    const deadline = Date.now() + DEADLINE;
    while (Date.now() < deadline) {
        const found = await probe();
        if (found) return found;
        await new Promise((next) => setTimeout(next, PROBE_INTERVAL));
    }
    throw new Error(`${what}: not within ${DEADLINE} ms`);
}

class Service {
    constructor({ events, lines, url, managementUrl }) {
        Object.assign(this, { events, lines, url, managementUrl });
    }

    /** Everything it has written so far. */
    log() {
        return this.lines.join('\n');
    }

    async waitUntilReady() {
        await eventually('readiness', async () => (await fetch(`${this.managementUrl}/readyz`)).status === 200);
    }

    /** One request, with a token or without. */
    async ask(path, { token, method = 'GET', body } = {}) {
        const headers = { 'content-type': 'application/json' };
        if (token) headers.authorization = `Bearer ${token}`;
        return await fetch(`${this.url}${path}`, { method, headers, body: body && JSON.stringify(body) });
    }

    /** Why the service refused a request, from its log: the answer itself never says. */
    async reasonFor(answer) {
        const id = answer.headers.get('x-correlation-id');
        const isReason = (event) => event.reason && JSON.stringify(event).includes(id);
        const event = await eventually(`the reason of ${id} in the log`, () => this.events.find(isReason));
        return event.reason;
    }
}

/** Collects the log, and waits for the line that names both addresses. */
function follow(child) {
    const events = [];
    const lines = [];
    return new Promise((found, failed) => {
        const fail = (why) => failed(new Error(`${why}:\n${lines.join('\n')}`));
        const timer = setTimeout(() => fail('`app serve` did not listen in time'), DEADLINE);
        child.on('exit', (code) => fail(`\`app serve\` ended with ${code}`));
        const read = (line) => {
            lines.push(line);
            if (!line.startsWith('{')) return;
            const event = JSON.parse(line);
            events.push({ ...event, ...event.fields });
            const { message, address, management_address } = events.at(-1);
            if (message !== 'listening') return;
            clearTimeout(timer);
            found({ events, lines, url: `http://${address}`, managementUrl: `http://${management_address}` });
        };
        for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', read);
    });
}
