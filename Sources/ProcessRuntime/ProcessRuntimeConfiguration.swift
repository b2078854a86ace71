/// How pods are run as processes.
public struct ProcessRuntimeConfiguration: Sendable {
    /// Which program stands for which image. Pods with other images are left alone.
    public var images: ImageMap
    /// Ports of this machine that lead to Services.
    public var forwards: [ServiceForward] = []
    /// The directory of the pods' volumes, credentials and logs.
    public var directory: String
    /// The name under which pods claim to run. Default `process-runtime`.
    public var nodeName = "process-runtime"
    /// Variables that every container gets. Default a `PATH` and a locale.
    public var environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"]
    /// Variables that hold the pod's address, which a program is to listen at instead of at all. Default `HOST` and `HEALTH_HOST`.
    public var addressVariables = ["HOST", "HEALTH_HOST"]
    /// Annotation with which a pod is left alone: `true`.
    public var ignoreAnnotation = "process-runtime.opencrane.io/ignore"
    /// How long pods have to end at shutdown. Default 20 s.
    public var shutdownBound: Duration = .seconds(20)
    /// How many bytes of output of a container's life are kept, twice. Default 10 MiB.
    public var logBound = 10 << 20

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - images: which program stands for which image.
    ///   - directory: made if it is missing.
    public init(images: ImageMap, directory: String) {
        self.images = images
        self.directory = directory
    }
}
