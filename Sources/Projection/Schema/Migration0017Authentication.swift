extension ProjectionSchema {
    /// How people come in: sessions of browsers, logins that have begun, device grants, access tokens, and whose tenants are.
    ///
    /// Of every secret only SHA-256 is kept. A user code is no secret by itself: it names a grant that somebody who is logged in decides on.
    static let authentication = """
        create table access_tokens (
            id uuid primary key,
            number bigint generated always as identity,
            secret_hash text not null unique check (secret_hash ~ '^[0-9a-f]{64}$'),
            parent_id uuid references access_tokens (id) on delete cascade,
            name text not null,
            owner text not null,
            created_by text not null,
            is_device boolean not null default false,
            roles text[] not null,
            scopes text[] not null,
            organization text,
            email text,
            created_at timestamptz not null,
            expires_at timestamptz not null,
            last_used_at timestamptz
        );
        create unique index access_tokens_listing on access_tokens (number);
        create index access_tokens_by_owner on access_tokens (owner, number);
        create index access_tokens_by_parent on access_tokens (parent_id) where parent_id is not null;
        create index access_tokens_ending on access_tokens (expires_at);

        create table sessions (
            id_hash text primary key check (id_hash ~ '^[0-9a-f]{64}$'),
            number bigint generated always as identity,
            issuer text not null,
            subject text not null,
            email text not null,
            name text,
            groups text[] not null,
            roles text[] not null,
            organization text,
            created_at timestamptz not null,
            seen_at timestamptz not null,
            expires_at timestamptz not null
        );
        create index sessions_by_person on sessions (issuer, subject, number);
        create index sessions_ending on sessions (expires_at);
        create index sessions_idle on sessions (seen_at);

        create table login_attempts (
            state_hash text primary key check (state_hash ~ '^[0-9a-f]{64}$'),
            browser_hash text not null check (browser_hash ~ '^[0-9a-f]{64}$'),
            nonce text not null,
            verifier text not null,
            return_path text not null,
            expires_at timestamptz not null
        );
        create index login_attempts_ending on login_attempts (expires_at);

        create table device_grants (
            device_hash text primary key check (device_hash ~ '^[0-9a-f]{64}$'),
            user_code text not null unique check (user_code ~ '^[A-HJ-NP-Z2-9]{8}$'),
            address text,
            poll_interval integer not null,
            polled_at timestamptz,
            decision text check (decision in ('approved', 'denied')),
            owner text,
            email text,
            organization text,
            roles text[],
            created_at timestamptz not null,
            expires_at timestamptz not null,
            check ((decision = 'approved') is not true or (owner is not null and roles is not null))
        );
        create index device_grants_ending on device_grants (expires_at);

        create table tenant_identities (
            tenant_uid text primary key,
            email text not null,
            owner text not null,
            bound_at timestamptz not null
        );
        """
}
