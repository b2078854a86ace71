import JSONValue
import KubernetesModel
import NIOConcurrencyHelpers
import NIOCore

/// `/openapi/v2` and `/openapi/v3`, made anew when the resources have changed.
final class OpenAPIPages: Sendable {
    private struct Cache: Sendable {
        var version = -1
        var pages: [String: ByteBuffer] = [:]
    }

    private let resources: ResourceTable
    private let store: ObjectStore
    private let cache = NIOLockedValueBox(Cache())

    init(resources: ResourceTable, store: ObjectStore) {
        self.resources = resources
        self.store = store
    }

    /// - Parameter path: Begins with `openapi`.
    func respond(path: [String], accept: String?) -> APIResponse {
        switch path.dropFirst() {
        case ["v2"]:
            if SwaggerProtobuf.isWanted(accept) {
                return page("v2 protobuf", contentType: SwaggerProtobuf.mediaType) { ByteBuffer(bytes: SwaggerProtobuf.document($0.v2())) }
            }
            return page("v2") { Self.buffer($0.v2()) }
        case ["v3"]:
            let hash = String(resources.version)
            return page("v3") { Self.buffer($0.index(hash: hash)) }
        case ["v3", "api", "v1"]: return page("api/v1") { $0.v3(group: "", version: "v1").map { Self.buffer($0) } }
        default:
            guard path.count == 5, path[1] == "v3", path[2] == "apis" else { return .pageNotFound }
            return page(path.joined(separator: "/")) { $0.v3(group: path[3], version: path[4]).map { Self.buffer($0) } }
        }
    }

    private static func buffer(_ json: JSON) -> ByteBuffer { ByteBuffer(bytes: json.serialized()) }

    private func page(
        _ name: String,
        contentType: String = "application/json",
        _ make: (OpenAPIBuilder) -> ByteBuffer?
    ) -> APIResponse {
        let version = resources.version
        let known = cache.withLockedValue { cache -> ByteBuffer? in
            if cache.version != version { cache = Cache(version: version) }
            return cache.pages[name]
        }
        guard let page = known ?? make(builder) else { return .pageNotFound }
        cache.withLockedValue { cache in
            if cache.version == version { cache.pages[name] = page }
        }
        return APIResponse(content: .rendered(page, contentType: contentType))
    }

    private var builder: OpenAPIBuilder {
        OpenAPIBuilder(resources: resources.all) { [store] definition, version in
            let stored = store.get(CustomResourceDefinitions.storage, StoreKey(namespace: "", name: definition))
            let versions = stored?.json["spec"]?["versions"]?.arrayValue ?? []
            return versions.first { $0["name"]?.stringValue == version }?["schema"]?["openAPIV3Schema"]
        }
    }
}
