-- A valuation runs in one process and is read from all. lease_until is how long that process is believed to live: each
-- step moves it on, and a running valuation whose lease is over will never be done.
CREATE TABLE valuations (
    id TEXT NOT NULL PRIMARY KEY,
    portfolio_id TEXT NOT NULL REFERENCES portfolios (id),
    requested_by_tenant_id TEXT NOT NULL,
    requested_by_object_id TEXT NOT NULL,
    parameters TEXT NOT NULL,
    status TEXT NOT NULL,
    steps_done BIGINT NOT NULL,
    steps_total BIGINT NOT NULL,
    result TEXT,
    failure TEXT,
    lease_until TEXT NOT NULL,
    created_at TEXT NOT NULL,
    finished_at TEXT
);

CREATE INDEX valuations_by_age ON valuations (created_at);

CREATE TABLE valuation_steps (
    valuation_id TEXT NOT NULL REFERENCES valuations (id),
    number BIGINT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (valuation_id, number)
);
