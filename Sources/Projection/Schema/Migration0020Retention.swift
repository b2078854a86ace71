extension ProjectionSchema {
    /// What may be forgotten after a time, and nothing else.
    ///
    /// The logs stay append-only: only a transaction that says it is the sweep may remove lines, and only those of tenants that were noted as
    /// departed and are not there; the numbers of the lines go with them. An instance has a cursor of its usage exactly as long as it can be asked.
    static let retention = """
        create table departed_tenants (
            uid text primary key,
            noticed_at timestamptz not null
        );
        create index departed_tenants_by_time on departed_tenants (noticed_at);

        create or replace function provisioning_log_guard() returns trigger language plpgsql as $$
        begin
            if tg_op = 'DELETE' and current_setting('opencrane.retention', true) = 'sweep'
                and exists (select from departed_tenants where uid = old.uid)
                and not exists (select from tenants where uid = old.uid and deleted_at is null)
            then
                return old;
            end if;
            raise exception 'the provisioning log is append-only' using errcode = 'restrict_violation';
        end
        $$;
        create or replace function bootstrap_log_guard() returns trigger language plpgsql as $$
        begin
            if tg_op = 'DELETE' and current_setting('opencrane.retention', true) = 'sweep'
                and exists (select from departed_tenants where uid = old.uid)
                and not exists (select from tenants where uid = old.uid and deleted_at is null)
            then
                return old;
            end if;
            raise exception 'the bootstrap log is append-only' using errcode = 'restrict_violation';
        end
        $$;

        create index instance_usage_people_by_day on instance_usage_people (day);
        create index instance_usage_daily_by_day on instance_usage_daily (day);
        create index instances_ended on instances (deleted_at) where deleted_at is not null;

        create function instance_usage_cursor_follow() returns trigger language plpgsql as $$
        begin
            if new.tenant_uid is not null and new.delete_requested_at is null and new.deleted_at is null then
                insert into instance_usage_cursors (instance_id, due_at) values (new.id, new.updated_at) on conflict do nothing;
            else
                delete from instance_usage_cursors where instance_id = new.id;
            end if;
            return null;
        end
        $$;
        delete from instance_usage_cursors c using instances i
            where i.id = c.instance_id and (i.tenant_uid is null or i.delete_requested_at is not null or i.deleted_at is not null);
        insert into instance_usage_cursors (instance_id, due_at)
            select id, updated_at from instances where tenant_uid is not null and delete_requested_at is null and deleted_at is null
            on conflict do nothing;
        create trigger instance_usage_cursor_insert after insert on instances
            for each row when (new.tenant_uid is not null) execute function instance_usage_cursor_follow();
        create trigger instance_usage_cursor_update after update of tenant_uid, delete_requested_at, deleted_at on instances
            for each row when (old.tenant_uid is distinct from new.tenant_uid
                or (old.delete_requested_at is null) <> (new.delete_requested_at is null)
                or (old.deleted_at is null) <> (new.deleted_at is null))
            execute function instance_usage_cursor_follow();
        drop index instance_usage_cursors_due;
        create index instance_usage_cursors_due on instance_usage_cursors (due_at, instance_id);
        """
}
