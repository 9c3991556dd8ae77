// The access matrix in a real browser, as a reviewer meets it: a file, opened without a server.
//
// Usage: matrix.mjs path/to/app path/to/.tools
//
// What the page shows, of all operations and behind every filter, is what the JSON of the same matrix says. Fails on any
// violation of the page's own policy and any console error.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [app, tools] = process.argv.slice(2).map((path) => resolve(path));
const { chromium } = createRequire(join(tools, 'browser', 'package.json'))('playwright-core');
const print = (format) => execFileSync(app, ['matrix', '--format', format], { encoding: 'utf8' });
const { callers, operations } = JSON.parse(print('json'));

function check(holds, claim) {
    if (!holds) throw new Error(claim);
    console.log(`${claim} ... ok`);
}

const named = (operation) => `${operation.method} ${operation.path}`;
const those = (wanted) => operations.filter(wanted).map(named);

/** The operations that a person sees. */
function seen(page) {
    return page.$$eval('tbody tr', (rows) =>
        rows.filter((row) => row.checkVisibility()).map((row) => row.querySelector('th.name code').textContent),
    );
}

/** Sets the filters to these and to nothing else, and compares what is left with what the JSON says. */
async function compare(page, filters, wanted, claim) {
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.waitForFunction((all) => document.getElementById('count').textContent.startsWith(`${all} of`), operations.length);
    for (const [field, value] of Object.entries(filters)) {
        const place = page.locator(`#${field}`);
        await (field === 'text' ? place.fill(value) : place.selectOption({ label: value }));
    }
    const [found, expected] = [await seen(page), those(wanted)];
    if (found.join('\n') !== expected.join('\n')) {
        throw new Error(`${claim}: ${JSON.stringify(filters)} shows ${found.join(', ')} instead of ${expected.join(', ')}`);
    }
    const count = await page.locator('#count').textContent();
    if (count !== `${expected.length} of ${operations.length} operations`) throw new Error(`${claim}: it counts ${count}`);
    if ((await page.locator('#none').isVisible()) !== (expected.length === 0)) throw new Error(`${claim}: an empty table says so`);
}

async function readAsReviewer(page) {
    check((await seen(page)).join('\n') === those(() => true).join('\n'), 'every operation is there');
    const cells = await page.$$eval('tbody tr', (rows) =>
        rows.map((row) => [...row.querySelectorAll('td[data-column]')].map((cell) => cell.textContent)),
    );
    const isRight = operations.every((operation, row) =>
        callers.every(({ id }, column) => {
            const answer = operation.answers[id];
            return cells[row][column].startsWith(answer === 'allow' ? '✓' : answer);
        }),
    );
    check(isRight, 'every cell says what the JSON does');
    const is = { admitted: (answer) => answer === 'allow', refused: (answer) => answer !== 'allow' };
    for (const { id } of callers) {
        for (const [words, holds] of Object.entries(is)) {
            await compare(page, { caller: id, answer: words }, ({ answers }) => holds(answers[id]), 'filter by caller');
        }
    }
    check(true, 'the filter by caller leaves who is admitted, or refused, for every caller');
    for (const [label, access] of [['public', 'public'], ['signed in', 'signed_in'], ['restricted', 'restricted'], ['nobody', 'deny_all']]) {
        await compare(page, { access: label }, (operation) => operation.access === access, 'filter by access');
    }
    for (const [label, isTool] of [['is a tool', true], ['is none', false]]) {
        await compare(page, { tool: label }, ({ tool }) => (tool !== null) === isTool, 'filter by tool');
    }
    const { operation_id: id } = operations.at(-1);
    await compare(page, { text: ` ${id.toUpperCase()} ` }, (operation) => operation.operation_id === id, 'filter by text');
    await compare(page, { text: 'no such words' }, () => false, 'filter by text');
    const { id: user } = callers.find(({ kind }) => kind === 'user');
    const both = (operation) => operation.access === 'restricted' && operation.answers[user] === 'allow';
    await compare(page, { caller: user, answer: 'admitted', access: 'restricted' }, both, 'filters together');
    check(true, 'so do the filters by access, by tool, by text, and together');
}

const folder = mkdtempSync(join(tmpdir(), 'portcullis-matrix-'));
const file = join(folder, 'matrix.html');
writeFileSync(file, print('html'));
const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
    const complaints = [];
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => complaints.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
    page.on('request', (request) => {
        if (!request.url().startsWith('file:')) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    await page.screenshot({ path: join(tools, 'browser-matrix.png') });
    await readAsReviewer(page);
    check(complaints.length === 0, `no violation, no console message, no request${complaints.map((it) => `\n  ${it}`).join('')}`);
    const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await plain.goto(pathToFileURL(file).href);
    const rows = await plain.locator('tbody tr').filter({ visible: true }).count();
    check(rows === operations.length && !(await plain.locator('#filters').isVisible()), 'without scripts the table is whole and the filters are gone');
    console.log('the matrix works in a browser');
} catch (error) {
    console.error(`FAILED: ${error.message}`);
    process.exitCode = 1;
} finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
}
