extension ProjectionSchema {
    /// The order of the writes to one object comes from the database, not from the clocks of those who record them.
    static let writeOrder = """
        alter table write_intents
            add column sequence bigint,
            add column object_generation bigint,
            add column answer_tag text;
        update write_intents set sequence = numbered.position
        from (select id, row_number() over (order by created_at, id) as position from write_intents) as numbered
        where numbered.id = write_intents.id;
        alter table write_intents
            alter column sequence set not null,
            alter column sequence add generated always as identity;
        select setval(pg_get_serial_sequence('write_intents', 'sequence'), coalesce(max(sequence), 0) + 1, false) from write_intents;
        create unique index write_intents_sequence on write_intents (sequence);
        drop index write_intents_open_objects;
        create index write_intents_open_objects on write_intents (kind, namespace, name, sequence) where state = 'open';
        create index write_intents_closed on write_intents (closed_at) where state <> 'open';
        """
}
