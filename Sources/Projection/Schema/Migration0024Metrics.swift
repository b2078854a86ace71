extension ProjectionSchema {
    /// Rows in the order in which an API server lists objects, so that both can be walked through side by side; what such walks have found, and
    /// whether somebody was told; and snapshots of what the installation uses.
    static let metrics = """
        create index tenants_in_order on tenants (namespace, name collate "C");
        create index access_policies_in_order on access_policies (namespace, name collate "C");
        create index cluster_tenants_in_order on cluster_tenants (namespace, name collate "C");

        create table drift_evaluations (
            kind text primary key,
            source_count bigint not null,
            projection_count bigint not null,
            drift_count bigint not null,
            lag_seconds double precision,
            evaluated_at timestamptz not null
        );
        create table drift_alert (
            id boolean primary key default true check (id),
            firing boolean not null default false,
            exceeded integer not null default 0,
            changed_at timestamptz,
            evaluated_at timestamptz
        );
        insert into drift_alert default values;

        create table server_snapshots (
            id bigint generated always as identity primary key,
            sampled_at timestamptz not null,
            snapshot jsonb not null
        );
        create index server_snapshots_by_time on server_snapshots (sampled_at desc, id desc);

        create table background_leases (
            name text primary key,
            holder uuid not null,
            lease_until timestamptz not null
        );
        """
}
