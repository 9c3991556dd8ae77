-- For PostgreSQL only. It sorts text by the language that a database was made for, where `BLT.B` may stand behind `BLTA`;
-- SQLite, and what pages and cursors rely on, goes by bytes. An index by bytes also outlives an update of the system's
-- languages, which would leave another one out of order.
ALTER TABLE instruments ALTER COLUMN symbol TYPE TEXT COLLATE "C";
ALTER TABLE prices
    ALTER COLUMN symbol TYPE TEXT COLLATE "C",
    ALTER COLUMN day TYPE TEXT COLLATE "C";
ALTER TABLE reports
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN symbol TYPE TEXT COLLATE "C",
    ALTER COLUMN search_text TYPE TEXT COLLATE "C",
    ALTER COLUMN created_at TYPE TEXT COLLATE "C";
ALTER TABLE portfolios
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN created_at TYPE TEXT COLLATE "C";
ALTER TABLE positions
    ALTER COLUMN portfolio_id TYPE TEXT COLLATE "C",
    ALTER COLUMN symbol TYPE TEXT COLLATE "C";
ALTER TABLE valuations
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN portfolio_id TYPE TEXT COLLATE "C",
    ALTER COLUMN lease_until TYPE TEXT COLLATE "C",
    ALTER COLUMN created_at TYPE TEXT COLLATE "C";
ALTER TABLE valuation_steps ALTER COLUMN valuation_id TYPE TEXT COLLATE "C";
ALTER TABLE audit
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN at TYPE TEXT COLLATE "C",
    ALTER COLUMN caller_object_id TYPE TEXT COLLATE "C",
    ALTER COLUMN operation TYPE TEXT COLLATE "C";
