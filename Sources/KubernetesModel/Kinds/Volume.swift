extension CoreV1 {
    /// A volume of a pod; exactly one source is set.
    public struct Volume: Codable, Sendable, Hashable {
        /// Name, unique within the pod.
        public var name: String?
        /// A directory that lives as long as the pod.
        public var emptyDir: EmptyDirVolumeSource?
        /// The keys of a ConfigMap as files.
        public var configMap: ConfigMapVolumeSource?
        /// The keys of a Secret as files.
        public var secret: SecretVolumeSource?
        /// A claimed volume.
        public var persistentVolumeClaim: PersistentVolumeClaimVolumeSource?
        /// Several sources in one directory.
        public var projected: ProjectedVolumeSource?
        /// A volume of a storage driver.
        public var csi: CSIVolumeSource?

        /// Creates a value; what is left out is absent.
        public init(
            name: String? = nil,
            emptyDir: EmptyDirVolumeSource? = nil,
            configMap: ConfigMapVolumeSource? = nil,
            secret: SecretVolumeSource? = nil,
            persistentVolumeClaim: PersistentVolumeClaimVolumeSource? = nil,
            projected: ProjectedVolumeSource? = nil,
            csi: CSIVolumeSource? = nil
        ) {
            self.name = name
            self.emptyDir = emptyDir
            self.configMap = configMap
            self.secret = secret
            self.persistentVolumeClaim = persistentVolumeClaim
            self.projected = projected
            self.csi = csi
        }
    }

    /// A directory that lives as long as the pod.
    public struct EmptyDirVolumeSource: Codable, Sendable, Hashable {
        /// `Memory` for a file system in memory.
        public var medium: String?
        /// Greatest size.
        public var sizeLimit: Quantity?

        /// Creates a value; what is left out is absent.
        public init(medium: String? = nil, sizeLimit: Quantity? = nil) {
            self.medium = medium
            self.sizeLimit = sizeLimit
        }
    }

    /// A key, and the file it becomes.
    public struct KeyToPath: Codable, Sendable, Hashable {
        /// Key of the object.
        public var key: String?
        /// File name below the mount.
        public var path: String?
        /// Permission bits.
        public var mode: Int?

        /// Creates a value; what is left out is absent.
        public init(key: String? = nil, path: String? = nil, mode: Int? = nil) {
            self.key = key
            self.path = path
            self.mode = mode
        }
    }

    /// The keys of a ConfigMap as files.
    public struct ConfigMapVolumeSource: Codable, Sendable, Hashable {
        /// Name of the ConfigMap.
        public var name: String?
        /// Keys to show; absent means all.
        public var items: [KeyToPath]?
        /// Permission bits; absent means 0644.
        public var defaultMode: Int?
        /// Whether the pod starts when it is missing.
        public var optional: Bool?

        /// Creates a value; what is left out is absent.
        public init(name: String? = nil, items: [KeyToPath]? = nil, defaultMode: Int? = nil, optional: Bool? = nil) {
            self.name = name
            self.items = items
            self.defaultMode = defaultMode
            self.optional = optional
        }
    }

    /// The keys of a Secret as files.
    public struct SecretVolumeSource: Codable, Sendable, Hashable {
        /// Name of the Secret.
        public var secretName: String?
        /// Keys to show; absent means all.
        public var items: [KeyToPath]?
        /// Permission bits; absent means 0644.
        public var defaultMode: Int?
        /// Whether the pod starts when it is missing.
        public var optional: Bool?

        /// Creates a value; what is left out is absent.
        public init(secretName: String? = nil, items: [KeyToPath]? = nil, defaultMode: Int? = nil, optional: Bool? = nil) {
            self.secretName = secretName
            self.items = items
            self.defaultMode = defaultMode
            self.optional = optional
        }
    }

    /// A claimed volume.
    public struct PersistentVolumeClaimVolumeSource: Codable, Sendable, Hashable {
        /// Name of the claim.
        public var claimName: String?
        /// Whether writing is refused.
        public var readOnly: Bool?

        /// Creates a value; what is left out is absent.
        public init(claimName: String? = nil, readOnly: Bool? = nil) {
            self.claimName = claimName
            self.readOnly = readOnly
        }
    }

    /// Several sources in one directory.
    public struct ProjectedVolumeSource: Codable, Sendable, Hashable {
        /// The sources.
        public var sources: [VolumeProjection]?
        /// Permission bits; absent means 0644.
        public var defaultMode: Int?

        /// Creates a value; what is left out is absent.
        public init(sources: [VolumeProjection]? = nil, defaultMode: Int? = nil) {
            self.sources = sources
            self.defaultMode = defaultMode
        }
    }

    /// One source of a projected volume.
    public struct VolumeProjection: Codable, Sendable, Hashable {
        /// A token of the pod's account.
        public var serviceAccountToken: ServiceAccountTokenProjection?
        /// Keys of a Secret.
        public var secret: KeyProjection?
        /// Keys of a ConfigMap.
        public var configMap: KeyProjection?

        /// Creates a value; what is left out is absent.
        public init(
            serviceAccountToken: ServiceAccountTokenProjection? = nil,
            secret: KeyProjection? = nil,
            configMap: KeyProjection? = nil
        ) {
            self.serviceAccountToken = serviceAccountToken
            self.secret = secret
            self.configMap = configMap
        }
    }

    /// A token of the pod's account, renewed by the kubelet.
    public struct ServiceAccountTokenProjection: Codable, Sendable, Hashable {
        /// Who is meant to accept the token.
        public var audience: String?
        /// Life time in seconds, at least 600.
        public var expirationSeconds: Int64?
        /// File name below the mount.
        public var path: String?

        /// Creates a value; what is left out is absent.
        public init(audience: String? = nil, expirationSeconds: Int64? = nil, path: String? = nil) {
            self.audience = audience
            self.expirationSeconds = expirationSeconds
            self.path = path
        }
    }

    /// Keys of a Secret or of a ConfigMap in a projected volume.
    public struct KeyProjection: Codable, Sendable, Hashable {
        /// Name of the object.
        public var name: String?
        /// Keys to show; absent means all.
        public var items: [KeyToPath]?
        /// Whether the pod starts when it is missing.
        public var optional: Bool?

        /// Creates a value; what is left out is absent.
        public init(name: String? = nil, items: [KeyToPath]? = nil, optional: Bool? = nil) {
            self.name = name
            self.items = items
            self.optional = optional
        }
    }

    /// A volume of a storage driver, made with the pod.
    public struct CSIVolumeSource: Codable, Sendable, Hashable {
        /// Name of the driver.
        public var driver: String?
        /// Whether writing is refused.
        public var readOnly: Bool?
        /// File system.
        public var fsType: String?
        /// Settings for the driver.
        public var volumeAttributes: [String: String]?

        /// Creates a value; what is left out is absent.
        public init(driver: String? = nil, readOnly: Bool? = nil, fsType: String? = nil, volumeAttributes: [String: String]? = nil) {
            self.driver = driver
            self.readOnly = readOnly
            self.fsType = fsType
            self.volumeAttributes = volumeAttributes
        }
    }
}
