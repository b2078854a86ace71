extension ProjectionSchema {
    /// The rows of the three kinds. Every column but the key has a default, so that a row made by hand is a row that drift can name.
    static let projection = """
        create table tenants (
            namespace text not null,
            name text not null,
            uid text not null default '',
            resource_version text not null default '',
            resource_version_seq numeric not null default 0,
            generation bigint,
            labels jsonb not null default '{}',
            display_name text not null default '',
            email text not null default '',
            team text,
            cluster_tenant_ref text,
            policy_ref text,
            is_suspended boolean not null default false,
            phase text not null default 'Pending',
            ingress_host text,
            message text,
            spec jsonb not null default '{}',
            status jsonb,
            spec_hash text not null default '',
            created_at timestamptz not null default now(),
            observed_at timestamptz not null default now(),
            deleted_at timestamptz,
            primary key (namespace, name)
        );
        create index tenants_listing on tenants (created_at, namespace, name) where deleted_at is null;
        create index tenants_by_cluster_tenant on tenants (cluster_tenant_ref, created_at, namespace, name) where deleted_at is null;
        create index tenants_by_team on tenants (team, created_at, namespace, name) where deleted_at is null;
        create index tenants_by_email on tenants (lower(email)) where deleted_at is null;
        create index tenants_tombstones on tenants (deleted_at) where deleted_at is not null;

        create table access_policies (
            namespace text not null,
            name text not null,
            uid text not null default '',
            resource_version text not null default '',
            resource_version_seq numeric not null default 0,
            generation bigint,
            labels jsonb not null default '{}',
            description text,
            tenant_selector jsonb,
            domains jsonb,
            egress_rules jsonb,
            mcp_servers jsonb,
            message text,
            spec jsonb not null default '{}',
            status jsonb,
            spec_hash text not null default '',
            created_at timestamptz not null default now(),
            observed_at timestamptz not null default now(),
            deleted_at timestamptz,
            primary key (namespace, name)
        );
        create index access_policies_listing on access_policies (created_at, namespace, name) where deleted_at is null;

        create table cluster_tenants (
            namespace text not null default '' check (namespace = ''),
            name text not null,
            uid text not null default '',
            resource_version text not null default '',
            resource_version_seq numeric not null default 0,
            generation bigint,
            labels jsonb not null default '{}',
            display_name text not null default '',
            base_domain text,
            isolation_tier text not null default 'shared',
            compute jsonb not null default '{"mode": "shared"}',
            resources jsonb,
            phase text not null default 'pending',
            message text,
            bound_namespace text,
            provisioner text,
            spec jsonb not null default '{}',
            status jsonb,
            spec_hash text not null default '',
            created_at timestamptz not null default now(),
            observed_at timestamptz not null default now(),
            deleted_at timestamptz,
            primary key (namespace, name)
        );
        create index cluster_tenants_listing on cluster_tenants (created_at, namespace, name) where deleted_at is null;
        """
}
