"""The tables of the inbox: events as they came, and what they make of texts and calls.

A `position` orders texts and calls by their time, without ties: milliseconds since 1970 times `SLOTS`, and a
place within the millisecond. It is below 2^53, so that programs of any language can page by it. Ids are what
Dialpad calls things, as text; times are seconds since 1970.
"""

SLOTS = 2048  # places within a millisecond

TABLES = """
CREATE TABLE IF NOT EXISTS event (
    id {id} AUTOINCREMENT,          -- programs know by it what they had, so none is given again
    kind TEXT NOT NULL,             -- sms, call, contact, agent_status, changelog, channel, fax, unknown
    identity TEXT NOT NULL UNIQUE,  -- what a redelivery has in common with the first
    happened_at DOUBLE PRECISION,               -- by the event's own word
    received_at DOUBLE PRECISION NOT NULL,
    body TEXT NOT NULL,             -- exactly what was posted: JSON, or a signed token
    payload_json TEXT NOT NULL,
    source TEXT NOT NULL,           -- serve, listen, sync, trigger
    duplicates INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS event_by_kind ON event (kind, id);
CREATE INDEX IF NOT EXISTS event_by_time ON event (received_at);

CREATE TABLE IF NOT EXISTS thread ( -- one of our numbers and one of theirs
    id {id},
    ours TEXT NOT NULL,             -- E.164, or what was told instead
    theirs TEXT NOT NULL,
    target_type TEXT,               -- whose line it is: user, office, department…
    target_id TEXT,
    target_name TEXT,
    contact_id TEXT,
    contact_name TEXT,
    last_position BIGINT NOT NULL,
    messages INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0,
    UNIQUE (theirs, ours)
);
CREATE INDEX IF NOT EXISTS thread_by_last ON thread (last_position);
CREATE INDEX IF NOT EXISTS thread_unread ON thread (last_position) WHERE unread > 0;

CREATE TABLE IF NOT EXISTS message ( -- a text in a thread; one to several people is in a thread of each
    position BIGINT PRIMARY KEY,
    id TEXT NOT NULL,
    thread BIGINT NOT NULL,
    direction TEXT NOT NULL,        -- inbound, outbound
    text TEXT,                      -- null where nobody told us
    redacted INTEGER NOT NULL DEFAULT 0, -- taken out here: no event brings it back
    mms INTEGER NOT NULL DEFAULT 0,
    media_url TEXT,
    status TEXT,                    -- pending, sent, delivered, undelivered, failed
    result TEXT,                    -- accepted, no_route…
    status_at DOUBLE PRECISION NOT NULL,        -- when it came to that
    at DOUBLE PRECISION NOT NULL,               -- when it was made
    sender_id TEXT,                 -- of a group's line: the user who wrote
    is_internal INTEGER NOT NULL DEFAULT 0,
    read_at DOUBLE PRECISION,
    source TEXT NOT NULL,           -- event, export
    UNIQUE (id, thread)
);
CREATE INDEX IF NOT EXISTS message_by_thread ON message (thread, position);
CREATE INDEX IF NOT EXISTS message_unread ON message (thread, position)
    WHERE read_at IS NULL AND direction = 'inbound';
CREATE INDEX IF NOT EXISTS message_from_export ON message (thread, position) WHERE source = 'export';

CREATE TABLE IF NOT EXISTS leg (    -- a leg of a call, as far as events and the list of calls tell
    id TEXT PRIMARY KEY,
    whole TEXT NOT NULL,            -- what all legs of one call have in common
    state TEXT,
    state_at DOUBLE PRECISION NOT NULL,
    told_json TEXT NOT NULL         -- fields that are worth keeping: the last word on each, and from when
);
CREATE INDEX IF NOT EXISTS leg_by_whole ON leg (whole);

CREATE TABLE IF NOT EXISTS leg_tie ( -- ids that belong to one call, those of legs not yet told of among them
    id TEXT PRIMARY KEY,
    whole TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS leg_tie_by_whole ON leg_tie (whole);

CREATE TABLE IF NOT EXISTS phone_call ( -- a whole call, made of its legs
    whole TEXT PRIMARY KEY,
    id TEXT NOT NULL,               -- of the leg by which it came in
    position BIGINT NOT NULL UNIQUE,
    direction TEXT,
    outcome TEXT NOT NULL,          -- answered, missed, voicemail, blocked, unanswered, unknown, live
    number TEXT,                    -- theirs
    ours TEXT,
    contact_name TEXT,
    target_type TEXT,
    target_id TEXT,
    target_name TEXT,
    answered_by TEXT,
    started_at DOUBLE PRECISION NOT NULL,
    connected_at DOUBLE PRECISION,
    ended_at DOUBLE PRECISION,
    duration DOUBLE PRECISION,                  -- seconds while connected; null is unknown
    legs INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS phone_call_by_number ON phone_call (number, position);

CREATE TABLE IF NOT EXISTS voicemail (
    id TEXT PRIMARY KEY,            -- of the recording, else of the leg
    whole TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    duration DOUBLE PRECISION,                  -- seconds
    link TEXT,
    text TEXT,                      -- what was said
    redacted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS voicemail_by_time ON voicemail (at);
CREATE INDEX IF NOT EXISTS voicemail_by_whole ON voicemail (whole);
"""

# Words of texts, one row for each text that has any; see `dialkit.inbox.words`.
WORDS = {
    "sqlite": """
CREATE VIRTUAL TABLE IF NOT EXISTS message_words USING fts5(terms, tokenize = "ascii tokenchars '$'");
""",
    "postgresql": """
CREATE TABLE IF NOT EXISTS message_words (rowid BIGINT PRIMARY KEY, terms TSVECTOR NOT NULL);
CREATE INDEX IF NOT EXISTS message_words_by_term ON message_words USING gin (terms)
    WITH (gin_pending_list_limit = 256);  -- kB: each search reads through what is pending
""",
}
