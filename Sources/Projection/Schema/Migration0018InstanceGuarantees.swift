extension ProjectionSchema {
    /// What keeps instances to what is said of them.
    ///
    /// - `lease_holder` names whoever is at an instance: what another one notes does not count. `last_error_code` is shown while it waits.
    /// - Settings end with their instance. What a gateway was given is remembered by its shape, without values, so that it can be taken back.
    /// - A line of a log has its number from the moment it is written: numbers of a tenant have no gaps and become visible in their order.
    /// - People are known by digests with a key of the installation; those without a key go, and what was used is asked for anew.
    static let instanceGuarantees = """
        alter table instances add column lease_holder text, add column last_error_code text;
        update instances set agent_config = '{}' where deleted_at is not null;
        update instances set agent_config = agent_config #- '{model_policy,max_tokens_per_day}'
            where agent_config #> '{model_policy,max_tokens_per_day}' is not null;

        alter table instance_applied_settings add column shape jsonb not null default '{}';
        delete from instance_applied_settings where instance_id in (select id from instances where deleted_at is not null);

        create table installation_keys (
            name text primary key,
            material bytea not null,
            is_sealed boolean not null,
            created_at timestamptz not null default now()
        );
        delete from instance_usage_people;
        update instance_usage_cursors set through = null, due_at = least(due_at, now());

        create table instance_log_lines (
            uid text not null,
            seq bigint not null,
            source smallint not null check (source in (0, 1)),
            line_id bigint not null,
            primary key (uid, seq),
            unique (source, line_id)
        );
        insert into instance_log_lines (uid, seq, source, line_id)
            select uid, row_number() over (partition by uid order by created_at, source, id), source, id
            from (
                select uid, 0 as source, id, created_at from provisioning_log
                union all
                select uid, 1, id, created_at from bootstrap_log
            ) as line;

        create function instance_log_number() returns trigger language plpgsql as $$
        begin
            perform pg_advisory_xact_lock(hashtextextended('instance_log/' || new.uid, 0));
            insert into instance_log_lines (uid, seq, source, line_id)
                select new.uid, coalesce(max(seq), 0) + 1, tg_argv[0]::smallint, new.id from instance_log_lines where uid = new.uid;
            return null;
        end
        $$;
        create trigger provisioning_log_numbered after insert on provisioning_log
            for each row execute function instance_log_number('0');
        create trigger bootstrap_log_numbered after insert on bootstrap_log
            for each row execute function instance_log_number('1');
        """
}
