import Foundation

extension ClusterServer {
    /// How a server is run.
    public struct Configuration: Sendable {
        /// The address to listen on. Whoever can reach it and has the administrator's certificate may do everything.
        public var host: String
        /// 0 chooses a free port.
        public var port: Int
        /// Where objects, certificates and keys are kept; nil keeps all in memory.
        public var dataDirectory: String?
        /// How many changes of each resource are kept for watches and pages. Older ones are answered with 410.
        public var watchHistoryLimit: Int
        /// How many of the latest requests are kept one by one.
        public var requestLogLimit: Int
        /// How long open watches may take to end at a graceful shutdown.
        public var shutdownTimeout: Duration
        /// Who may do what.
        public var authorization: Authorization
        /// A file that takes a line for everything different that is asked for (``AccessRecord``): what clients need to be allowed.
        public var accessFile: String?
        /// Finds the output of containers for `kubectl logs`; nil when nothing runs.
        public var podLogs: PodLogs?
        /// Further names and addresses that the server's certificate is valid for.
        public var additionalHosts: [String]
        /// The present time.
        public var now: @Sendable () -> Date

        /// Makes a configuration. Default: in memory, on a free port of this machine only.
        public init(
            host: String = "127.0.0.1",
            port: Int = 0,
            dataDirectory: String? = nil,
            watchHistoryLimit: Int = 10_000,
            requestLogLimit: Int = 10_000,
            shutdownTimeout: Duration = .seconds(5),
            authorization: Authorization = .alwaysAllow,
            accessFile: String? = ProcessInfo.processInfo.environment["LOCAL_CLUSTER_ACCESS_FILE"],
            podLogs: PodLogs? = nil,
            additionalHosts: [String] = [],
            now: @escaping @Sendable () -> Date = { Date() }
        ) {
            self.host = host
            self.port = port
            self.dataDirectory = dataDirectory
            self.watchHistoryLimit = watchHistoryLimit
            self.requestLogLimit = requestLogLimit
            self.shutdownTimeout = shutdownTimeout
            self.authorization = authorization
            self.accessFile = accessFile
            self.podLogs = podLogs
            self.additionalHosts = additionalHosts
            self.now = now
        }
    }
}
