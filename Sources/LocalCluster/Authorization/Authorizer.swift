import JSONValue
import NIOConcurrencyHelpers

/// Decides who may do what, by the objects that are stored, and writes down what was asked for.
final class Authorizer: Sendable {
    private struct Known: Sendable {
        var revision: Int64
        var policy: RBACPolicy
    }

    private static let group = ".rbac.authorization.k8s.io"
    /// Where the objects of access control are stored.
    static let resources = ["roles", "clusterroles", "rolebindings", "clusterrolebindings"].map { $0 + group }

    private let mode: ClusterServer.Authorization
    private let store: ObjectStore
    private let log: AccessLog?
    private let known = NIOLockedValueBox<Known?>(nil)

    init(_ mode: ClusterServer.Authorization, store: ObjectStore, log: AccessLog?) {
        self.mode = mode
        self.store = store
        self.log = log
    }

    /// Whether rules are enforced.
    var isEnforcing: Bool { mode == .rbac }

    /// Whether anybody is interested in what is asked beside the request itself.
    var isIdle: Bool { mode == .alwaysAllow && log == nil }

    /// The rules as they are now. Made anew only after one of the objects has changed.
    var policy: RBACPolicy {
        let revision = store.lastChange(of: Self.resources)
        if let known = known.withLockedValue({ $0 }), known.revision == revision { return known.policy }
        let lists = Self.resources.map { (try? store.list($0, namespace: nil).objects.map(\.json)) ?? [] }
        let policy = RBACPolicy(
            .init(roles: lists[0], clusterRoles: lists[1], roleBindings: lists[2], clusterRoleBindings: lists[3])
        )
        // Read before the lists: a change in between makes the next request read them again.
        known.withLockedValue { $0 = Known(revision: revision, policy: policy) }
        return policy
    }

    func decide(_ asked: AccessAttributes, _ user: UserInfo) -> RBACPolicy.Decision {
        guard isEnforcing else { return .init(isAllowed: !user.isAnonymous || asked.path.map(PageHandler.isPublic) ?? false, reason: "") }
        return policy.decide(asked, user)
    }

    /// Whether somebody may do something beside what the request asks for.
    func mayPass(_ asked: AccessAttributes, _ user: UserInfo, userAgent: String?) -> Bool { noting(asked, user, userAgent).isAllowed }

    private func noting(_ asked: AccessAttributes, _ user: UserInfo, _ userAgent: String?) -> RBACPolicy.Decision {
        let decision = decide(asked, user)
        if asked.path == nil { log?.add(AccessRecord(asked, user: user.name, userAgent: userAgent ?? "", decision: decision)) }
        return decision
    }

    /// Refuses what is not allowed.
    ///
    /// - Throws: 403 in the words of the API server.
    func require(_ asked: AccessAttributes, _ user: UserInfo, userAgent: String?) throws(APIError) {
        let decision = noting(asked, user, userAgent)
        guard !decision.isAllowed else { return }
        let sentence = asked.refusal(user.name) + (decision.reason.isEmpty ? "" : ": \(decision.reason)")
        guard asked.path == nil else {
            throw APIError(code: 403, reason: "Forbidden", message: "forbidden: \(sentence)", details: [:])
        }
        throw .forbidden(ErrorSubject(resource: asked.resource, group: asked.group, name: asked.name), because: sentence)
    }
}

extension ClusterServer {
    /// Who may do what.
    public enum Authorization: String, Sendable, Hashable, CaseIterable {
        /// Everybody who is known may do everything.
        case alwaysAllow
        /// By the Roles, ClusterRoles and their bindings that are stored; the group `system:masters` may do everything.
        case rbac
    }
}
