/// Where Compute Engine is and what machines are like there by default.
public struct ComputeEngineConfiguration: Sendable {
    /// The project; `nil` for the one the metadata server names.
    public var project: String?
    /// The zone of machines that name none.
    public var zone: String
    /// The base of all paths. Default: Google's.
    public var endpoint: String
    /// How calls are authenticated.
    public var credentials: GoogleCredentials
    /// The size of machines that name none. Default: `e2-standard-2`.
    public var machineType: String
    /// The image of machines that name none, with cloud-init. Default: the newest Ubuntu 24.04.
    public var image: String
    /// The disk in gigabytes of machines that name none. Default: 30.
    public var diskGb: Int
    /// The kind of disk. Default: `pd-balanced`.
    public var diskType: String
    /// The network of machines that name none. Default: `default`.
    public var network: String
    /// The subnetwork, as in `regions/europe-west2/subnetworks/fleet`; `nil` for networks that make their own.
    public var subnetwork: String?
    /// Whether machines get a public address. Default: yes.
    public var hasPublicAddress: Bool
    /// The identity of machines that name none; `nil` for none.
    public var serviceAccount: String?
    /// Network tags of all machines. Default: `opencrane`.
    public var tags: [String]
    /// The longest time of one call, head and body together. Default: 30 s.
    public var callTimeout: Duration

    /// A configuration with defaults for all but the zone.
    public init(project: String? = nil, zone: String, credentials: GoogleCredentials = .metadataServer()) {
        self.project = project
        self.zone = zone
        self.credentials = credentials
        endpoint = "https://compute.googleapis.com"
        machineType = "e2-standard-2"
        image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
        diskGb = 30
        diskType = "pd-balanced"
        network = "default"
        hasPublicAddress = true
        tags = ["opencrane"]
        callTimeout = .seconds(30)
    }
}

/// How calls to Google are authenticated.
public enum GoogleCredentials: Sendable {
    /// By the identity of the machine this runs on.
    ///
    /// - Parameter host: the metadata server's host, with its port if it has one.
    case metadataServer(host: String = "metadata.google.internal")
    /// By a service account's key.
    case serviceAccountKey(ServiceAccountKey)

    /// The metadata server that the process environment names, otherwise the usual one.
    public static func metadataServer(environment: [String: String]) -> GoogleCredentials {
        let host = environment["GCE_METADATA_HOST"] ?? ""
        return host.isEmpty ? .metadataServer() : .metadataServer(host: host)
    }
}
