extension ProjectionSchema {
    /// What tenants know and run: memberships in datasets, waves and the rollout, how they take part, and what sessions are narrowed to.
    ///
    /// What belongs to a tenant is kept by its unique id: another tenant of the same name inherits nothing. Whatever changes what a tenant may
    /// know is announced in the outbox by triggers, so that no write can forget it. The entries say whom it concerns; whoever delivers them
    /// finds the tenants.
    static let contracts = """
        create table tenant_datasets (
            tenant_uid text not null,
            level text not null check (level in ('org', 'team', 'project', 'personal')),
            dataset text not null,
            primary key (tenant_uid, level, dataset)
        );

        create table tenant_waves (
            tenant_uid text primary key,
            wave text not null,
            updated_at timestamptz not null
        );

        create table awareness_rollout (
            is_only boolean primary key default true check (is_only),
            target_version text not null,
            stable_version text not null,
            waves text[] not null,
            promoted_count integer not null,
            is_shadow boolean not null,
            updated_at timestamptz not null
        );

        create table participation_events (
            tenant_uid text not null,
            event_id text not null,
            content_digest text not null,
            occurred_at timestamptz not null,
            recorded_at timestamptz not null,
            contract_version text,
            policy_violations integer not null check (policy_violations >= 0),
            primary key (tenant_uid, event_id)
        );
        create index participation_events_by_time on participation_events (recorded_at);
        create index participation_events_violations on participation_events (tenant_uid, occurred_at) where policy_violations > 0;

        create table participation (
            tenant_uid text primary key,
            last_seen_at timestamptz not null,
            running_version text,
            updated_at timestamptz not null
        );

        create table session_scopes (
            session_key text primary key,
            principal text not null,
            scopes jsonb not null,
            bound_by text not null,
            created_at timestamptz not null,
            updated_at timestamptz not null
        );

        create table retrieval_services (
            is_only boolean primary key default true check (is_only)
        );

        create function retrieval_announce(entry_topic text, entry_key text) returns void language plpgsql as $$
        begin
            -- Without a retrieval service there is nobody to tell.
            if exists (select 1 from retrieval_services) then
                perform outbox_announce(entry_topic, entry_key);
            end if;
        end
        $$;

        create function retrieval_grant_changed() returns trigger language plpgsql as $$
        begin
            if tg_op <> 'INSERT' and old.payload_type = 'awareness' then
                perform retrieval_announce('retrieval.subject', old.subject_type || ':' || old.subject_id);
            end if;
            if tg_op <> 'DELETE' and new.payload_type = 'awareness' then
                perform retrieval_announce('retrieval.subject', new.subject_type || ':' || new.subject_id);
            end if;
            return null;
        end
        $$;
        create trigger grants_announced after insert or update or delete on grants
            for each row execute function retrieval_grant_changed();

        create function retrieval_member_changed() returns trigger language plpgsql as $$
        begin
            if tg_op = 'DELETE' then
                perform retrieval_announce('retrieval.subject', 'member:' || old.member);
            else
                perform retrieval_announce('retrieval.subject', 'member:' || new.member);
            end if;
            return null;
        end
        $$;
        create trigger group_members_announced after insert or delete on group_members
            for each row execute function retrieval_member_changed();

        create function retrieval_tenant_changed() returns trigger language plpgsql as $$
        begin
            perform retrieval_announce('retrieval.tenant', new.name);
            return null;
        end
        $$;
        create trigger tenants_announced_new after insert on tenants
            for each row execute function retrieval_tenant_changed();
        create trigger tenants_announced after update on tenants
            for each row when (
                new.team is distinct from old.team or new.uid is distinct from old.uid
                or new.policy_ref is distinct from old.policy_ref or new.deleted_at is distinct from old.deleted_at)
            execute function retrieval_tenant_changed();

        create function retrieval_policy_changed() returns trigger language plpgsql as $$
        begin
            perform retrieval_announce('retrieval.subject', 'policy:' || new.name);
            return null;
        end
        $$;
        create trigger access_policies_announced_new after insert on access_policies
            for each row execute function retrieval_policy_changed();
        create trigger access_policies_announced after update on access_policies
            for each row when (new.spec is distinct from old.spec or new.deleted_at is distinct from old.deleted_at)
            execute function retrieval_policy_changed();
        """
}
