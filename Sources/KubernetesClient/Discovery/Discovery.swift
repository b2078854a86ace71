import JSONValue
import KubernetesModel
import NIOConcurrencyHelpers

/// A resource as the server describes it.
public struct DiscoveredResource: Sendable, Hashable {
    /// What is needed to build its paths.
    public var type: ResourceType
    /// What can be done with it, as in `list` and `watch`.
    public var verbs: [String]
    /// Its subresources, as in `status`.
    public var subresources: [String]
    /// Short names for people.
    public var shortNames: [String]
}

/// Knows which resources the server serves. Answers are kept: ten minutes what there is, thirty seconds what there is not, so that a
/// new custom resource is soon noticed.
public final class Discovery: Sendable {
    private struct Entry {
        var resources: [DiscoveredResource]?
        var expires: Duration
    }

    private static let lifetime: Duration = .seconds(600)
    private static let negativeLifetime: Duration = .seconds(30)

    private let executor: RequestExecutor
    private let time: TimeSource
    private let cache = NIOLockedValueBox<[String: Entry]>([:])

    init(executor: RequestExecutor, time: TimeSource) {
        self.executor = executor
        self.time = time
    }

    /// Forgets all answers.
    public func invalidate() { cache.withLockedValue { $0.removeAll() } }

    /// All groups with their versions, the preferred version first: `apps` has `apps/v1`; the core group has the name "".
    ///
    /// - Throws: ``KubernetesError``.
    public func groups() async throws -> [(name: String, versions: [String])] {
        let core = try await executor.execute(RawRequest(path: "/api", verb: "get")).json()
        let named = try await executor.execute(RawRequest(path: "/apis", verb: "get")).json()
        var result = [(name: "", versions: core["versions"]?.arrayValue?.compactMap(\.stringValue) ?? [])]
        for group in named["groups"]?.arrayValue ?? [] {
            guard let name = group["name"]?.stringValue else { continue }
            let versions = (group["versions"]?.arrayValue ?? []).compactMap { $0["groupVersion"]?.stringValue }
            let preferred = group[at: ["preferredVersion", "groupVersion"]]?.stringValue
            result.append((name: name, versions: versions.filter { $0 == preferred } + versions.filter { $0 != preferred }))
        }
        return result
    }

    /// The resources of a group and version, as in `apps/v1` or `v1`; empty when the server does not serve it.
    ///
    /// - Parameter refresh: whether to ask even when the answer is kept.
    /// - Throws: ``KubernetesError``.
    public func resources(for groupVersion: String, refresh: Bool = false) async throws -> [DiscoveredResource] {
        let now = time.now
        if !refresh, let entry = cache.withLockedValue({ $0[groupVersion] }), entry.expires > now { return entry.resources ?? [] }
        let path = groupVersion.contains("/") ? "/apis/\(groupVersion)" : "/api/\(groupVersion)"
        let resources: [DiscoveredResource]?
        do {
            resources = Self.parse(try await executor.execute(RawRequest(path: path, verb: "get")).json(), groupVersion: groupVersion)
        } catch let error as KubernetesError where error.isNotFound {
            resources = nil
        }
        let lifetime = resources == nil ? Self.negativeLifetime : Self.lifetime
        cache.withLockedValue { $0[groupVersion] = Entry(resources: resources, expires: now + lifetime) }
        return resources ?? []
    }

    /// Whether the server serves a resource.
    ///
    /// - Parameter refresh: whether to ask even when the answer is kept.
    /// - Throws: ``KubernetesError``.
    public func serves(_ type: ResourceType, refresh: Bool = false) async throws -> Bool {
        func isListed(_ resources: [DiscoveredResource]) -> Bool {
            resources.contains { $0.type.plural == type.plural && $0.type.kind == type.kind }
        }
        let known = try await resources(for: type.apiVersion, refresh: refresh)
        if isListed(known) { return true }
        // A group may be there and gain a resource; what is not there is asked for again after the short time.
        let now = time.now
        let mayBeOld = cache.withLockedValue { ($0[type.apiVersion]?.expires ?? .zero) < now + Self.lifetime - Self.negativeLifetime }
        guard !refresh, mayBeOld, !known.isEmpty else { return false }
        return isListed(try await resources(for: type.apiVersion, refresh: true))
    }

    /// The resource of a kind; `nil` when the server does not serve it.
    ///
    /// - Throws: ``KubernetesError``.
    public func resourceType(for kind: GroupVersionKind) async throws -> ResourceType? {
        func find(_ resources: [DiscoveredResource]) -> ResourceType? { resources.first { $0.type.kind == kind.kind }?.type }
        if let found = find(try await resources(for: kind.apiVersion)) { return found }
        return find(try await resources(for: kind.apiVersion, refresh: true))
    }

    static func parse(_ json: JSON, groupVersion: String) -> [DiscoveredResource] {
        let entries = json["resources"]?.arrayValue ?? []
        var subresources: [String: [String]] = [:]
        for entry in entries {
            let parts = (entry["name"]?.stringValue ?? "").split(separator: "/", maxSplits: 1).map(String.init)
            if parts.count == 2 { subresources[parts[0], default: []].append(parts[1]) }
        }
        return entries.compactMap { entry in
            guard let name = entry["name"]?.stringValue, !name.contains("/"), let kind = entry["kind"]?.stringValue else { return nil }
            let group = GroupVersionKind(apiVersion: groupVersion, kind: kind)
            return DiscoveredResource(
                type: ResourceType(
                    group: group.group,
                    version: group.version,
                    kind: kind,
                    plural: name,
                    isNamespaced: entry["namespaced"]?.boolValue ?? false
                ),
                verbs: entry["verbs"]?.arrayValue?.compactMap(\.stringValue) ?? [],
                subresources: (subresources[name] ?? []).sorted(),
                shortNames: entry["shortNames"]?.arrayValue?.compactMap(\.stringValue) ?? []
            )
        }
    }
}
