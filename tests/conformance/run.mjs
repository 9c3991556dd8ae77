// The official MCP conformance suite (npm @modelcontextprotocol/conformance) against a service built with Portcullis.
//
// Usage: run.mjs path/to/examples/conformance path/to/.tools path/to/node path/to/conformance.md
//
// Both revisions that have a frozen set of requirements are run. What fails must stand in expected-failures.json, with
// a reason; what stands there must fail. The page of totals is compared with what this run found, or written when
// UPDATE is set.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { withApplication } from '../clients/desk.mjs';
import { withBearerProxy } from './proxy.mjs';
import { renderPage } from './page.mjs';
import { readNotScored, readResults } from './results.mjs';

const REVISIONS = ['2026-07-28', '2025-11-25'];
const [application, tools, node, page] = process.argv.slice(2).map((path) => resolve(path));
const suite = join(tools, 'conformance/node_modules/@modelcontextprotocol/conformance');
const { version } = JSON.parse(readFileSync(join(suite, 'package.json'), 'utf8'));
const expected = JSON.parse(readFileSync(new URL('expected-failures.json', import.meta.url), 'utf8'));

/** Runs a command of the suite and gives its exit code and what it printed. */
async function runSuite(...parameters) {
    const child = spawn(node, [join(suite, 'dist/index.js'), ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.on('data', (chunk) => (printed += chunk));
    const code = await new Promise((ended) => child.on('close', ended));
    return { code, printed };
}

/** The scenarios of a revision, in the order of the suite. */
async function scenariosOf(revision) {
    const { printed } = await runSuite('list', '--server', '--requirements', revision);
    const names = [...printed.matchAll(/^ {2}- (\S+)/gm)].map(([, name]) => name);
    if (names.length < 10) throw new Error(`too few scenarios of ${revision}:\n${printed}`);
    return names;
}

async function runRevision(revision, url) {
    const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
    try {
        const scenarios = await scenariosOf(revision);
        const isOfRevision = (entry) => scenarios.includes(entry.split(':')[0]);
        const listed = expected.flatMap((group) => group.scenarios).filter(isOfRevision);
        const baseline = join(folder, 'expected-failures.yaml');
        writeFileSync(baseline, JSON.stringify({ server: listed }));
        const results = join(folder, 'results');
        const parameters = ['--url', url, '--requirements', revision, '--expected-failures', baseline, '-o', results];
        const { code, printed } = await runSuite('server', ...parameters);
        console.log(printed.slice(printed.indexOf('=== SUMMARY ===')));
        const notScored = readNotScored(join(suite, 'requirements', `${revision}.yaml`));
        return { revision, passed: code === 0, listed, notScored, scenarios: readResults(printed, results) };
    } finally {
        rmSync(folder, { recursive: true });
    }
}

/** What stands in the list without reason, or for no revision, or twice. */
function faultsOfList(runs) {
    const entries = expected.flatMap((group) => group.scenarios);
    const unused = entries.filter((entry) => !runs.some(({ listed }) => listed.includes(entry)));
    const repeated = entries.filter((entry, index) => entries.indexOf(entry) !== index);
    return [
        ...expected.filter(({ reason }) => !reason).map(({ scenarios }) => `no reason for ${scenarios}`),
        ...unused.map((entry) => `${entry} is no scenario of any revision`),
        ...repeated.map((entry) => `${entry} is listed twice`),
    ];
}

/** Says whether the page is what this run found, and writes it when asked to. */
function checkPage(runs) {
    const found = renderPage({ version, runs, expected });
    if (process.env.UPDATE) {
        writeFileSync(page, found);
        return true;
    }
    if (readFileSync(page, 'utf8') === found) return true;
    console.log(`${page} is not what this run found. UPDATE=1 tests/run mcp-conformance writes it; this run:\n\n${found}`);
    return false;
}

const environment = { APP_RATE_LIMIT__ENABLED: 'false' };
const runs = await withBearerProxy(async (proxy) => {
    // The suite calls from the proxy's address as its own page, as a browser client would.
    const origins = [proxy.url, proxy.url.replace('127.0.0.1', 'localhost')];
    const settings = { ...environment, APP_CORS__ALLOWED_ORIGINS: origins.join(',') };
    return await withApplication(application, ['Tester'], settings, async ({ url, tokens }) => {
        proxy.forwardTo(url, tokens.Tester);
        const runs = [];
        for (const revision of REVISIONS) runs.push(await runRevision(revision, `${proxy.url}/api/v1/mcp`));
        return runs;
    });
});
const faults = faultsOfList(runs);
for (const fault of faults) console.log(`expected-failures.json: ${fault}`);
const isPageTrue = checkPage(runs);
process.exitCode = runs.every(({ passed }) => passed) && faults.length === 0 && isPageTrue ? 0 : 1;
