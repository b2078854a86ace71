extension ProjectionSchema {
    /// The ways to agents, gateways and instances for lists, streams and sweeps, so that none of them walks a whole table.
    static let fleetIndexes = """
        create index agents_listing on agents (created_at, id) where status <> 'deleted';
        create index agents_watched on agents (updated_at) where status <> 'deleted';
        create index agents_gone on agents (deleted_at) where status = 'deleted';
        create index instances_by_organization on instances (organization) where deleted_at is null;
        create index tenants_with_machines on tenants (created_at, namespace, name)
            where deleted_at is null and uid <> '' and spec->'runtime'->>'type' = 'VirtualMachine';
        """
}
