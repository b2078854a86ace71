extension ProjectionSchema {
    /// Who may use what: groups, MCP servers, and the grants of every type of payload in one table.
    ///
    /// A grant dies with its payload, with the group that holds it and with the group it is for. A type of payload with a table of its own
    /// adds a generated column as `mcp_server_id` is one. Ids within texts are written in lower case.
    static let entitlements = """
        create table groups (
            id uuid primary key,
            number bigint generated always as identity,
            name text not null unique,
            scope text not null check (scope in ('org', 'department', 'project', 'personal')),
            description text,
            created_at timestamptz not null,
            updated_at timestamptz not null
        );
        create unique index groups_listing on groups (number);

        create table group_members (
            group_id uuid not null references groups (id) on delete cascade,
            member text not null,
            primary key (group_id, member)
        );
        create index group_members_by_member on group_members (member);

        create table mcp_servers (
            id uuid primary key,
            number bigint generated always as identity,
            name text not null unique,
            description text not null,
            endpoint text not null,
            scope text not null check (scope in ('org', 'department', 'project', 'personal')),
            transport text not null check (transport in ('streamable-http', 'sse', 'websocket')),
            status text not null check (status in ('active', 'degraded', 'draft')),
            capabilities text[] not null,
            source_id uuid,
            last_synced_at timestamptz,
            created_at timestamptz not null,
            updated_at timestamptz not null
        );
        create unique index mcp_servers_listing on mcp_servers (number);
        create index mcp_servers_by_source on mcp_servers (source_id) where source_id is not null;

        create table mcp_server_credentials (
            id uuid primary key,
            number bigint generated always as identity,
            mcp_server_id uuid not null references mcp_servers (id) on delete cascade,
            display_name text not null,
            brokering_mode text not null check (brokering_mode in ('static', 'obo')),
            secret_ref text,
            created_at timestamptz not null,
            check ((brokering_mode = 'static') = (secret_ref is not null))
        );
        create index mcp_server_credentials_by_server on mcp_server_credentials (mcp_server_id, number);

        create table grants (
            id uuid primary key,
            number bigint generated always as identity,
            payload_type text not null check (payload_type in ('awareness', 'mcp-server', 'skill-bundle')),
            payload_id text not null,
            scope text not null check (scope in ('org', 'department', 'project', 'personal')),
            subject_type text not null check (subject_type in ('everyone', 'department', 'group', 'tenant', 'user')),
            subject_id text not null,
            access text not null check (access in ('allow', 'deny')),
            priority integer not null,
            note text,
            group_id uuid references groups (id) on delete cascade,
            mcp_server_id uuid generated always as (case when payload_type = 'mcp-server' then payload_id::uuid end) stored
                references mcp_servers (id) on delete cascade,
            subject_group_id uuid generated always as (case when subject_type = 'group' then subject_id::uuid end) stored
                references groups (id) on delete cascade,
            created_at timestamptz not null,
            updated_at timestamptz not null,
            check ((subject_type = 'everyone') = (subject_id = '*')),
            check (group_id is null or payload_type = 'awareness')
        );
        create index grants_by_payload on grants (payload_type, payload_id);
        create index grants_by_subject on grants (subject_type, subject_id, payload_type);
        create index grants_by_group on grants (group_id) where group_id is not null;
        create index grants_by_mcp_server on grants (mcp_server_id) where mcp_server_id is not null;
        create index grants_by_subject_group on grants (subject_group_id) where subject_group_id is not null;
        """
}
