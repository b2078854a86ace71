extension CoreV1 {
    /// A periodic check of a container.
    public struct Probe: Codable, Sendable, Hashable {
        /// An HTTP request that must be answered with 200 to 399.
        public var httpGet: HTTPGetAction?
        /// A connection that must open.
        public var tcpSocket: TCPSocketAction?
        /// A command that must end with status 0.
        public var exec: ExecAction?
        /// Seconds before the first check.
        public var initialDelaySeconds: Int?
        /// Seconds between checks; absent means 10.
        public var periodSeconds: Int?
        /// Seconds until a check counts as failed; absent means 1.
        public var timeoutSeconds: Int?
        /// Successes in a row that count as success; absent means 1.
        public var successThreshold: Int?
        /// Failures in a row that count as failure; absent means 3.
        public var failureThreshold: Int?

        /// Creates a value; what is left out is absent.
        public init(
            httpGet: HTTPGetAction? = nil,
            tcpSocket: TCPSocketAction? = nil,
            exec: ExecAction? = nil,
            initialDelaySeconds: Int? = nil,
            periodSeconds: Int? = nil,
            timeoutSeconds: Int? = nil,
            successThreshold: Int? = nil,
            failureThreshold: Int? = nil
        ) {
            self.httpGet = httpGet
            self.tcpSocket = tcpSocket
            self.exec = exec
            self.initialDelaySeconds = initialDelaySeconds
            self.periodSeconds = periodSeconds
            self.timeoutSeconds = timeoutSeconds
            self.successThreshold = successThreshold
            self.failureThreshold = failureThreshold
        }
    }

    /// An HTTP request of a probe.
    public struct HTTPGetAction: Codable, Sendable, Hashable {
        /// Path of the request.
        public var path: String?
        /// Port number, or the name of a container port.
        public var port: IntOrString?
        /// `HTTP` (default) or `HTTPS`.
        public var scheme: String?
        /// Host to connect to; absent means the pod.
        public var host: String?

        /// Creates a value; what is left out is absent.
        public init(path: String? = nil, port: IntOrString? = nil, scheme: String? = nil, host: String? = nil) {
            self.path = path
            self.port = port
            self.scheme = scheme
            self.host = host
        }
    }

    /// A connection of a probe.
    public struct TCPSocketAction: Codable, Sendable, Hashable {
        /// Port number, or the name of a container port.
        public var port: IntOrString?

        /// Creates a value; what is left out is absent.
        public init(port: IntOrString? = nil) {
            self.port = port
        }
    }

    /// A command of a probe.
    public struct ExecAction: Codable, Sendable, Hashable {
        /// Program and arguments; no shell.
        public var command: [String]?

        /// Creates a value; what is left out is absent.
        public init(command: [String]? = nil) {
            self.command = command
        }
    }
}
