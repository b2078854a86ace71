extension ProjectionSchema {
    /// What REST callers want written, recorded before Kubernetes is asked.
    static let writeIntents = """
        create table write_intents (
            id uuid primary key,
            kind text not null check (kind in ('Tenant', 'AccessPolicy', 'ClusterTenant')),
            namespace text not null default '',
            name text not null,
            action text not null,
            payload jsonb not null,
            object_uid text,
            object_version text,
            actor text not null,
            request_id text not null,
            operation_id text not null,
            idempotency_key text,
            request_digest text,
            state text not null default 'open' check (state in ('open', 'applied', 'failed')),
            attempts integer not null default 1,
            next_attempt_at timestamptz not null,
            last_error text,
            answer_status integer,
            answer_body jsonb,
            audit_id bigint not null,
            created_at timestamptz not null,
            updated_at timestamptz not null,
            closed_at timestamptz
        );
        create unique index write_intents_idempotency on write_intents (actor, idempotency_key) where idempotency_key is not null;
        create index write_intents_due on write_intents (next_attempt_at) where state = 'open';
        create index write_intents_open_objects on write_intents (kind, namespace, name) where state = 'open';
        """
}
