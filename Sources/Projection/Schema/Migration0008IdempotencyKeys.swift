extension ProjectionSchema {
    /// The answers of writes that only touch the database, for requests that are repeated with the same key.
    ///
    /// A row is written in the transaction of its write, so that there is one exactly when the write has happened. An answer that held a
    /// secret is not kept: its body is null.
    static let idempotencyKeys = """
        create table idempotency_keys (
            principal text not null,
            operation_id text not null,
            key text not null,
            request_digest text not null,
            answer_status integer,
            answer_body jsonb,
            answer_tag text,
            created_at timestamptz not null,
            expires_at timestamptz not null,
            primary key (principal, operation_id, key)
        );
        create index idempotency_keys_expiry on idempotency_keys (expires_at);
        """
}
