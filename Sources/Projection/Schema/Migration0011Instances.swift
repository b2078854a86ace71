extension ProjectionSchema {
    /// The instances, and what their machines reported at their first start.
    ///
    /// A row outlives its instance: it is marked as deleted, keeps its key, so that a repeated order is recognised, and frees its host's name.
    /// What runs is not in the row but in the tenant it made. `due_at` says when the reconciler looks at it next, `lease_until` until when a
    /// replica is at it. The lines of the log name their tenant by uid and refer to no row; they are never changed or removed.
    static let instances = """
        create table instances (
            id uuid primary key,
            task_id uuid not null,
            organization text not null,
            customer_id text,
            customer_email text,
            agent_name text not null,
            user_display_name text,
            idempotency_key text not null,
            request_hash text not null,
            region_id text not null,
            tier_id text not null,
            tier_name text not null,
            preset_id text not null,
            manifest_id text,
            website_template_slug text,
            hostname text not null,
            namespace text not null,
            tenant_spec jsonb not null,
            tenant_uid text,
            agent_config jsonb not null default '{}',
            consent_debug_access boolean not null default false,
            actor text not null,
            request_id text not null,
            snapshot jsonb not null default '{}',
            failure_code text,
            failure_message text,
            failure_run integer,
            created_at timestamptz not null,
            updated_at timestamptz not null,
            delete_requested_at timestamptz,
            deleted_at timestamptz,
            due_at timestamptz,
            lease_until timestamptz,
            attempts integer not null default 0,
            last_error text,
            chat_holder text,
            chat_until timestamptz,
            constraint instances_idempotency unique (organization, idempotency_key)
        );
        create unique index instances_hostname on instances (namespace, hostname) where deleted_at is null;
        create index instances_by_tenant on instances (tenant_uid) where tenant_uid is not null;
        create index instances_listing on instances (organization, created_at, id);
        create index instances_due on instances (due_at) where due_at is not null;

        create table bootstrap_log (
            id bigint generated always as identity primary key,
            uid text not null,
            credential_hash text not null,
            seq bigint not null,
            stage text not null,
            level text not null,
            message text not null,
            created_at timestamptz not null,
            unique (uid, credential_hash, seq)
        );
        create index bootstrap_log_reading on bootstrap_log (uid, id);

        create function bootstrap_log_guard() returns trigger language plpgsql as $$
        begin
            raise exception 'the bootstrap log is append-only' using errcode = 'restrict_violation';
        end
        $$;
        create trigger bootstrap_log_append_only before update or delete on bootstrap_log
            for each row execute function bootstrap_log_guard();
        create trigger bootstrap_log_not_truncated before truncate on bootstrap_log
            for each statement execute function bootstrap_log_guard();
        """
}
