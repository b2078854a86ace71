import ModelProxy

/// What a ceiling or a spend is of.
enum BudgetScope: Sendable, Hashable {
    /// Everybody.
    case global
    /// The tenants of an owner.
    case account(String)
    /// A tenant.
    case tenant(String)

    /// Its kind, as tables and alerts write it.
    var kind: String {
        switch self {
        case .global: "global"
        case .account: "account"
        case .tenant: "tenant"
        }
    }

    /// Its name; empty for everybody.
    var name: String {
        switch self {
        case .global: ""
        case .account(let name), .tenant(let name): name
        }
    }

    /// Kind and name, as keys of the outbox write it.
    var key: String { self == .global ? kind : "\(kind)/\(name)" }

    /// Reads ``key``.
    init?(key: String) {
        if key == "global" {
            self = .global
        } else if key.hasPrefix("account/") {
            self = .account(String(key.dropFirst("account/".count)))
        } else if key.hasPrefix("tenant/") {
            self = .tenant(String(key.dropFirst("tenant/".count)))
        } else {
            return nil
        }
    }
}
