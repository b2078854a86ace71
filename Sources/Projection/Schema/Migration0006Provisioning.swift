extension ProjectionSchema {
    /// What provisioning has done, the organisations being given a fleet at the moment, and the ways to find a fleet.
    ///
    /// The log names its tenant by uid and refers to no row: it outlives the run and the tenant. Lines are never changed or removed. A claim
    /// keeps two requests of the same moment from giving one organisation two fleets; see `FleetRepository.claim`.
    static let provisioning = """
        create table provisioning_log (
            id bigint generated always as identity primary key,
            uid text not null,
            namespace text not null,
            name text not null,
            run integer not null,
            attempt integer not null,
            step text not null,
            status text not null check (status in ('complete', 'failed')),
            message text not null,
            duration_ms bigint not null check (duration_ms >= 0),
            created_at timestamptz not null,
            unique (uid, run, step)
        );
        create index provisioning_log_reading on provisioning_log (uid, id);

        create function provisioning_log_guard() returns trigger language plpgsql as $$
        begin
            raise exception 'the provisioning log is append-only' using errcode = 'restrict_violation';
        end
        $$;
        create trigger provisioning_log_append_only before update or delete on provisioning_log
            for each row execute function provisioning_log_guard();
        create trigger provisioning_log_not_truncated before truncate on provisioning_log
            for each statement execute function provisioning_log_guard();

        create table fleet_claims (
            organization text primary key,
            namespace text not null,
            name text not null,
            expires_at timestamptz not null
        );

        create index tenants_by_uid on tenants (uid) where deleted_at is null;
        create index tenants_by_organization on tenants ((spec->'fleet'->>'organization'), created_at)
            where deleted_at is null and spec->'fleet' is not null;
        create index tenants_by_external_id on tenants ((spec->'fleet'->>'externalId'))
            where deleted_at is null and spec->'fleet' is not null;
        """
}
