// The client that @hey-api/openapi-ts writes: one function for each operation. A function without a line in `uses`, or a
// line without a function, does not compile.

import { createClient } from './generated/sdk/client/index.js';
import * as sdk from './generated/sdk/sdk.gen.js';
import { type Session, type Use, body, header, insist, runAll } from './session.js';

export function run({ url, tokens }: Session): Promise<number> {
    const as = (role: string) => createClient({ baseUrl: url, auth: () => tokens[role] });
    const [viewer, analyst, admin, ingest] = [as('Viewer'), as('Analyst'), as('Admin'), as('Ingest')];
    const manager = as('PM');
    const path = { symbol: 'ALPN' };
    const draft = { ...path, title: 'Milk', body: '' };
    let id = '';
    let etag = '';
    let portfolio = '';
    let valuation = '';

    const uses = {
        health: async () => {
            const health = body(await sdk.health({ client: createClient({ baseUrl: url }) }));
            insist(health.status === 'ok', health.status);
        },
        getMe: async () => {
            const me = body(await sdk.getMe({ client: ingest }));
            insist(me.kind === 'application', me.kind);
        },
        listInstruments: async () => {
            const page = body(await sdk.listInstruments({ client: viewer, query: { limit: 1 } }));
            insist(page.items.length === 1, 'a page of one');
        },
        getInstrument: async () => {
            const instrument = body(await sdk.getInstrument({ client: viewer, path }));
            insist(instrument.currency.length === 3, instrument.currency);
        },
        listPrices: async () => {
            const page = body(await sdk.listPrices({ client: viewer, path, query: { from: '2026-01-01', limit: 3 } }));
            insist(page.items.length === 3, `${page.items.length} prices`);
        },
        putPrices: async () => {
            const rows = [{ date: '2026-01-30', close: 42 }];
            const stored = body(await sdk.putPrices({ client: ingest, path, body: { rows } }));
            insist(stored.symbol === path.symbol, stored.symbol);
        },
        createReport: async () => {
            const answer = await sdk.createReport({ client: analyst, body: draft });
            id = body(answer).id;
            etag = header(answer.response, 'etag');
        },
        listReports: async () => {
            const page = body(await sdk.listReports({ client: admin, query: { status: 'draft' } }));
            insist(page.items.some((report) => report.id === id), 'an administrator sees every draft');
        },
        getReport: async () => {
            const report = body(await sdk.getReport({ client: analyst, path: { id } }));
            insist(report.published_at === null, 'a draft');
            const headers = { 'If-None-Match': etag };
            const { response } = await sdk.getReport({ client: analyst, path: { id }, headers });
            insist(response?.status === 304, `kept: ${response?.status}`);
        },
        getReportMarkdown: async () => {
            const text = body(await sdk.getReportMarkdown({ client: analyst, path: { id } }));
            insist(/^# Milk\n/.test(text), text);
        },
        reviewReport: async () => {
            const { messages } = body(await sdk.reviewReport({ client: analyst, query: { report_id: id } }));
            const [, report] = messages;
            const uri = report?.content.type === 'resource' ? report.content.resource.uri : '';
            insist(uri === `desk://reports/${id}`, JSON.stringify(messages));
        },
        updateReport: async () => {
            const headers = { 'If-Match': etag };
            const report = body(await sdk.updateReport({ client: analyst, path: { id }, headers, body: draft }));
            insist(report.version === 2, `version ${report.version}`);
        },
        publishReport: async () => {
            const { error } = await sdk.publishReport({ client: viewer, path: { id } });
            insist(error?.code === 'forbidden', `for analysts only: ${JSON.stringify(error)}`);
            const report = body(await sdk.publishReport({ client: analyst, path: { id } }));
            insist(report.status === 'published', report.status);
        },
        deleteReport: async () => {
            const { response } = await sdk.deleteReport({ client: admin, path: { id } });
            insist(response?.status === 204, `${response?.status}`);
        },
        createPortfolio: async () => {
            const input = { name: 'Growth', currency: 'USD' };
            portfolio = body(await sdk.createPortfolio({ client: manager, body: input })).id;
        },
        putPosition: async () => {
            const position = { id: portfolio, symbol: 'CRDN' };
            const held = body(await sdk.putPosition({ client: manager, path: position, body: { quantity: 7 } }));
            insist(held.positions[0]?.quantity === 7, JSON.stringify(held.positions));
        },
        getPortfolio: async () => {
            const read = body(await sdk.getPortfolio({ client: viewer, path: { id: portfolio } }));
            insist(read.version === 2, `version ${read.version}`);
        },
        listPortfolios: async () => {
            const page = body(await sdk.listPortfolios({ client: viewer, query: { limit: 1 } }));
            insist(page.items[0]?.id === portfolio, 'newest first');
        },
        valuePortfolio: async () => {
            const answer = await sdk.valuePortfolio({ client: manager, path: { id: portfolio }, body: { confidence: 0.99 } });
            valuation = header(answer.response, 'location').split('/').pop() ?? '';
        },
        watchValuation: async () => {
            const { stream } = await sdk.watchValuation({ client: manager, path: { id: valuation } });
            const statuses = [];
            for await (const event of stream) {
                statuses.push(event.status);
                if (event.status !== 'running') break;
            }
            insist(statuses.join() === 'running,done', statuses.join());
        },
        getValuation: async () => {
            const read = body(await sdk.getValuation({ client: admin, path: { id: valuation } }));
            insist(read.result?.positions?.[0]?.symbol === 'CRDN', JSON.stringify(read));
        },
        explainPortfolioRisk: async () => {
            const query = { portfolio_id: portfolio };
            const prompt = body(await sdk.explainPortfolioRisk({ client: manager, query }));
            insist(prompt.messages.length === 2, JSON.stringify(prompt));
        },
        listAudit: async () => {
            const query = { operation: 'value_portfolio', limit: 1 };
            const [entry] = body(await sdk.listAudit({ client: admin, query })).items;
            insist(entry?.status === 202, JSON.stringify(entry));
        },
    } satisfies Record<keyof typeof sdk, Use>;
    return runAll('hey-api', uses);
}
