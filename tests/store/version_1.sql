BEGIN TRANSACTION;
CREATE TABLE company (  -- companies that only we know: the API has no such object
    name TEXT PRIMARY KEY COLLATE NOCASE,
    details_json TEXT NOT NULL,
    created_at REAL NOT NULL
);
INSERT INTO "company" VALUES('Acme Corp','{}',1.79576976221373558039e+09);
CREATE TABLE disposition_color (  -- the API keeps no colour
    host TEXT NOT NULL,             -- the base URL: ids are one host's, whatever the key
    disposition_id TEXT NOT NULL,
    color TEXT NOT NULL,
    PRIMARY KEY (host, disposition_id)
);
CREATE TABLE import_job (
    id INTEGER PRIMARY KEY,
    file_key TEXT NOT NULL UNIQUE,  -- path, size and hash of the file, account, mapping
    path TEXT NOT NULL,
    options_json TEXT NOT NULL,
    started_at REAL NOT NULL,
    finished_at REAL
);
CREATE TABLE import_row (
    job INTEGER NOT NULL,
    row INTEGER NOT NULL,
    state TEXT NOT NULL,            -- sending, created, updated, unchanged, written, failed, unknown
    contact_id TEXT,
    reason TEXT,
    at REAL NOT NULL,
    PRIMARY KEY (job, row)
) WITHOUT ROWID;
CREATE TABLE note (   -- small facts with a time: when a list was last read, and the like
    name TEXT PRIMARY KEY,
    value_json TEXT NOT NULL,
    at REAL NOT NULL
);
INSERT INTO "note" VALUES('opt_outs fafb95a0b82b63ac','"read"',1.79576976198679184914e+09);
CREATE TABLE opt_out (
    account TEXT NOT NULL,          -- the fingerprint of key and host
    number TEXT NOT NULL,           -- E.164
    state TEXT NOT NULL,            -- opted_out, opted_in
    source TEXT NOT NULL,           -- service, reply
    at REAL NOT NULL,
    PRIMARY KEY (account, number)
);
INSERT INTO "opt_out" VALUES('fafb95a0b82b63ac','+12015550136','opted_out','service',1.79576976198679184914e+09);
INSERT INTO "opt_out" VALUES('fafb95a0b82b63ac','+12015550134','opted_out','service',1.79576976198679184914e+09);
INSERT INTO "opt_out" VALUES('fafb95a0b82b63ac','+12015550133','opted_out','service',1.79576976198679184914e+09);
INSERT INTO "opt_out" VALUES('fafb95a0b82b63ac','+12015550132','opted_out','service',1.79576976198679184914e+09);
CREATE TABLE outbox (
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
INSERT INTO "outbox" VALUES(1,'first',NULL,'sms.send','bbb436b05264b880c868fd65540e1770356e250c3355c8110e4717b90f5b4840','+15035550142','["+14155550123"]','Hello','{"method": "POST", "path": "/api/v2/sms", "body": {"to_numbers": ["+14155550123"], "from_number": "+15035550142", "text": "Hello"}}','accepted','{"status": 200, "body": {"contact_id": "6018273645019283", "created_date": "2026-03-05T17:00:00", "device_type": "public_api", "direction": "outbound", "from_number": "+15035550142", "id": "7889407682721666", "message_status": "pending", "target_id": "5391827364501928", "target_type": "user", "text": "Hello", "to_numbers": ["+14155550123"], "user_id": "5391827364501928"}}','delivery pending','ada@shop.example 31863 562162',1.79576976204724788666e+09,1.7957697620517227649e+09,1.79576976205472517008e+09,1);
INSERT INTO "outbox" VALUES(2,NULL,NULL,'sms.send','8d40203ea8aa2ff7268b98288d8f48acba8386f38f866802e06b07768dab22a1','+15035550142','["+14155550124"]','Lost','{"method": "POST", "path": "/api/v2/sms", "body": {"to_numbers": ["+14155550124"], "from_number": "+15035550142", "text": "Lost"}}','unknown','{"code": "outcome_unknown", "message": "sms.send: the connection broke (Connection reset by peer (os error 104)); it may have been carried out", "hint": "dialpad outbox resolve 2 looks for evidence; do not send it again before you know", "status": null, "operation": "sms.send", "retryable": false}','sms.send: the connection broke (Connection reset by peer (os error 104)); it may have been carried out','ada@shop.example 31863 562162',1.79576976206862282754e+09,1.79576976208523964887e+09,1.79576976209989309313e+09,1);
INSERT INTO "outbox" VALUES(3,NULL,NULL,'sms.send','5f754fe3ec20b43eaa8a53c6f2eb0683bcc2c239fc3538acb0bde8019005645e','+15035550142','["+14155550125"]','No','{"method": "POST", "path": "/api/v2/sms", "body": {"to_numbers": ["+14155550125"], "from_number": "+15035550142", "text": "No"}}','refused','{"code": "validation_failed", "message": "Bad Request (HTTP 400, sms.send)", "hint": "see what it takes: dialpad sms.send --help", "status": 400, "operation": "sms.send", "retryable": false}','Bad Request (HTTP 400, sms.send)','ada@shop.example 31863 562162',1.79576976211094069485e+09,1.79576976212527275088e+09,1.79576976213118171691e+09,1);
INSERT INTO "outbox" VALUES(4,NULL,NULL,'bulk_messages.send','503d51139903496d4edae036e068b895737f38bcfbb8da8c96fbf22798c46201','+15035550142','["+14155550130", "+14155550131"]','Sale!','{"method": "POST", "path": "/api/v2/message/bulk", "body": {"from_number": "+15035550142", "text": "Sale!", "to_numbers": ["+14155550130", "+14155550131"]}}','accepted','{"status": 200, "body": {"bulk_message": {"bulk_message_id": "ahBkaWFscGFkLWJ1bGstODQzMTQ3NTkxNzUxOTY0OA", "classified_spam": false, "created_date": "1772730000", "from_number": "+15035550142", "num_recipients": "2", "recipients": [{"attempted_send": false, "delivery_method": "sms", "phone_number": "+14155550130"}, {"attempted_send": false, "delivery_method": "sms", "phone_number": "+14155550131"}], "sms_has_errors": false, "status": "pending", "text": "Sale!", "user_id": "5391827364501928"}, "message": "Bulk message created.", "success": true}}',NULL,'ada@shop.example 31863 562162',1.79576976216145181653e+09,1.79576976217724204069e+09,1.79576976218130588531e+09,1);
CREATE TABLE template (
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL
);
INSERT INTO "template" VALUES('welcome','Hi {name}',1.79576976219639301303e+09,1.79576976219639301303e+09);
CREATE INDEX outbox_by_effect ON outbox (effect_key, planned_at);
CREATE INDEX outbox_by_state ON outbox (state, planned_at);
CREATE INDEX outbox_by_batch ON outbox (batch);
PRAGMA user_version = 1;
COMMIT;
