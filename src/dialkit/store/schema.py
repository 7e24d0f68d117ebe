"""All tables, in one place. Times are seconds since 1970; what is JSON says so by its name."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY,
    once TEXT UNIQUE,               -- the caller's own key: the same again sends nothing
    batch TEXT,                     -- what was sent together: an intro, parts of many recipients
    operation TEXT NOT NULL,
    effect_key TEXT NOT NULL,       -- sender, recipients, text: what a likely repeat has in common
    sender TEXT,
    recipients_json TEXT NOT NULL,
    text TEXT,
    request_json TEXT NOT NULL,     -- method, path, body; never the key
    state TEXT NOT NULL,            -- planned, sending, accepted, refused, unknown
    result_json TEXT,               -- the answer, or the error
    note TEXT,                      -- why it is in that state, in words
    who TEXT NOT NULL,              -- user, machine, process
    planned_at REAL NOT NULL,
    sending_at REAL,
    done_at REAL,
    attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS outbox_by_effect ON outbox (effect_key, planned_at);
CREATE INDEX IF NOT EXISTS outbox_by_state ON outbox (state, planned_at);
CREATE INDEX IF NOT EXISTS outbox_by_batch ON outbox (batch);

CREATE TABLE IF NOT EXISTS template (
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL
);

CREATE TABLE IF NOT EXISTS opt_out (
    account TEXT NOT NULL,          -- the fingerprint of key and host
    number TEXT NOT NULL,           -- E.164
    state TEXT NOT NULL,            -- opted_out, opted_in
    source TEXT NOT NULL,           -- service, reply
    at REAL NOT NULL,
    PRIMARY KEY (account, number)
);

CREATE TABLE IF NOT EXISTS note (   -- small facts with a time: when a list was last read, and the like
    name TEXT PRIMARY KEY,
    value_json TEXT NOT NULL,
    at REAL NOT NULL
);

CREATE TABLE IF NOT EXISTS company (  -- companies that only we know: the API has no such object
    name TEXT PRIMARY KEY COLLATE NOCASE,
    details_json TEXT NOT NULL,
    created_at REAL NOT NULL
);

CREATE TABLE IF NOT EXISTS disposition_color (  -- the API keeps no colour
    host TEXT NOT NULL,             -- the base URL: ids are one host's, whatever the key
    disposition_id TEXT NOT NULL,
    color TEXT NOT NULL,
    PRIMARY KEY (host, disposition_id)
);

CREATE TABLE IF NOT EXISTS import_job (
    id INTEGER PRIMARY KEY,
    file_key TEXT NOT NULL UNIQUE,  -- path, size and hash of the file, account, mapping
    path TEXT NOT NULL,
    options_json TEXT NOT NULL,
    started_at REAL NOT NULL,
    finished_at REAL
);
CREATE TABLE IF NOT EXISTS import_row (
    job INTEGER NOT NULL,
    row INTEGER NOT NULL,
    state TEXT NOT NULL,            -- sending, created, updated, unchanged, written, failed, unknown
    contact_id TEXT,
    reason TEXT,
    at REAL NOT NULL,
    PRIMARY KEY (job, row)
) WITHOUT ROWID;
"""
