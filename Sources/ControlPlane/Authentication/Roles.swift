import HTTPOperations

extension Role {
    /// May do everything.
    public static let platformAdmin: Role = "platform-admin"
    /// May do everything for one customer.
    public static let customerAdmin: Role = "customer-admin"
    /// May read.
    public static let viewer: Role = "viewer"
    /// Owns a tenant.
    public static let owner: Role = "owner"
}

extension Access {
    /// Reads of what everybody with a role may see.
    static let reading: Access = .roles([.platformAdmin, .customerAdmin, .viewer])
    /// Writes of a customer's own objects.
    static let writing: Access = .roles([.platformAdmin, .customerAdmin])
    /// What only the platform's people do.
    static let administering: Access = .roles([.platformAdmin])
}
