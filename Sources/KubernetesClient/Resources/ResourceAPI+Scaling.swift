import JSONValue
import KubernetesModel
import NIOHTTP1

/// How many replicas something has and should have (`autoscaling/v1 Scale`).
public struct Scale: Sendable, Hashable {
    /// Of the object that is scaled.
    public var metadata: ObjectMeta
    /// The wanted number.
    public var replicas: Int
    /// The number there is.
    public var observedReplicas: Int
    /// Labels of the replicas, as a selector.
    public var selector: String?

    init(_ json: JSON) throws {
        guard json["kind"]?.stringValue == "Scale" else {
            throw KubernetesError(.decoding, "The server answered no Scale but \(json["kind"]?.stringValue ?? "something without a kind")")
        }
        metadata = try json["metadata"]?.decode(ObjectMeta.self) ?? ObjectMeta()
        // Go leaves zeros out.
        replicas = Int(json[at: ["spec", "replicas"]]?.integerValue ?? 0)
        observedReplicas = Int(json[at: ["status", "replicas"]]?.integerValue ?? 0)
        selector = json[at: ["status", "selector"]]?.stringValue
    }
}

extension ResourceAPI {
    /// Reads how many replicas an object has.
    ///
    /// - Throws: ``KubernetesError`` where `isNotFound` also when objects of this resource cannot be scaled.
    public func scale(_ key: ObjectKey) async throws -> Scale {
        try Scale(try await executor.execute(RawRequest(path: try path(key, subresource: "scale"), verb: "get")).json())
    }

    /// Sets how many replicas an object should have.
    ///
    /// - Parameters:
    ///   - replicas: 0 or more.
    ///   - resourceVersion: the object's version at which that is right; `nil` for any.
    ///   - options: the field manager and whether everything happens but the storing.
    /// - Throws: ``KubernetesError`` where `isConflict` when the object has another version.
    @discardableResult
    public func setScale(
        _ key: ObjectKey,
        replicas: Int,
        resourceVersion: String? = nil,
        _ options: WriteOptions = .init()
    ) async throws -> Scale {
        // The same number twice is the same as once; with a version, the second attempt of one that was done is a conflict.
        var request = RawRequest(
            .PATCH,
            path: try path(key, subresource: "scale"),
            query: options.query,
            isRepeatable: options.dryRun || resourceVersion != nil,
            verb: "patch"
        )
        request.mayConflictWithItself = !options.dryRun
        var body: JSON = ["spec": ["replicas": .integer(Int64(replicas))]]
        if let resourceVersion { body["metadata"] = ["resourceVersion": .string(resourceVersion)] }
        request.setBody(body, contentType: "application/merge-patch+json")
        let json = try await send(request, of: key, dryRun: options.dryRun)
        observe(json, dryRun: options.dryRun)
        return try Scale(json)
    }
}
