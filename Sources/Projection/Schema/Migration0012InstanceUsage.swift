extension ProjectionSchema {
    /// What instances used, which of them are to be asked next, and which settings their gateways were last given.
    ///
    /// The figures of a day are those of a machine, the highest it ever said: a machine that is made anew counts from nothing, and its figures
    /// are added. People are known by digests only. Rows outlive their instance, as the instance's own row does.
    static let instanceUsage = """
        create table instance_usage_daily (
            instance_id uuid not null references instances (id),
            day date not null,
            machine text not null,
            requests bigint not null check (requests >= 0),
            tokens bigint not null check (tokens >= 0),
            cost_usd numeric(24, 10) not null check (cost_usd >= 0),
            updated_at timestamptz not null,
            primary key (instance_id, day, machine)
        );

        create table instance_usage_people (
            instance_id uuid not null references instances (id),
            day date not null,
            person text not null,
            primary key (instance_id, day, person)
        );

        create table instance_usage_cursors (
            instance_id uuid primary key references instances (id),
            due_at timestamptz not null,
            lease_holder text,
            lease_until timestamptz,
            through date,
            collected_at timestamptz,
            failures integer not null default 0
        );
        create index instance_usage_cursors_due on instance_usage_cursors (due_at);

        create table instance_applied_settings (
            instance_id uuid primary key references instances (id),
            machine text not null,
            digest text not null,
            applied_at timestamptz not null
        );
        """
}
