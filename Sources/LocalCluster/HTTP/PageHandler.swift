import Hummingbird
import JSONValue

/// Paths that are no resources: discovery, OpenAPI, version, health and metrics.
struct PageHandler: Sendable {
    let resources: ResourceTable
    let store: ObjectStore
    let log: RequestLog
    let openAPI: OpenAPIPages
    /// `host:port` under which clients reach the server.
    let address: @Sendable () -> String

    /// Paths that need no credentials.
    static func isPublic(_ path: String) -> Bool {
        let first = path.split(separator: "/").first ?? ""
        return ["healthz", "livez", "readyz", "version"].contains(first)
    }

    func respond(path: [String], request: Request, query: QueryParameters) throws -> APIResponse {
        let accept = request.headers[.accept]
        switch (path.first, path.count) {
        case (nil, _): return .json(["paths": .array(Self.paths.map { .string($0) })])
        case ("version", 1): return .json(ServerVersion.json)
        case ("healthz", _), ("livez", _), ("readyz", _):
            return HealthPages.respond(path: path, isVerbose: query.contains("verbose"))
        case ("metrics", 1): return metrics
        case ("openapi", _): return openAPI.respond(path: path, accept: accept)
        case ("api", 1), ("apis", 1):
            let isCore = path.first == "api"
            if let version = AggregatedDiscovery.version(accept: accept) {
                let json = AggregatedDiscovery(documents: documents).document(version: version, isCore: isCore)
                let type = "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList"
                return APIResponse(content: .rendered(.init(bytes: json.serialized()), contentType: type))
            }
            return .json(isCore ? documents.coreVersions : documents.groupList)
        case ("api", 2): return resourceList(group: "", version: path[1])
        case ("apis", 2): return documents.group(path[1]).map { .json($0) } ?? .pageNotFound
        case ("apis", 3): return resourceList(group: path[1], version: path[2])
        default: return .pageNotFound
        }
    }

    private static let paths = ["/api", "/apis", "/healthz", "/livez", "/metrics", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]

    private var documents: DiscoveryDocuments {
        DiscoveryDocuments(resources: resources.all, address: address())
    }

    private func resourceList(group: String, version: String) -> APIResponse {
        documents.resourceList(group: group, version: version).map { .json($0) } ?? .pageNotFound
    }

    private var metrics: APIResponse {
        var lines = ["# TYPE apiserver_request_total counter"]
        for (record, count) in log.counters.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            lines.append(
                "apiserver_request_total{code=\"\(record.code)\",group=\"\(record.group)\",resource=\"\(record.resource)\","
                    + "subresource=\"\(record.subresource)\",verb=\"\(record.verb.uppercased())\"} \(count)"
            )
        }
        lines.append("# TYPE apiserver_storage_objects gauge")
        for (resource, count) in store.counts().sorted(by: { $0.key < $1.key }) {
            lines.append("apiserver_storage_objects{resource=\"\(resource)\"} \(count)")
        }
        lines.append("# TYPE apiserver_registered_watchers gauge")
        lines.append("apiserver_registered_watchers \(store.watchCount)")
        return .text(lines.joined(separator: "\n") + "\n")
    }
}
