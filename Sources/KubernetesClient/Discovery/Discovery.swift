import JSONValue
import KubernetesModel
import NIOConcurrencyHelpers
import NIOHTTP1

/// Knows which resources the server serves, and which resource a kind or a name means.
///
/// Answers are kept for ten minutes. What is not in them may be new, as a custom resource that was just defined, so it is asked for again, but
/// at most every ten seconds for each group and version: who asks in a loop for what is not there costs the server little.
public final class Discovery: Sendable {
    private struct Entry {
        /// `nil` when the server does not serve the group and version.
        var resources: [DiscoveredResource]?
        var asked: Duration
    }

    private struct State {
        var versions: [String: Entry] = [:]
        var all: [DiscoveredGroup]?
        var allAsked: Duration = .zero
    }

    private static let lifetime: Duration = .seconds(600)
    /// How soon the server is asked again for what was not there.
    private static let patience: Duration = .seconds(10)

    private let executor: RequestExecutor
    private let time: TimeSource
    private let state = NIOLockedValueBox(State())

    init(executor: RequestExecutor, time: TimeSource) {
        self.executor = executor
        self.time = time
    }

    /// Forgets all answers.
    public func invalidate() { state.withLockedValue { $0 = State() } }

    /// All groups with their versions, the preferred version first: `apps` has `apps/v1`; the core group has the name "".
    ///
    /// - Throws: ``KubernetesError``.
    public func groups() async throws -> [(name: String, versions: [String])] {
        let core = try await executor.execute(RawRequest(path: "/api", verb: "get")).json()
        let named = try await executor.execute(RawRequest(path: "/apis", verb: "get")).json()
        return Self.groupVersions(core: core, named: named)
    }

    /// Everything the server serves, in its order. A group whose server is away is left out, or has what it had before.
    ///
    /// Asks for aggregated discovery, two requests; of a server without it, one for each group and version.
    ///
    /// - Parameter refresh: whether to ask even when the answer is kept.
    /// - Throws: ``KubernetesError``.
    public func allGroups(refresh: Bool = false) async throws -> [DiscoveredGroup] {
        let now = time.now
        if !refresh, let all = state.withLockedValue({ $0.allAsked + Self.lifetime > now ? $0.all : nil }) { return all }
        let core = try await document("/api")
        let named = try await document("/apis")
        let found: [DiscoveredGroup]
        if let first = DiscoveryDocuments.groups(core), let others = DiscoveryDocuments.groups(named) {
            found = first + others
        } else {
            found = try await each(Self.groupVersions(core: core, named: named))
        }
        state.withLockedValue { state in
            state.all = found
            state.allAsked = now
            for version in found.flatMap(\.versions) where !version.isStale {
                state.versions[version.groupVersion] = Entry(resources: version.resources, asked: now)
            }
        }
        return found
    }

    /// The resources of a group and version, as in `apps/v1` or `v1`; empty when the server does not serve it.
    ///
    /// - Parameter refresh: whether to ask even when the answer is kept.
    /// - Throws: ``KubernetesError``.
    public func resources(for groupVersion: String, refresh: Bool = false) async throws -> [DiscoveredResource] {
        let now = time.now
        if !refresh, let entry = state.withLockedValue({ $0.versions[groupVersion] }) {
            let lifetime = entry.resources == nil ? Self.patience : Self.lifetime
            if entry.asked + lifetime > now { return entry.resources ?? [] }
        }
        let path = groupVersion.contains("/") ? "/apis/\(groupVersion)" : "/api/\(groupVersion)"
        let resources: [DiscoveredResource]?
        do {
            let json = try await executor.execute(RawRequest(path: path, verb: "get")).json()
            resources = DiscoveryDocuments.resources(json, groupVersion: groupVersion)
        } catch let error as KubernetesError where error.isNotFound {
            resources = nil
        }
        state.withLockedValue { $0.versions[groupVersion] = Entry(resources: resources, asked: now) }
        return resources ?? []
    }

    /// Whether the server serves a resource.
    ///
    /// - Parameter refresh: whether to ask even when the answer is kept.
    /// - Throws: ``KubernetesError``.
    public func serves(_ type: ResourceType, refresh: Bool = false) async throws -> Bool {
        try await first(of: type.apiVersion, refresh: refresh) { $0.type.plural == type.plural && $0.type.kind == type.kind } != nil
    }

    /// The resource of a kind; `nil` when the server does not serve it.
    ///
    /// - Throws: ``KubernetesError``.
    public func resourceType(for kind: GroupVersionKind) async throws -> ResourceType? {
        try await first(of: kind.apiVersion, refresh: false) { $0.type.kind == kind.kind }?.type
    }

