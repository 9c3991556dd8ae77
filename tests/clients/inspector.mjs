// The Inspector's command line, in every era that it can speak.
//
// Usage: inspector.mjs path/to/app path/to/.tools path/to/node

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { withDesk } from './desk.mjs';

const [app, tools, node] = process.argv.slice(2).map((path) => resolve(path));
const launcher = join(tools, 'mcp-clients/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js');
const ERAS = ['legacy', 'auto', 'modern'];

/** Runs the Inspector once, with a home of its own, and gives its exit code and what it wrote. */
async function inspect({ url, token, era }, ...parameters) {
    const home = mkdtempSync(join(tmpdir(), 'inspector-'));
    const header = token ? ['--header', `Authorization: Bearer ${token}`] : ['--stored-auth-only'];
    const command = [launcher, '--cli', `${url}/api/v1/mcp`, '--transport', 'http', '--protocol-era', era, '--format', 'json'];
    const child = spawn(node, [...command, ...header, ...parameters], {
        env: { PATH: process.env.PATH ?? '', HOME: home },
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    const code = await new Promise((ended) => child.on('close', ended));
    rmSync(home, { recursive: true });
    return { code, out, err };
}

async function resultOf(...parameters) {
    const { code, out, err } = await inspect(...parameters);
    assert.equal(code, 0, err);
    const printed = JSON.parse(out);
    return printed.result ?? printed;
}

const as = ({ url, tokens }, role, era) => ({ url, token: tokens[role], era });

async function whatARoleMayCallIsListedAndCalled(desk, era) {
    for (const [role, may] of [
        ['Viewer', false],
        ['Analyst', true],
    ]) {
        const { tools: listed } = await resultOf(as(desk, role, era), '--method', 'tools/list');
        assert.equal(listed.some(({ name }) => name === 'create_report'), may, role);
        const called = await resultOf(as(desk, role, era), '--method', 'tools/call', '--tool-name', 'get_me');
        assert.deepEqual(called.structuredContent.roles, [role]);
    }
}

async function argumentsReachTheOperation(desk, era) {
    const list = ['--method', 'tools/call', '--tool-name', 'list_reports', '--tool-args-json', '{"limit": 2}'];
    const { structuredContent } = await resultOf(as(desk, 'Viewer', era), ...list);
    assert.equal(structuredContent.items.length, 2);
}

async function aToolOfAnotherRoleIsNotThere(desk, era) {
    const call = ['--method', 'tools/call', '--tool-args-json', '{"symbol": "ALPN", "title": "x", "body": "x"}'];
    const [hidden, unknown] = await Promise.all(
        ['create_report', 'create_nothing'].map((name) => inspect(as(desk, 'Viewer', era), ...call, '--tool-name', name)),
    );
    assert.notEqual(hidden.code, 0);
    assert.equal(hidden.code, unknown.code);
    assert.equal(hidden.err.replaceAll('create_report', '_'), unknown.err.replaceAll('create_nothing', '_'));
}

async function whatIsListedIsReadAndBeginsAConversation(desk, era) {
    const { resources } = await resultOf(as(desk, 'Analyst', era), '--method', 'resources/list');
    const [{ uri, title }] = resources;
    const read = await resultOf(as(desk, 'Analyst', era), '--method', 'resources/read', '--uri', uri);
    assert.ok(read.contents[0].text.startsWith(`# ${title}\n`), JSON.stringify(read));
    const id = uri.split('/').at(-1);
    const get = ['--method', 'prompts/get', '--prompt-name', 'review_report', '--prompt-args', `report_id=${id}`];
    const { messages } = await resultOf(as(desk, 'Analyst', era), ...get);
    assert.equal(messages[1].content.resource.uri, uri);
    const { code, out } = await inspect(as(desk, 'Viewer', era), ...get);
    assert.notEqual(code, 0, out);
}

async function everySchemaIsOneThatOtherProgramsRead(desk, era) {
    const { code, err } = await inspect(as(desk, 'Admin', era), '--method', 'tools/list', '--strict');
    assert.equal(code, 0, err);
}

async function nothingIsShownWithoutAToken(desk, era) {
    const { code, out } = await inspect({ url: desk.url, era }, '--method', 'tools/list');
    assert.notEqual(code, 0);
    assert.ok(!out.includes('get_me'), out);
}

const CLAIMS = [
    whatARoleMayCallIsListedAndCalled,
    argumentsReachTheOperation,
    aToolOfAnotherRoleIsNotThere,
    whatIsListedIsReadAndBeginsAConversation,
    everySchemaIsOneThatOtherProgramsRead,
    nothingIsShownWithoutAToken,
];

let failed = 0;
await withDesk(app, {}, async (desk) => {
    for (const claim of CLAIMS) {
        for (const era of ERAS) {
            const name = `${claim.name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}, ${era} era`;
            try {
                await claim(desk, era);
                console.log(`${name} ... ok`);
            } catch (error) {
                failed += 1;
                console.log(`${name} ... FAILED\n`, error);
            }
        }
    }
});
const total = CLAIMS.length * ERAS.length;
console.log(`${total - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
