extension ProjectionSchema {
    /// A repeated write is answered with the `Location` of its first answer as well, and a key belongs to one operation of its caller,
    /// whatever kind of write that is.
    static let keptAnswers = """
        alter table write_intents add column answer_location text;
        alter table idempotency_keys add column answer_location text;
        drop index write_intents_idempotency;
        create unique index write_intents_idempotency on write_intents (actor, operation_id, idempotency_key)
            where idempotency_key is not null;
        """
}
