extension ProjectionSchema {
    /// The keys of programs. Of a key only SHA-256 is kept; after a rotation that of the one before as long as it is good.
    static let apiKeys = """
        create table api_keys (
            id uuid primary key,
            number bigint generated always as identity,
            organization text not null,
            customer_id text,
            name text not null,
            role text not null check (role in ('admin', 'member')),
            scopes text[] not null,
            secret_hash text not null check (secret_hash ~ '^[0-9a-f]{64}$'),
            previous_hash text check (previous_hash ~ '^[0-9a-f]{64}$'),
            previous_expires_at timestamptz,
            created_by text not null,
            created_at timestamptz not null,
            expires_at timestamptz,
            rotated_at timestamptz,
            last_used_at timestamptz,
            revoked_at timestamptz,
            check ((previous_hash is null) = (previous_expires_at is null))
        );
        create unique index api_keys_listing on api_keys (number);
        create index api_keys_by_organization on api_keys (organization, number);
        """
}
