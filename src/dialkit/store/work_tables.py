"""The tables of what follows from events, and of those who listen for them."""

TABLES = """
CREATE TABLE IF NOT EXISTS delivery ( -- an event that is to be brought to a target
    id {id},
    event_id BIGINT NOT NULL,
    target TEXT NOT NULL,           -- url:http://…, exec:/path, handler:name
    state TEXT NOT NULL,            -- waiting, claimed, done, dead, dropped
    attempts INTEGER NOT NULL DEFAULT 0,
    added_at DOUBLE PRECISION NOT NULL,
    first_at DOUBLE PRECISION,      -- the first attempt: a day after it, it is given up
    next_at DOUBLE PRECISION NOT NULL,
    claimed_by TEXT,
    claimed_until DOUBLE PRECISION,
    done_at DOUBLE PRECISION,
    last_error TEXT,
    UNIQUE (event_id, target)
);
CREATE INDEX IF NOT EXISTS delivery_waiting ON delivery (target, next_at) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS delivery_claimed ON delivery (target, claimed_until) WHERE state = 'claimed';
CREATE INDEX IF NOT EXISTS delivery_open ON delivery (state, id)
    WHERE state IN ('waiting', 'claimed', 'dead');

CREATE TABLE IF NOT EXISTS listener ( -- what `dialpad listen` made at Dialpad, written down before it is made
    id {id},
    account TEXT NOT NULL,          -- the fingerprint of key and host
    mark TEXT NOT NULL,             -- SHA-256 of the secret that its websocket was made with: whose it is
    websocket_id TEXT,
    subscriptions_json TEXT NOT NULL, -- [operation that deletes, id]
    started_at DOUBLE PRECISION NOT NULL,
    heard_at DOUBLE PRECISION       -- until when it was certainly connected
);
"""
