// Types by openapi-typescript, calls by openapi-fetch. Each operation of the document has a line in `uses`: one that is
// missing, or that the document no longer has, does not compile.

import createClient from 'openapi-fetch';

import type { operations, paths } from './generated/desk.js';
import { type Session, type Use, body, header, insist, runAll } from './session.js';

export function run({ url, tokens }: Session): Promise<number> {
    const as = (role: string) =>
        createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${tokens[role]}` } });
    const [viewer, analyst, admin, ingest] = [as('Viewer'), as('Analyst'), as('Admin'), as('Ingest')];
    const manager = as('PM');
    const symbol = 'ALPN';
    let id = '';
    let etag = '';
    let portfolio = '';
    let valuation = '';

    const uses = {
        health: async () => {
            const health = body(await createClient<paths>({ baseUrl: url }).GET('/health'));
            insist(health.authentication === 'required', health.authentication);
        },
        get_me: async () => {
            const me = body(await analyst.GET('/api/v1/me'));
            insist(me.operations.includes('create_report'), me.operations.join());
        },
        list_instruments: async () => {
            const first = body(await viewer.GET('/api/v1/instruments', { params: { query: { limit: 2 } } }));
            insist(first.items.length === 2, 'a page of two');
            const cursor = first.next_cursor;
            if (cursor === null) throw new Error('more than two instruments');
            const next = body(await viewer.GET('/api/v1/instruments', { params: { query: { limit: 2, cursor } } }));
            insist(next.items[0]?.symbol !== first.items[0]?.symbol, 'the next page is another one');
        },
        get_instrument: async () => {
            const instrument = body(await viewer.GET('/api/v1/instruments/{symbol}', { params: { path: { symbol } } }));
            insist(instrument.kind === 'equity' || instrument.kind === 'fund', instrument.kind);
        },
        list_prices: async () => {
            const params = { path: { symbol }, query: { limit: 1 } };
            const page = body(await viewer.GET('/api/v1/instruments/{symbol}/prices', { params }));
            insist(page.items.every((price) => price.close > 0), 'prices are above zero');
        },
        put_prices: async () => {
            const rows = [{ date: '2026-01-30', close: 41.5 }];
            const stored = body(
                await ingest.PUT('/api/v1/instruments/{symbol}/prices', { params: { path: { symbol } }, body: { rows } }),
            );
            insist(stored.rows === 1, `${stored.rows} rows`);
        },
        create_report: async () => {
            const answer = await analyst.POST('/api/v1/reports', { body: { symbol, title: 'Milk', body: '' } });
            id = body(answer).id;
            etag = header(answer.response, 'etag');
            insist(header(answer.response, 'location') === `/api/v1/reports/${id}`, 'where it is');
        },
        list_reports: async () => {
            const page = body(await analyst.GET('/api/v1/reports', { params: { query: { status: 'draft', search: 'milk' } } }));
            insist(page.items.some((report) => report.id === id), 'the draft is listed to its author');
        },
        get_report: async () => {
            const { response, error } = await viewer.GET('/api/v1/reports/{id}', { params: { path: { id } } });
            insist(response.status === 404 && error?.code === 'report_not_found', `hidden: ${JSON.stringify(error)}`);
            const params = { path: { id }, header: { 'If-None-Match': etag } };
            const again = await analyst.GET('/api/v1/reports/{id}', { params });
            insist(again.response.status === 304 && again.data === undefined, `kept: ${again.response.status}`);
        },
        get_report_markdown: async () => {
            const params = { path: { id } };
            const text = body(await analyst.GET('/api/v1/reports/{id}/markdown', { params, parseAs: 'text' }));
            insist(/^# Milk.*\n/.test(text), text);
        },
        review_report: async () => {
            const params = { query: { report_id: id } };
            const { messages } = body(await analyst.GET('/api/v1/prompts/review-report', { params }));
            insist(messages.map((it) => it.role).join() === 'user,user', JSON.stringify(messages));
        },
        update_report: async () => {
            const params = { path: { id }, header: { 'If-Match': etag } };
            const revised = { symbol, title: 'Milk prices turn', body: '' };
            const report = body(await analyst.PUT('/api/v1/reports/{id}', { params, body: revised }));
            insist(report.version === 2, `version ${report.version}`);
            const { error } = await analyst.PUT('/api/v1/reports/{id}', { params, body: revised });
            insist(error?.code === 'precondition_failed', `the old version: ${JSON.stringify(error)}`);
        },
        publish_report: async () => {
            const report = body(await analyst.POST('/api/v1/reports/{id}/publish', { params: { path: { id } } }));
            insist(report.status === 'published', report.status);
        },
        delete_report: async () => {
            const { response } = await admin.DELETE('/api/v1/reports/{id}', { params: { path: { id } } });
            insist(response.status === 204, `${response.status}`);
        },
        create_portfolio: async () => {
            const answer = await manager.POST('/api/v1/portfolios', { body: { name: 'Growth', currency: 'USD' } });
            portfolio = body(answer).id;
        },
        put_position: async () => {
            const params = { path: { id: portfolio, symbol: 'CRDN' } };
            const held = body(
                await manager.PUT('/api/v1/portfolios/{id}/positions/{symbol}', { params, body: { quantity: 7 } }),
            );
            insist(held.positions[0]?.symbol === 'CRDN', JSON.stringify(held.positions));
        },
        get_portfolio: async () => {
            const params = { path: { id: portfolio } };
            const read = body(await viewer.GET('/api/v1/portfolios/{id}', { params }));
            insist(read.currency === 'USD', read.currency);
        },
        list_portfolios: async () => {
            const page = body(await viewer.GET('/api/v1/portfolios'));
            insist(page.items.some((item) => item.id === portfolio), 'the new one is listed');
        },
        value_portfolio: async () => {
            const params = { path: { id: portfolio } };
            const { response } = await analyst.POST('/api/v1/portfolios/{id}/valuations', { params, body: {} });
            insist(response.status === 202, `${response.status}`);
            valuation = header(response, 'location').split('/').pop() ?? '';
        },
        watch_valuation: async () => {
            const params = { path: { id: valuation } };
            const answer = await analyst.GET('/api/v1/valuations/{id}/events', { params, parseAs: 'text' });
            insist(/event: done\n/.test(body(answer)), body(answer));
        },
        get_valuation: async () => {
            const read = body(await manager.GET('/api/v1/valuations/{id}', { params: { path: { id: valuation } } }));
            insist((read.result?.value_at_risk ?? 0) > 0, JSON.stringify(read));
        },
        explain_portfolio_risk: async () => {
            const params = { query: { portfolio_id: portfolio } };
            const { messages } = body(await manager.GET('/api/v1/prompts/explain-portfolio-risk', { params }));
            const [, facts] = messages;
            insist(facts?.content.type === 'text' && /Value at risk/.test(facts.content.text), JSON.stringify(messages));
        },
        list_audit: async () => {
            const params = { query: { surface: 'rest', limit: 100 } } as const;
            const entries = body(await admin.GET('/api/v1/audit', { params })).items;
            const refused = entries.find((entry) => entry.operation === 'update_report' && entry.status === 412);
            insist(refused?.code === 'precondition_failed', JSON.stringify(entries));
        },
    } satisfies Record<keyof operations, Use>;
    return runAll('openapi-fetch', uses);
}
