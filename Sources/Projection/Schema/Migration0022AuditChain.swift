extension ProjectionSchema {
    /// The hash chain over the audit trail.
    ///
    /// Entries are written unchained, in the transactions of what they are about; the triggers note them, in the same transaction, as to be
    /// sealed. One sealer at a time takes the notes, makes the links and removes the notes in one transaction. Links are never changed.
    /// Entries and links go only as a whole beginning of the chain, in a transaction that says it is the sweep, after an anchor was written
    /// that says where the rest begins; so do former anchors.
    static let auditChain = """
        create table audit_chain (
            sequence bigint primary key check (sequence > 0),
            entry_id bigint not null,
            part text not null check (part in ('begun', 'ended')),
            previous bytea not null check (octet_length(previous) = 32),
            digest bytea not null check (octet_length(digest) = 32),
            key_id text,
            code bytea,
            sealed_at timestamptz not null,
            check ((key_id is null) = (code is null)),
            unique (entry_id, part)
        );
        create table audit_anchors (
            sequence bigint primary key check (sequence > 0),
            digest bytea not null check (octet_length(digest) = 32),
            removed bigint not null check (removed > 0),
            removed_at timestamptz not null,
            key_id text,
            code bytea,
            check ((key_id is null) = (code is null))
        );
        create table audit_unsealed (
            number bigint generated always as identity primary key,
            entry_id bigint not null,
            part text not null check (part in ('begun', 'ended'))
        );

        create function audit_entries_note() returns trigger language plpgsql as $$
        begin
            insert into audit_unsealed (entry_id, part)
                select id, case when tg_op = 'INSERT' and outcome = 'pending' then 'begun' else 'ended' end from fresh order by id;
            return null;
        end
        $$;
        create trigger audit_entries_inserted after insert on audit_entries
            referencing new table as fresh for each statement execute function audit_entries_note();
        create trigger audit_entries_settled after update on audit_entries
            referencing new table as fresh for each statement execute function audit_entries_note();

        create or replace function audit_entries_guard() returns trigger language plpgsql as $$
        begin
            if tg_op = 'UPDATE' and old.outcome = 'pending' and new.outcome <> 'pending'
                and (new.id, new.at, new.actor, new.request_id, new.action, new.resource)
                    = (old.id, old.at, old.actor, old.request_id, old.action, old.resource)
                and new.tenant is not distinct from old.tenant and new.before is not distinct from old.before then
                return new;
            end if;
            if tg_op = 'DELETE' and current_setting('opencrane.retention', true) = 'sweep' and old.outcome <> 'pending'
                and exists (select from audit_chain where entry_id = old.id and part = 'ended')
                and not exists (select from audit_chain
                    where entry_id = old.id and sequence > (select coalesce(max(sequence), 0) from audit_anchors)) then
                return old;
            end if;
            raise exception 'audit entries are append-only' using errcode = 'restrict_violation';
        end
        $$;

        create function audit_chain_guard() returns trigger language plpgsql as $$
        begin
            if tg_op = 'DELETE' and current_setting('opencrane.retention', true) = 'sweep'
                and old.sequence <= (select coalesce(max(sequence), 0) from audit_anchors) then
                return old;
            end if;
            raise exception 'the audit chain is append-only' using errcode = 'restrict_violation';
        end
        $$;
        create trigger audit_chain_append_only before update or delete on audit_chain
            for each row execute function audit_chain_guard();
        create trigger audit_chain_not_truncated before truncate on audit_chain
            for each statement execute function audit_chain_guard();

        create function audit_anchors_guard() returns trigger language plpgsql as $$
        begin
            if tg_op = 'DELETE' and current_setting('opencrane.retention', true) = 'sweep'
                and old.sequence < (select max(sequence) from audit_anchors) then
                return old;
            end if;
            raise exception 'anchors of the audit chain are not changed' using errcode = 'restrict_violation';
        end
        $$;
        create trigger audit_anchors_append_only before update or delete on audit_anchors
            for each row execute function audit_anchors_guard();
        create trigger audit_anchors_not_truncated before truncate on audit_anchors
            for each statement execute function audit_anchors_guard();

        insert into audit_unsealed (entry_id, part)
            select id, case outcome when 'pending' then 'begun' else 'ended' end from audit_entries order by id;
        """
}
