extension ProjectionSchema {
    /// What other systems have to be told, written in the transaction of the change that it is about.
    ///
    /// An entry that was delivered is deleted; one that was given up stays, for people. `outbox_announce` is for changes that are found by
    /// triggers: one entry that nobody has begun stands for any number of them, as whoever delivers it reads what holds then.
    static let outbox = """
        create table outbox (
            id bigint generated always as identity primary key,
            topic text not null,
            key text not null,
            payload jsonb not null,
            attempts integer not null default 0,
            next_attempt_at timestamptz not null,
            lease_until timestamptz,
            holder uuid,
            last_error text,
            died_at timestamptz,
            created_at timestamptz not null
        );
        create index outbox_due on outbox (next_attempt_at, id) where died_at is null;
        create index outbox_order on outbox (topic, key, id) where died_at is null;
        create index outbox_dead on outbox (died_at) where died_at is not null;

        create function outbox_announce(entry_topic text, entry_key text) returns void language plpgsql as $$
        begin
            -- An entry that somebody is about to take, or that another announcement holds, may have been read too early: skipped.
            perform 1 from outbox where topic = entry_topic and key = entry_key and died_at is null and holder is null
                limit 1 for update skip locked;
            if not found then
                insert into outbox (topic, key, payload, next_attempt_at, created_at)
                values (entry_topic, entry_key, '{}', clock_timestamp(), clock_timestamp());
            end if;
        end
        $$;
        """
}
