import JSONValue
import KubernetesModel
import Logging
import NIOCore

extension InProcessCluster {
    /// One request.
    public struct Request: Sendable {
        /// The HTTP method.
        public var method: String
        /// The path and query, percent-encoded.
        public var target: String
        /// The `Content-Type` header.
        public var contentType: String?
        /// The `User-Agent` header.
        public var userAgent: String
        /// The body.
        public var body: [UInt8]
        /// How many revisions a list lies back, as from a cache that lags behind.
        public var staleRevisions: Int64 = 0

        /// Makes a request.
        public init(method: String, target: String, contentType: String?, userAgent: String, body: [UInt8]) {
            self.method = method
            self.target = target
            self.contentType = contentType
            self.userAgent = userAgent
            self.body = body
        }

        /// What is asked for, as the request log and the faults name it; the verb is the HTTP method for paths that are no resources.
        public var record: RequestRecord {
            let (path, query) = Self.split(target)
            guard let resource = InProcessCluster.resource(path) else { return RequestRecord(verb: method.lowercased()) }
            return RequestRecord(
                verb: resource.verb(method: method, isWatch: QueryParameters(query).isTrue("watch")),
                group: resource.group,
                resource: resource.resource,
                subresource: resource.subresource ?? "",
                namespace: resource.namespace ?? "",
                name: resource.name ?? "",
                userAgent: userAgent
            )
        }

        static func split(_ target: String) -> (path: String, query: String) {
            let parts = target.split(separator: "?", maxSplits: 1)
            return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
        }
    }

    /// The answer to a request.
    public struct Reply: Sendable {
        /// The HTTP status.
        public var status: Int
        /// The `Retry-After` header.
        public var retryAfter: Int?
        /// The body; empty for a watch.
        public var body = ByteBuffer()
        /// The watch, if that was asked for.
        public var watch: InProcessWatch?

        /// A refusal.
        public static func refusal(_ code: Int, retryAfter: Int? = nil) -> Reply {
            Reply(FaultAction.refusal(code, retryAfter: retryAfter))
        }

        init(status: Int, body: ByteBuffer = ByteBuffer(), watch: InProcessWatch? = nil) {
            self.status = status
            self.body = body
            self.watch = watch
        }

        init(_ error: APIError) {
            self.init(status: error.code, body: ByteBuffer(bytes: error.json.serialized()))
            retryAfter = error.retryAfterSeconds
        }
    }

    /// Answers a request.
    public func respond(to request: Request) async -> Reply {
        do {
            return try await answer(request)
        } catch let error as APIError {
            return Reply(error)
        } catch {
            return Reply(APIError.internalError("\(error)"))
        }
    }

    static func resource(_ path: String) -> ResourceRequest? {
        let parts = path.split(separator: "/").map { PercentEncoding.decode($0, plusIsBlank: false) }
        if parts.count > 2, parts[0] == "api" { return ResourceRequest(group: "", version: parts[1], parts: parts[2...]) }
        if parts.count > 3, parts[0] == "apis" { return ResourceRequest(group: parts[1], version: parts[2], parts: parts[3...]) }
        return nil
    }

    private func answer(_ request: Request) async throws -> Reply {
        let (path, query) = Request.split(request.target)
        guard let resource = Self.resource(path) else { return discovery(path) }
        guard let served = handler.resources.resource(group: resource.group, version: resource.version, plural: resource.resource) else {
            throw APIError.unknownResource
        }
        var call = APICall(
            method: request.method,
            request: resource,
            served: served,
            query: QueryParameters(query),
            format: ResponseFormat(),
            contentType: request.contentType,
            body: request.body,
            user: .administrator,
            userAgent: request.userAgent
        )
        call.staleRevisions = min(request.staleRevisions, revision - firstRevision)
        return render(try await handler.respond(to: call))
    }

    private func render(_ response: APIResponse) -> Reply {
        switch response.content {
        case .json(let json): return Reply(status: response.status, body: ByteBuffer(bytes: json.serialized()))
        case .object(let object, let served):
            var buffer = ByteBuffer()
            ObjectEncoder.append(object, served, hasTypeMeta: true, to: &buffer)
            return Reply(status: response.status, body: buffer)
        case .rendered(let buffer, _): return Reply(status: response.status, body: buffer)
        case .watch(let stream): return Reply(status: response.status, watch: InProcessWatch(stream))
        // Nothing runs in process that could be followed.
        case .followed(let log): return Reply(status: response.status, body: ByteBuffer(bytes: log.shown))
        case .hangUp: return Reply(APIError.internalError("the connection was closed"))
        }
    }

    private func discovery(_ path: String) -> Reply {
        let parts = path.split(separator: "/").map(String.init)
        let documents = DiscoveryDocuments(resources: handler.resources.all, address: "in-process")
        let json: JSON? =
            switch (parts.first, parts.count) {
            case ("api", 1): documents.coreVersions
            case ("apis", 1): documents.groupList
            case ("api", 2): documents.resourceList(group: "", version: parts[1])
            case ("apis", 2): documents.group(parts[1])
            case ("apis", 3): documents.resourceList(group: parts[1], version: parts[2])
            default: nil
            }
        guard let json else { return render(.pageNotFound) }
        return Reply(status: 200, body: ByteBuffer(bytes: json.serialized()))
    }
}
