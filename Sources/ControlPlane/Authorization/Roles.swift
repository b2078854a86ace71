import HTTPOperations

extension Role {
    /// May do everything.
    public static let platformAdmin: Role = "platform-admin"
    /// Administers what belongs to one customer.
    public static let customerAdmin: Role = "customer-admin"
    /// One of the platform's own people, who may read.
    public static let viewer: Role = "viewer"
    /// Owns a tenant.
    public static let owner: Role = "owner"
}

/// The sets of roles that operations name. Which operation has which one is in ``AccessTable``.
extension Access {
    /// Reads of what customers may see.
    static let reading: Access = .roles([.platformAdmin, .customerAdmin, .viewer])
    /// Reads of tenants, and of what belongs to one.
    static let readingTenants: Access = .roles([.platformAdmin, .customerAdmin, .viewer, .owner])
    /// Writes of a customer's own objects.
    static let writing: Access = .roles([.platformAdmin, .customerAdmin])
    /// Reads of what only the platform's people see.
    static let inspecting: Access = .roles([.platformAdmin, .viewer])
    /// What only the platform's people do.
    static let administering: Access = .roles([.platformAdmin])
}
