-- search_text is the title and the body in lower case: SQLite lowers ASCII only, so the application lowers.
CREATE TABLE reports (
    id TEXT NOT NULL PRIMARY KEY,
    symbol TEXT NOT NULL REFERENCES instruments (symbol),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    search_text TEXT NOT NULL,
    status TEXT NOT NULL,
    author_tenant_id TEXT NOT NULL,
    author_object_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    published_at TEXT
);

CREATE INDEX reports_newest_first ON reports (created_at DESC, id);
CREATE INDEX reports_by_symbol ON reports (symbol, created_at DESC, id);
