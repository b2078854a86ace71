extension ProjectionSchema {
    /// The catalogue of skills and the third-party sources that things of the catalogues come from.
    ///
    /// Content is kept by its digest and never changes. A scan counts for the digest and the rules it was made with, so that what the columns
    /// say is only believed where `scan_digest` is the digest. Work on a source or a push is held by a lease, which ends by itself.
    static let skills = """
        create table third_party_sources (
            id uuid primary key,
            number bigint generated always as identity,
            name text not null unique,
            type text not null check (type in ('mcp-registry', 'anthropic-skills', 'git-repository', 'manual-upload')),
            url text,
            path text,
            ref text,
            sync_mode text not null check (sync_mode in ('scheduled', 'manual')),
            interval_seconds integer not null,
            notes text,
            approved_by text,
            approved_at timestamptz,
            is_requested boolean not null default false,
            next_run_at timestamptz,
            last_synced_at timestamptz,
            last_attempt_at timestamptz,
            failures integer not null default 0,
            error_code text,
            error_message text,
            lease_id uuid,
            lease_until timestamptz,
            created_at timestamptz not null,
            updated_at timestamptz not null,
            check ((type = 'manual-upload') = (url is null)),
            check ((approved_by is null) = (approved_at is null)),
            check ((lease_id is null) = (lease_until is null))
        );
        create unique index third_party_sources_listing on third_party_sources (number);
        create index third_party_sources_due on third_party_sources (next_run_at) where approved_at is not null;

        create table skill_contents (
            digest text primary key check (digest ~ '^sha256:[0-9a-f]{64}$'),
            content bytea not null,
            size integer not null,
            used_at timestamptz not null,
            created_at timestamptz not null
        );
        create index skill_contents_by_use on skill_contents (used_at);

        create table skill_bundles (
            id uuid primary key,
            number bigint generated always as identity,
            name text not null,
            version text not null,
            description text not null,
            digest text check (digest ~ '^sha256:[0-9a-f]{64}$'),
            scope text not null check (scope in ('org', 'department', 'project', 'personal')),
            status text not null check (status in ('draft', 'review', 'published', 'deprecated')),
            tags text[] not null,
            source_id uuid references third_party_sources (id) on delete set null,
            published_at timestamptz,
            scan_digest text,
            scan_rules text,
            scan_passed boolean,
            scan_findings jsonb,
            scanned_at timestamptz,
            created_at timestamptz not null,
            updated_at timestamptz not null,
            unique (name, version),
            check ((status = 'published') = (published_at is not null)),
            check (status <> 'published' or coalesce(scan_digest = digest and scan_passed, false))
        );
        create unique index skill_bundles_listing on skill_bundles (number);
        create index skill_bundles_by_digest on skill_bundles (digest) where digest is not null;
        create index skill_bundles_by_source on skill_bundles (source_id) where source_id is not null;

        create table skill_promotions (
            id uuid primary key,
            number bigint generated always as identity,
            skill_bundle_id uuid not null references skill_bundles (id) on delete cascade,
            from_scope text not null check (from_scope in ('org', 'department', 'project', 'personal')),
            to_scope text not null check (to_scope in ('org', 'department', 'project', 'personal')),
            promoted_by text not null,
            status text not null check (status in ('proposed', 'approved', 'rejected')),
            notes text,
            decided_by text,
            decided_at timestamptz,
            created_at timestamptz not null,
            check ((status = 'proposed') = (decided_at is null))
        );
        create index skill_promotions_by_bundle on skill_promotions (skill_bundle_id, number);

        create table skill_pushes (
            digest text primary key references skill_contents (digest) on delete cascade,
            state text not null check (state in ('pending', 'pushed', 'failed')),
            attempts integer not null default 0,
            error_code text,
            error_message text,
            repository text,
            next_attempt_at timestamptz not null,
            lease_id uuid,
            lease_until timestamptz,
            pushed_at timestamptz,
            created_at timestamptz not null
        );
        create index skill_pushes_due on skill_pushes (next_attempt_at) where state = 'pending';

        create table third_party_source_items (
            id uuid primary key,
            number bigint generated always as identity,
            source_id uuid not null references third_party_sources (id) on delete cascade,
            kind text not null check (kind in ('mcp-server', 'skill-bundle')),
            name text not null,
            upstream_id text not null,
            version text,
            digest text,
            metadata jsonb,
            bundle_id uuid references skill_bundles (id) on delete set null,
            server_id uuid references mcp_servers (id) on delete set null,
            problem text,
            created_at timestamptz not null,
            updated_at timestamptz not null,
            unique (source_id, kind, upstream_id)
        );
        create index third_party_source_items_listing on third_party_source_items (source_id, number);

        delete from grants where payload_type = 'skill-bundle';
        alter table grants add column skill_bundle_id uuid
            generated always as (case when payload_type = 'skill-bundle' then payload_id::uuid end) stored
            references skill_bundles (id) on delete cascade;
        create index grants_by_skill_bundle on grants (skill_bundle_id) where skill_bundle_id is not null;
        """
}
