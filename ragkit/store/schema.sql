-- The knowledge base's database. SQLite is the source of truth; the Chroma folder beside it mirrors the vectors.
CREATE TABLE property (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- AUTOINCREMENT: keys are never given twice, so whatever is cached under a key stays true.
CREATE TABLE version (
    version_key INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL,
    version TEXT NOT NULL,
    title TEXT NOT NULL,
    reference_number TEXT,
    owner TEXT,
    approver TEXT,
    status TEXT NOT NULL,
    site TEXT,
    applies_to TEXT NOT NULL,
    audience TEXT NOT NULL,
    roles TEXT NOT NULL,
    original_date TEXT,
    effective_date TEXT,
    revised_date TEXT,
    last_reviewed TEXT,
    review_due TEXT,
    retired_date TEXT,
    supersedes TEXT,
    source TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    chunk_count INTEGER NOT NULL,
    embedding_fingerprint TEXT NOT NULL,
    stored_at TEXT NOT NULL,
    removed_at TEXT,
    -- 1 once Chroma holds the vectors of all its chunks.
    mirrored INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX version_in_use ON version (document_id, version, COALESCE(site, '')) WHERE removed_at IS NULL;
CREATE INDEX version_of_document ON version (document_id);

CREATE TABLE content (
    version_key INTEGER PRIMARY KEY REFERENCES version (version_key),
    text TEXT NOT NULL,
    -- The Document as JSON, without its text.
    document TEXT NOT NULL
);

CREATE TABLE embedding (
    embedding_id INTEGER PRIMARY KEY AUTOINCREMENT,
    fingerprint TEXT NOT NULL,
    text_hash BLOB NOT NULL,
    -- Little-endian float32.
    vector BLOB NOT NULL
);
CREATE UNIQUE INDEX embedding_of_text ON embedding (text_hash, fingerprint);

CREATE TABLE chunk (
    chunk_id INTEGER PRIMARY KEY AUTOINCREMENT,
    version_key INTEGER NOT NULL REFERENCES version (version_key),
    chunk_index INTEGER NOT NULL,
    embedding_id INTEGER NOT NULL REFERENCES embedding (embedding_id),
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    first_block INTEGER NOT NULL,
    last_block INTEGER NOT NULL,
    page INTEGER,
    token_count INTEGER NOT NULL,
    context_spans TEXT NOT NULL,
    section TEXT NOT NULL,
    text TEXT NOT NULL,
    -- What embedding_text has before text. NULL: embedding_text does not end with text and is kept whole.
    embedding_prefix TEXT,
    embedding_text TEXT
);
CREATE UNIQUE INDEX chunk_of_version ON chunk (version_key, chunk_index);
CREATE INDEX chunk_of_embedding ON chunk (embedding_id);

-- rowid = chunk_id. The words as they are searched for (see searchable_text), not as they are shown.
CREATE VIRTUAL TABLE chunk_words USING fts5 (heading, body, tokenize = "porter unicode61 remove_diacritics 2");

-- Chunks that Chroma may still hold and should not.
CREATE TABLE unmirror (
    chunk_id INTEGER PRIMARY KEY
);

CREATE TABLE source (
    source TEXT NOT NULL,
    site TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    settings_hash TEXT NOT NULL,
    version_key INTEGER REFERENCES version (version_key),
    remarks TEXT NOT NULL,
    PRIMARY KEY (source, site)
) WITHOUT ROWID;

INSERT INTO property (name, value) VALUES ('revision', '0');
