extension ProjectionSchema {
    /// Which version of a provider's key the model proxy has taken, and when.
    static let providerKeysTold = """
        alter table provider_keys add column told_revision bigint, add column told_at timestamptz;
        """
}