    /// The resource of a kind in the version that the server prefers; `nil` when it does not serve the kind.
    ///
    /// - Throws: ``KubernetesError``.
    public func resourceType(group: String, kind: String) async throws -> ResourceType? {
        try await find { groups in
            groups.lazy.filter { $0.name == group }.flatMap(\.versions).flatMap(\.resources).first { $0.type.kind == kind }
        }?.type
    }

    /// The resource that a person means, as kubectl understands it; `nil` when there is none.
    ///
    /// - Parameter name: a plural, singular or short name or a kind, in any case: `deployments`, `deploy`, `Deployment`; perhaps with its group
    ///   or version and group: `deployments.apps`, `deployments.v1.apps`. Of several resources with the name the first group's in the server's
    ///   order counts, in its preferred version.
    /// - Throws: ``KubernetesError``.
    public func resource(named name: String) async throws -> DiscoveredResource? {
        let word = name.lowercased()
        let parts = word.split(separator: ".", maxSplits: 1).map(String.init)
        guard let first = parts.first else { return nil }
        return try await find { groups in
            guard parts.count == 2 else { return groups.lazy.flatMap(\.versions).flatMap(\.resources).first { $0.isCalled(word) } }
            let group = groups.lazy.filter { $0.name == parts[1] }.flatMap(\.versions).flatMap(\.resources).first { $0.isCalled(first) }
            if let group { return group }
            let rest = parts[1].split(separator: ".", maxSplits: 1).map(String.init)
            let wanted = rest.count == 2 ? "\(rest[1])/\(rest[0])" : parts[1]
            return groups.lazy.flatMap(\.versions).filter { $0.groupVersion == wanted }.flatMap(\.resources).first { $0.isCalled(first) }
        }
    }

    // MARK: Asking

    /// The resource of a group and version that a condition holds for. When there is none, the server is asked again after a short time.
    private func first(
        of groupVersion: String,
        refresh: Bool,
        where condition: (DiscoveredResource) -> Bool
    ) async throws -> DiscoveredResource? {
        if let found = try await resources(for: groupVersion, refresh: refresh).first(where: condition) { return found }
        let now = time.now
        let isOld = state.withLockedValue { ($0.versions[groupVersion]?.asked ?? .zero) + Self.patience <= now }
        guard isOld else { return nil }
        return try await resources(for: groupVersion, refresh: true).first(where: condition)
    }

    private func find(_ search: ([DiscoveredGroup]) -> DiscoveredResource?) async throws -> DiscoveredResource? {
        if let found = search(try await allGroups()) { return found }
        let now = time.now
        guard state.withLockedValue({ $0.allAsked + Self.patience <= now }) else { return nil }
        return search(try await allGroups(refresh: true))
    }

    private func document(_ path: String) async throws -> JSON {
        try await executor.execute(RawRequest(path: path, headers: ["Accept": DiscoveryDocuments.accept], verb: "get")).json()
    }

    /// One group and version after the other, of a server that cannot tell all at once.
    private func each(_ groups: [(name: String, versions: [String])]) async throws -> [DiscoveredGroup] {
        var result: [DiscoveredGroup] = []
        for group in groups {
            var found = DiscoveredGroup(name: group.name, versions: [])
            for version in group.versions {
                do {
                    let resources = try await resources(for: version, refresh: true)
                    found.versions.append(.init(groupVersion: version, resources: resources, isStale: false))
                } catch let error as KubernetesError where error.httpStatus == 503 {
                    // An aggregated server is away; that is no reason to know nothing of the others.
                    let known = state.withLockedValue { $0.versions[version]?.resources }
                    if let known { found.versions.append(.init(groupVersion: version, resources: known, isStale: true)) }
                }
            }
            result.append(found)
        }
        return result
    }

    private static func groupVersions(core: JSON, named: JSON) -> [(name: String, versions: [String])] {
        var result = [(name: "", versions: core["versions"]?.arrayValue?.compactMap(\.stringValue) ?? [])]
        for group in named["groups"]?.arrayValue ?? [] {
            guard let name = group["name"]?.stringValue else { continue }
            let versions = (group["versions"]?.arrayValue ?? []).compactMap { $0["groupVersion"]?.stringValue }
            let preferred = group[at: ["preferredVersion", "groupVersion"]]?.stringValue
            result.append((name: name, versions: versions.filter { $0 == preferred } + versions.filter { $0 != preferred }))
        }
        return result
    }
}
