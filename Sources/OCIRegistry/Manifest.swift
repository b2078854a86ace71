import JSONValue

/// What a manifest says of a blob.
public struct Descriptor: Sendable, Hashable, Codable {
    /// The kind of content.
    public var mediaType: String
    /// Which content.
    public var digest: BlobDigest
    /// Its length in bytes.
    public var size: Int

    /// A descriptor.
    public init(mediaType: String, digest: BlobDigest, size: Int) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
    }
}

/// An image manifest of one layer that carries an artifact instead of an image (OCI image specification 1.1, "Guidelines for artifact usage").
public struct ArtifactManifest: Sendable, Hashable, Codable {
    /// The media type of manifests.
    public static let mediaType = "application/vnd.oci.image.manifest.v1+json"
    /// The empty configuration of an artifact.
    public static let emptyConfiguration: [UInt8] = [0x7B, 0x7D]
    /// Its media type.
    public static let emptyConfigurationType = "application/vnd.oci.empty.v1+json"

    /// The version of the form: 2.
    public var schemaVersion: Int
    /// ``mediaType-swift.type.property``.
    public var mediaType: String
    /// What the artifact is.
    public var artifactType: String?
    /// The empty configuration.
    public var config: Descriptor
    /// The content.
    public var layers: [Descriptor]
    /// Notes.
    public var annotations: [String: String]?

    /// The manifest of one piece of content.
    public init(artifactType: String, layer: Descriptor, annotations: [String: String] = [:]) {
        schemaVersion = 2
        mediaType = Self.mediaType
        self.artifactType = artifactType
        config = Descriptor(
            mediaType: Self.emptyConfigurationType,
            digest: BlobDigest(of: Self.emptyConfiguration),
            size: Self.emptyConfiguration.count
        )
        layers = [layer]
        self.annotations = annotations.isEmpty ? nil : annotations
    }

    /// Its canonical text: equal manifests have equal digests.
    ///
    /// - Throws: never for a manifest of this initialiser.
    public func bytes() throws -> [UInt8] { try JSON(encoding: self).serialized() }
}
