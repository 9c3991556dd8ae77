// Swagger UI in a real browser, as a frontend developer meets it.
//
// Usage: swagger.mjs path/to/app path/to/.tools
//
// Starts `app dev`, opens /docs, signs in as the Analyst through the popup, runs "Try it out" on a guarded operation and
// sees 200. Fails on any violation of the content security policy, any console error and any failed request.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const [app, tools] = process.argv.slice(2).map((path) => resolve(path));
const { chromium } = createRequire(join(tools, 'browser', 'package.json'))('playwright-core');
const DEADLINE = 30_000;

/** Starts `app dev` on free ports and gives its URL once it listens. */
async function startDesk(folder) {
    const child = spawn(app, ['dev', '--port', '0', '--issuer-port', '0'], {
        cwd: folder,
        env: {
            PATH: process.env.PATH ?? '',
            APP_SERVER__MANAGEMENT_BIND: '127.0.0.1:0',
            APP_TELEMETRY__LOG_FORMAT: 'json',
            APP_APP__DATABASE_URL: `sqlite://${folder}/desk.db`,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    const seen = [];
    const url = await new Promise((found, failed) => {
        const timer = setTimeout(() => failed(new Error(`no address:\n${seen.join('\n')}`)), DEADLINE);
        const read = (line) => {
            seen.push(line);
            if (!line.startsWith('{')) return;
            const event = JSON.parse(line);
            const fields = { ...event, ...event.fields };
            if (fields.message !== 'listening') return;
            clearTimeout(timer);
            found(`http://${fields.address}`);
        };
        createInterface({ input: child.stdout }).on('line', read);
        createInterface({ input: child.stderr }).on('line', read);
        child.on('exit', (code) => failed(new Error(`\`app dev\` ended with ${code}:\n${seen.join('\n')}`)));
    });
    return { child, url };
}

/** Everything a person would see in red in the developer tools, of this page and its popups. */
function watch(page, complaints) {
    page.on('console', (message) => {
        if (message.type() === 'error' || /content security policy/i.test(message.text())) {
            complaints.push(`console: ${message.text()} (${message.location().url})`);
        }
    });
    page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
    page.on('requestfailed', (request) => {
        complaints.push(`request: ${request.url()} ${request.failure()?.errorText}`);
    });
    page.on('response', (response) => {
        if (response.status() >= 400) complaints.push(`response: ${response.status()} ${response.url()}`);
    });
}

function check(holds, claim) {
    if (!holds) throw new Error(claim);
    console.log(`${claim} ... ok`);
}

async function signInAsAnalyst(page) {
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    const dialog = page.locator('.modal-ux');
    const entra = dialog.locator('.auth-container', { hasText: 'OAuth2' });
    await entra.waitFor();
    const [popup] = await Promise.all([
        page.waitForEvent('popup'),
        entra.locator('button.authorize').click(),
    ]);
    await popup.getByText('Analyst', { exact: false }).first().waitFor();
    await popup.screenshot({ path: join(tools, 'browser-accounts.png') });
    const closed = popup.waitForEvent('close');
    await popup.getByRole('button', { name: /Analyst/ }).or(popup.getByRole('link', { name: /Analyst/ })).first().click();
    await closed;
    await entra.getByText('Logout').waitFor();
    check(true, 'the popup signs the Analyst in and closes by itself');
    await dialog.locator('button.close-modal').click();
}

async function tryOut(page, operation) {
    const block = page.locator('.opblock', { has: page.locator(`.opblock-summary-path[data-path="${operation}"]`) });
    const get = block.filter({ has: page.locator('.opblock-summary-method', { hasText: 'GET' }) }).first();
    await get.locator('.opblock-summary').click();
    await get.getByRole('button', { name: 'Try it out' }).click();
    const [response] = await Promise.all([
        page.waitForResponse((response) => new URL(response.url()).pathname === operation),
        get.getByRole('button', { name: 'Execute' }).click(),
    ]);
    const shown = get.locator('.live-responses-table tbody td.response-col_status').first();
    await shown.waitFor();
    await get.locator('.live-responses-table').first().scrollIntoViewIfNeeded();
    return { status: response.status(), shown: (await shown.innerText()).trim() };
}

async function main() {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-browser-'));
    const complaints = [];
    const desk = await startDesk(folder);
    const browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
        executablePath: '/usr/bin/chromium',
        headless: true,
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
        viewport: { width: 1280, height: 1000 },
    });
    browser.setDefaultTimeout(DEADLINE);
    browser.on('page', (page) => watch(page, complaints));
    const page = browser.pages()[0] ?? (await browser.newPage());
    watch(page, complaints);
    try {
        await page.goto(`${desk.url}/docs`, { waitUntil: 'networkidle' });
        await page.locator('.opblock').first().waitFor();
        check(true, 'the page lists operations');
        await signInAsAnalyst(page);
        const answer = await tryOut(page, '/api/v1/reports');
        check(answer.status === 200 && answer.shown.startsWith('200'), 'Try it out on GET /api/v1/reports shows 200');
        const elsewhere = await page.evaluate(() => performance.getEntriesByType('resource').map((entry) => entry.name));
        const hosts = new Set(elsewhere.map((name) => new URL(name).hostname));
        check([...hosts].every((host) => ['127.0.0.1', 'localhost', ''].includes(host)), 'nothing is loaded from elsewhere');
        check(complaints.length === 0, `no violation, no console error, no failed request${complaints.map((it) => `\n  ${it}`).join('')}`);
    } finally {
        await page.screenshot({ path: join(tools, 'browser-docs.png'), fullPage: false });
        await browser.close();
        const ended = new Promise((done) => desk.child.once('close', done));
        desk.child.removeAllListeners('exit');
        desk.child.kill('SIGTERM');
        await ended;
        rmSync(folder, { recursive: true, force: true });
    }
}

await main().then(
    () => console.log('the page works in a browser'),
    (error) => {
        console.error(`FAILED: ${error.message}`);
        process.exitCode = 1;
    },
);
