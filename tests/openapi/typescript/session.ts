// What both programs share: where the desk is, who asks, and what they insist on.

/** A running service, and a token of each role. */
export type Session = { url: string; tokens: Record<string, string> };

/** One use of one operation; it throws when the answer is not what its type says. */
export type Use = () => Promise<void>;

/** A body that must be there: the answer was a success. */
export function body<T>(answer: { data?: T | undefined; error?: unknown }): T {
    if (answer.data === undefined) throw new Error(`refused: ${JSON.stringify(answer.error)}`);
    return answer.data;
}

/** A header that must be there, readable by a page. */
export function header(response: Response | undefined, name: string): string {
    const value = response?.headers.get(name);
    if (!value) throw new Error(`no ${name}`);
    return value;
}

/** Fails with `what` unless it holds. */
export function insist(holds: boolean, what: string): void {
    if (!holds) throw new Error(what);
}

/** Runs every use in the order written. */
export async function runAll(client: string, uses: Record<string, Use>): Promise<number> {
    let failed = 0;
    for (const [operation, use] of Object.entries(uses)) {
        try {
            await use();
            console.log(`${client} ${operation} ... ok`);
        } catch (error) {
            failed += 1;
            console.log(`${client} ${operation} ... FAILED\n`, error);
        }
    }
    return failed;
}
