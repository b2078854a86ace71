import Entitlements
import HTTPOperations
import HTTPTypes

/// For whom a session is bound. Pure.
enum SessionPrincipal: Sendable, Hashable {
    /// A tenant.
    case tenant(String)
    /// A person, by each of the stable names by which grants may mean it.
    case user([String])

    /// As it is kept and shown.
    var text: String {
        switch self {
        case .tenant(let name): "tenant:\(name)"
        case .user(let names): "user:\(names.first ?? "")"
        }
    }

    /// Finds out for whom a caller may bind a session.
    ///
    /// A caller binds sessions for itself alone; the platform's administrators bind them for anybody.
    ///
    /// - Parameters:
    ///   - text: whom the request names: `tenant:…`, `user:…`, or a bare name, which is a tenant if there is one of that name.
    ///   - caller: who calls.
    ///   - isTenant: whether there is a tenant of that name.
    /// - Throws: ``OperationError`` 403 when it is somebody else.
    static func resolve(_ text: String, caller: Principal, isTenant: Bool) throws(OperationError) -> SessionPrincipal {
        let (kind, name) = parts(text)
        if let own = caller.workloadTenant {
            guard kind != "user", name == own else { throw .otherPrincipal }
            return .tenant(own)
        }
        if caller.roles.contains(.platformAdmin) {
            return kind == "tenant" || (kind == nil && isTenant) ? .tenant(name) : .user([StableName.folded(name)])
        }
        let names = caller.stableNames
        guard kind != "tenant", names.contains(StableName.folded(name)) else { throw .otherPrincipal }
        return .user(names)
    }

    /// The principals whose bindings somebody may see and clear, the caller's first name in front; nil for everybody's.
    static func owned(by caller: Principal) -> [String]? {
        if let own = caller.workloadTenant { return ["tenant:\(own)"] }
        if caller.roles.contains(.platformAdmin) { return nil }
        return caller.stableNames.map { "user:\($0)" }
    }

    /// The kind that is written, if one is, and the name.
    static func parts(_ text: String) -> (kind: String?, name: String) {
        for kind in ["tenant", "user"] where text.hasPrefix("\(kind):") && text.utf8.count > kind.utf8.count + 1 {
            return (kind, String(text.dropFirst(kind.count + 1)))
        }
        return (nil, text)
    }
}

extension Principal {
    /// The names by which grants for people may mean the caller: who it is, without the kind, and its address, which the identity provider
    /// vouches for, however the provider writes it.
    var stableNames: [String] {
        let name = subject.hasPrefix("user:") ? String(subject.dropFirst("user:".count)) : subject
        return [name, StableName.folded(email ?? "")].filter { !$0.isEmpty }
    }
}

extension OperationError {
    /// 403: the session would be bound for somebody else.
    static let otherPrincipal = OperationError(
        .forbidden,
        code: "FORBIDDEN",
        message: "Sessions are bound for whoever calls; the principal is somebody else."
    )
}
