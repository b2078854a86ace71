import JSONValue
import KubernetesModel

/// The metadata of an object, without the rest (`meta.k8s.io/v1 PartialObjectMetadata`).
///
/// For caches that need names, labels and owners only: the server leaves out everything else, so that neither the network nor the memory
/// carries it. `Object` says whose metadata it is; for resources known only at run time it is `DynamicObject`.
///
/// ```swift
/// let secrets = client.resource(PartialObjectMetadata<CoreV1.Secret>.self)   // or client.resource(CoreV1.Secret.self).metadataOnly
/// ```
public struct PartialObjectMetadata<Object: KubernetesObject>: KubernetesObject, Hashable {
    /// Of the object, as in `apps/v1`; not that of `PartialObjectMetadata` itself.
    public var apiVersion: String
    /// Of the object, as in `Deployment`.
    public var kind: String
    /// The metadata.
    public var metadata: ObjectMeta

    /// Makes metadata of an object.
    public init(apiVersion: String, kind: String, metadata: ObjectMeta) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.metadata = metadata
    }

    private enum CodingKeys: String, CodingKey { case apiVersion, kind, metadata }

    /// Reads an object's metadata and passes over what else there is.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        apiVersion = try container.decodeIfPresent(String.self, forKey: .apiVersion) ?? ""
        kind = try container.decodeIfPresent(String.self, forKey: .kind) ?? ""
        metadata = try container.decodeIfPresent(ObjectMeta.self, forKey: .metadata) ?? ObjectMeta()
    }
}

/// Objects of which a server is asked for the metadata only, whoever asks.
protocol WithoutContent {}

extension PartialObjectMetadata: WithoutContent {}

extension PartialObjectMetadata: KubernetesResource where Object: KubernetesResource {
    /// The resource of the object.
    public static var resourceType: ResourceType { Object.resourceType }
}

extension ResourceAPI {
    /// The same resource, of whose objects the server sends only the metadata.
    ///
    /// Reads, watches, patches, applies of metadata and deletions work as ever; ``ResourceAPI/create(_:_:)`` and
    /// ``ResourceAPI/update(_:_:)`` are refused, because they would write an object without its content.
    public var metadataOnly: ResourceAPI<PartialObjectMetadata<Object>> {
        ResourceAPI<PartialObjectMetadata<Object>>(executor: executor, resourceType: resourceType, namespace: namespace)
    }

    /// - Throws: ``KubernetesError`` with code `invalidRequest` when the objects here are not whole.
    func requireWholeObjects() throws {
        guard executor.shape == .object else {
            throw KubernetesError(
                .invalidRequest,
                "A \(resourceType.kind) of which only the metadata is known cannot be created or replaced"
            )
        }
    }
}
