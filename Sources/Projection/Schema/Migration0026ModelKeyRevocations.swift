extension ProjectionSchema {
    /// Revocations of model keys that have begun: each is noted before the model proxy hears of it, so that one that is cut off is ended by
    /// whoever looks at the tenant next, with the audit entry of whoever asked.
    static let modelKeyRevocations = """
        create table model_key_revocations (
            audit_id bigint primary key,
            tenant text not null,
            key_hash text,
            asked_at timestamptz not null
        );
        create index model_key_revocations_by_tenant on model_key_revocations (tenant);
        """
}
