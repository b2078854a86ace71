extension ProjectionSchema {
    /// Agents on the gateways of tenants, of which this table is the truth.
    ///
    /// Tokens are kept as hashes. A row belongs to whoever holds its lease while the gateway is brought to what the row says; `next_attempt_at`
    /// says when somebody has to look at it again.
    static let agents = """
        create table agents (
            id uuid primary key,
            board_id uuid not null,
            gateway_id text not null,
            namespace text not null,
            tenant text not null,
            name text not null check (name <> ''),
            status text not null check (status in (
                'provisioning', 'ready', 'active', 'idle', 'offline', 'updating', 'paused', 'error', 'deleting', 'deleted')),
            agent_key text not null,
            gateway_agent_id text,
            workspace_path text,
            is_board_lead boolean not null,
            is_gateway_main boolean not null,
            is_paused boolean not null,
            is_retired boolean not null,
            heartbeat_config jsonb,
            heartbeat jsonb,
            missing_tolerance integer not null check (missing_tolerance > 0),
            identity_profile jsonb,
            identity_template text,
            soul_template text,
            token_hash text,
            next_token_hash text,
            token_generation integer not null,
            generation integer not null check (generation > 0),
            step text,
            options jsonb not null,
            attempts integer not null,
            next_attempt_at timestamptz,
            last_provision_error text,
            lease_holder uuid,
            lease_until timestamptz,
            wake_attempts integer not null,
            checkin_deadline_at timestamptz,
            last_seen_at timestamptz,
            reported_status text,
            ready_at timestamptz,
            delete_requested_at timestamptz,
            deleted_at timestamptz,
            created_at timestamptz not null,
            updated_at timestamptz not null,
            check ((status = 'deleted') = (deleted_at is not null)),
            check (status <> 'deleted' or (token_hash is null and next_token_hash is null))
        );
        create unique index agents_by_name on agents (gateway_id, lower(name)) where status <> 'deleted';
        create unique index agents_by_key on agents (gateway_id, agent_key);
        create index agents_by_board on agents (board_id, created_at desc) where status <> 'deleted';
        create index agents_due on agents (next_attempt_at) where next_attempt_at is not null;
        create index agents_by_change on agents (updated_at);
        """
}
