// Swagger UI in a real browser, as a frontend developer meets it.
//
// Usage: swagger.mjs path/to/app path/to/.tools
//
// Starts `app dev`, opens /docs, signs in as the Analyst through the popup, runs "Try it out" on a guarded operation and
// sees 200. Fails on any violation of the content security policy, any console error and any failed request, and when a file
// of Swagger UI is not its publisher's.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { withDesk } from '../clients/desk.mjs';

const [app, tools] = process.argv.slice(2).map((path) => resolve(path));
const { chromium } = createRequire(join(tools, 'browser', 'package.json'))('playwright-core');
const DEADLINE = 30_000;

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

/** What the runtime carries of Swagger UI, but for its licences. */
const RELEASED = [
    'swagger-ui.css',
    'swagger-ui-bundle.js',
    'oauth2-redirect.html',
    'oauth2-redirect.js',
    'favicon-16x16.png',
    'favicon-32x32.png',
];

async function compareWithRelease(url) {
    for (const name of RELEASED) {
        const response = await fetch(`${url}/docs/${name}`);
        const served = Buffer.from(await response.arrayBuffer());
        const released = readFileSync(join(tools, 'browser', 'node_modules', 'swagger-ui-dist', name));
        check(response.ok && served.equals(released), `${name} is the publisher's`);
    }
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

async function useAsDeveloper({ url }) {
    await compareWithRelease(url);
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-browser-'));
    const complaints = [];
    const browser = await chromium.launchPersistentContext(folder, {
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
        await page.goto(`${url}/docs`, { waitUntil: 'networkidle' });
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
        rmSync(folder, { recursive: true, force: true });
    }
}

await withDesk(app, {}, useAsDeveloper).then(
    () => console.log('the page works in a browser'),
    (error) => {
        console.error(`FAILED: ${error.message}`);
        process.exitCode = 1;
    },
);
