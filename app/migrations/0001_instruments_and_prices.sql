-- Identifiers, dates and timestamps are text of one fixed width, so that both databases compare them alike.
CREATE TABLE instruments (
    symbol TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    currency TEXT NOT NULL
);

CREATE TABLE prices (
    symbol TEXT NOT NULL REFERENCES instruments (symbol),
    day TEXT NOT NULL,
    close DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (symbol, day)
);

-- What the desk covers. Reference data: every deployment needs it, and no operation adds to it.
INSERT INTO instruments (symbol, name, kind, currency) VALUES
    ('ALPN', 'Alpine Dairy', 'equity', 'CHF'),
    ('BLT.B', 'Baltic Lines B', 'equity', 'SEK'),
    ('CRDN', 'Corridor Semiconductors', 'equity', 'USD'),
    ('DLTA', 'Delta Water Works', 'equity', 'EUR'),
    ('EMBR', 'Ember Grid', 'equity', 'GBP'),
    ('FLD500', 'Field Large Companies Fund', 'fund', 'USD'),
    ('GLT10', 'Gilt Ten Year Fund', 'fund', 'GBP'),
    ('HRBR', 'Harbour Insurance', 'equity', 'USD');
