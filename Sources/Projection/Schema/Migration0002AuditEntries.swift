extension ProjectionSchema {
    /// The audit trail. The tenant is a plain name: the trail outlives what it is about. Entries are never removed or changed, except that
    /// a pending one is settled once.
    static let auditEntries = """
        create table audit_entries (
            id bigint generated always as identity primary key,
            at timestamptz not null,
            actor text not null,
            request_id text not null,
            action text not null,
            resource text not null,
            tenant text,
            message text not null,
            outcome text not null check (outcome in ('pending', 'succeeded', 'failed')),
            before jsonb,
            after jsonb
        );
        create index audit_entries_listing on audit_entries (at, id);
        create index audit_entries_by_tenant on audit_entries (tenant, at, id) where tenant is not null;
        create index audit_entries_by_resource on audit_entries (resource, at, id);
        create index audit_entries_by_actor on audit_entries (actor, at, id);

        create function audit_entries_guard() returns trigger language plpgsql as $$
        begin
            if tg_op = 'UPDATE' and old.outcome = 'pending' and new.outcome <> 'pending'
                and (new.id, new.at, new.actor, new.request_id, new.action, new.resource)
                    = (old.id, old.at, old.actor, old.request_id, old.action, old.resource)
                and new.tenant is not distinct from old.tenant and new.before is not distinct from old.before then
                return new;
            end if;
            raise exception 'audit entries are append-only' using errcode = 'restrict_violation';
        end
        $$;
        create trigger audit_entries_append_only before update or delete on audit_entries
            for each row execute function audit_entries_guard();
        create trigger audit_entries_not_truncated before truncate on audit_entries
            for each statement execute function audit_entries_guard();
        """
}
