extension CoreV1 {
    /// Security settings of one container.
    public struct SecurityContext: Codable, Sendable, Hashable {
        /// Whether a process may gain more rights than its parent.
        public var allowPrivilegeEscalation: Bool?
        /// Whether the container has the rights of the node's root.
        public var privileged: Bool?
        /// Whether the image's files are read-only.
        public var readOnlyRootFilesystem: Bool?
        /// Whether the kubelet refuses user 0.
        public var runAsNonRoot: Bool?
        /// User id of the process.
        public var runAsUser: Int64?
        /// Group id of the process.
        public var runAsGroup: Int64?
        /// POSIX capabilities.
        public var capabilities: Capabilities?
        /// System call filter.
        public var seccompProfile: SeccompProfile?

        /// Creates a value; what is left out is absent.
        public init(
            allowPrivilegeEscalation: Bool? = nil,
            privileged: Bool? = nil,
            readOnlyRootFilesystem: Bool? = nil,
            runAsNonRoot: Bool? = nil,
            runAsUser: Int64? = nil,
            runAsGroup: Int64? = nil,
            capabilities: Capabilities? = nil,
            seccompProfile: SeccompProfile? = nil
        ) {
            self.allowPrivilegeEscalation = allowPrivilegeEscalation
            self.privileged = privileged
            self.readOnlyRootFilesystem = readOnlyRootFilesystem
            self.runAsNonRoot = runAsNonRoot
            self.runAsUser = runAsUser
            self.runAsGroup = runAsGroup
            self.capabilities = capabilities
            self.seccompProfile = seccompProfile
        }
    }

    /// POSIX capabilities of a container.
    public struct Capabilities: Codable, Sendable, Hashable {
        /// Capabilities added to the default set.
        public var add: [String]?
        /// Capabilities taken from the default set; `ALL` for every one.
        public var drop: [String]?

        /// Creates a value; what is left out is absent.
        public init(add: [String]? = nil, drop: [String]? = nil) {
            self.add = add
            self.drop = drop
        }
    }
}
