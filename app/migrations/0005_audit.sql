-- Who called what, when, and what came of it. Nothing here is changed later; old rows are deleted.
CREATE TABLE audit (
    id TEXT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    caller_tenant_id TEXT NOT NULL,
    caller_object_id TEXT NOT NULL,
    caller_kind TEXT NOT NULL,
    client_id TEXT,
    operation TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    surface TEXT NOT NULL,
    status BIGINT,
    code TEXT,
    correlation_id TEXT NOT NULL
);

CREATE INDEX audit_newest_first ON audit (at DESC, id);
CREATE INDEX audit_by_caller ON audit (caller_object_id, at DESC, id);
CREATE INDEX audit_by_operation ON audit (operation, at DESC, id);
