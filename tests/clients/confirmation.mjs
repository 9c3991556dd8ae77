// The MCP SDK for TypeScript with a user who answers: a deletion is done on a yes, and on nothing else.
//
// Usage: confirmation.mjs path/to/app path/to/.tools

import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { withDesk } from './desk.mjs';

const [app, tools] = process.argv.slice(2).map((path) => resolve(path));
const sdk = join(tools, 'mcp-clients/node_modules/@modelcontextprotocol/client/dist/index.mjs');
const { Client, StreamableHTTPClientTransport } = await import(pathToFileURL(sdk));

/** Calls a tool as somebody who answers every question in the same way. Gives the result and the questions. */
async function call({ url, tokens }, role, mode, answer, tool, parameters) {
    const questions = [];
    const client = new Client(
        { name: 'suite', version: '1' },
        { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode } },
    );
    client.setRequestHandler('elicitation/create', async ({ params }) => {
        questions.push(params.message);
        return answer;
    });
    const headers = { Authorization: `Bearer ${tokens[role]}` };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/api/v1/mcp`), { requestInit: { headers } }));
    try {
        return { result: await client.callTool({ name: tool, arguments: parameters }), questions };
    } finally {
        await client.close();
    }
}

async function statusOf({ url, tokens }, id) {
    const headers = { Authorization: `Bearer ${tokens.Admin}` };
    return (await fetch(`${url}/api/v1/reports/${id}`, { headers })).status;
}

const YES = { action: 'accept', content: { ok: true } };
const NO = [{ action: 'decline' }, { action: 'cancel' }, { action: 'accept', content: { ok: false } }];

async function aDeletionIsDoneOnAYes(desk, mode, isAsked) {
    const report = { symbol: 'ALPN', title: 'Not for long', body: 'A report to delete.' };
    const created = await call(desk, 'Analyst', mode, YES, 'create_report', report);
    assert.deepEqual(created.questions, [], 'only what destroys something is asked about');
    const { id } = created.result.structuredContent;
    await call(desk, 'Analyst', mode, YES, 'publish_report', { id });
    for (const answer of isAsked ? NO : []) {
        const { result, questions } = await call(desk, 'Admin', mode, answer, 'delete_report', { id });
        assert.equal(result.structuredContent.code, 'not_confirmed');
        assert.ok(questions.length === 1 && questions[0].includes(id), questions);
        assert.equal(await statusOf(desk, id), 200);
    }
    const { result, questions } = await call(desk, 'Admin', mode, YES, 'delete_report', { id });
    assert.notEqual(result.isError, true, JSON.stringify(result));
    assert.equal(questions.length, isAsked ? 1 : 0);
    const isTold = JSON.stringify(result.content).includes('Nobody was asked');
    assert.equal(isTold, !isAsked);
    assert.equal(await statusOf(desk, id), 404);
}

let failed = 0;
await withDesk(app, {}, async (desk) => {
    for (const [mode, isAsked] of [['legacy', false], ['auto', true], [{ pin: '2026-07-28' }, true]]) {
        const claim = `a deletion is done on a yes, ${JSON.stringify(mode)}`;
        try {
            await aDeletionIsDoneOnAYes(desk, mode, isAsked);
            console.log(`${claim} ... ok`);
        } catch (error) {
            failed += 1;
            console.log(`${claim} ... FAILED\n${error.stack}`);
        }
    }
});
process.exit(failed > 0 ? 1 : 0);
