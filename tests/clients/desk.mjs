// The running research desk with its dev issuer, and a real token of each role. Every suite in JavaScript that needs
// `app dev` starts here.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const DEADLINE = 60_000;
const ROLES = ['Admin', 'Analyst', 'PM', 'Viewer', 'Ingest'];

/** Starts `app dev` on free ports, runs `work` with its URL and the tokens by role, and stops it. */
export async function withDesk(app, environment, work) {
    return await withApplication(app, ROLES, { APP_APP__DATABASE_URL: 'sqlite://desk.db', ...environment }, work);
}

/** The same for any application built with Portcullis; `roles` are those it declares. */
export async function withApplication(app, roles, environment, work) {
    const folder = mkdtempSync(join(tmpdir(), 'desk-'));
    const child = spawn(resolve(app), ['dev', '--port', '0', '--issuer-port', '0'], {
        cwd: folder,
        env: {
            PATH: process.env.PATH ?? '',
            APP_SERVER__MANAGEMENT_BIND: '127.0.0.1:0',
            APP_TELEMETRY__LOG_FORMAT: 'json',
            ...environment,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise((done) => child.on('exit', done));
    try {
        return await work(await announced(child, roles));
    } finally {
        child.kill('SIGTERM');
        await ended;
        rmSync(folder, { recursive: true });
    }
}

/** Reads what `dev` writes until the address is known and every role has a token; later lines are thrown away. */
function announced(child, roles) {
    let seen = [];
    let url;
    const tokens = {};
    return new Promise((found, failed) => {
        const fail = (why) => failed(new Error(`${why}:\n${seen?.join('\n')}`));
        const timer = setTimeout(() => fail('`app dev` did not announce itself in time'), DEADLINE);
        child.on('exit', (code) => fail(`\`app dev\` ended with ${code}`));
        const read = (line) => {
            if (seen === undefined) return;
            seen.push(line);
            if (line.startsWith('{')) {
                const event = JSON.parse(line);
                const fields = { ...event, ...event.fields };
                if (fields.message === 'listening') url = `http://${fields.address}`;
            }
            for (const [, token] of line.matchAll(/Bearer (eyJ[\w-]+\.[\w-]+\.[\w-]+)/g)) {
                const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
                for (const role of claims.roles ?? []) tokens[role] = token;
            }
            if (url === undefined || !roles.every((role) => role in tokens)) return;
            clearTimeout(timer);
            seen = undefined;
            found({ url, tokens });
        };
        for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', read);
    });
}
