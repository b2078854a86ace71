extension ProjectionSchema {
    /// What may be spent on models, what was, the keys of tenants for the model proxy, and the providers' keys, sealed.
    static let modelBudgets = """
        create table ai_budgets (
            scope text not null check (scope in ('global', 'account')),
            name text not null check ((scope = 'global') = (name = '')),
            limit_usd numeric(18, 6) check (limit_usd >= 0),
            revision bigint not null default 1,
            updated_at timestamptz not null,
            primary key (scope, name)
        );

        create table ai_spend (
            scope text not null check (scope in ('global', 'account', 'tenant')),
            name text not null,
            spend_usd numeric(18, 6) not null,
            read_at timestamptz not null,
            alert_state text not null default 'ok' check (alert_state in ('ok', 'warning', 'exceeded')),
            alert_changed_at timestamptz,
            primary key (scope, name)
        );

        create table model_keys (
            id bigint generated always as identity primary key,
            tenant text not null,
            alias text not null,
            key_hash text not null unique,
            secret_name text not null,
            budget_usd numeric(18, 6),
            issued_at timestamptz not null,
            revoked_at timestamptz
        );
        create index model_keys_by_tenant on model_keys (tenant, id desc);

        create table model_key_state (
            tenant text primary key,
            settled text,
            carried_usd numeric(18, 6) not null default 0,
            carried_at timestamptz,
            checked_at timestamptz not null
        );
        create index model_key_state_checks on model_key_state (checked_at);

        create table token_usage (
            tenant text not null,
            model text not null,
            day date not null,
            input_tokens bigint not null,
            output_tokens bigint not null,
            cost_usd numeric(18, 6) not null,
            recorded_at timestamptz not null,
            primary key (tenant, model, day)
        );
        create index token_usage_listing on token_usage (day desc, tenant, model);

        create table provider_keys (
            provider text primary key,
            sealed_key bytea not null,
            revision bigint not null,
            updated_at timestamptz not null
        );

        create table model_proxy_leases (
            name text primary key,
            holder uuid not null,
            lease_until timestamptz not null
        );
        """
}
