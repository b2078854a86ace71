extension ProjectionSchema {
    /// The way from a board, whose id is made from its tenant's unique id, to the tenant.
    static let boards = """
        create index tenants_by_board on tenants ((md5('opencrane-board:' || uid)::uuid)) where deleted_at is null;
        """
}
