CREATE TABLE portfolios (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    manager_tenant_id TEXT NOT NULL,
    manager_object_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);

CREATE INDEX portfolios_newest_first ON portfolios (created_at DESC, id);

CREATE TABLE positions (
    portfolio_id TEXT NOT NULL REFERENCES portfolios (id),
    symbol TEXT NOT NULL REFERENCES instruments (symbol),
    quantity BIGINT NOT NULL,
    PRIMARY KEY (portfolio_id, symbol)
);
