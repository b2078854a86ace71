/// What a development gateway is started with.
public struct DevelopmentGatewayConfiguration: Sendable {
    /// Where it keeps its files, as a real gateway does below `~/.openclaw`.
    public var stateDirectory: String
    /// The address to listen at. Default: loopback.
    public var host = "127.0.0.1"
    /// The port; 0 for a free one. Default: 18789.
    public var port = 18_789
    /// The shared token; empty for none, which only loopback clients may use.
    public var token: String
    /// The protocol version it speaks, 3 or 4. Default: 4.
    public var protocolVersion: Int64 = 4
    /// How often it lets hear of itself. Default: 15 seconds.
    public var tickInterval: Duration = .seconds(15)
    /// Whether a change of the configuration closes every connection with 1012, as older gateways did. Default: no.
    public var restartsOnChange = false
    /// How many changes of the configuration a client may make in a minute. Default: 30.
    public var changesPerMinute = 30
    /// Whether unknown devices on the same machine are approved by themselves. Default: yes.
    public var approvesLoopback = true
    /// The certificate it shows, when it speaks TLS (`wss`). Default: it does not.
    public var tls: TLS?
    /// The release it says it is.
    public var version = "2026.8.1-dev"

    /// A configuration.
    ///
    /// - Parameters:
    ///   - stateDirectory: where the files are.
    ///   - token: the shared token.
    public init(stateDirectory: String, token: String) {
        self.stateDirectory = stateDirectory
        self.token = token
    }

    /// A certificate with its key.
    public struct TLS: Sendable, Hashable {
        /// The file of the certificate and those between it and its authority, in PEM form.
        public var certificateFile: String
        /// The file of the key, in PEM form.
        public var keyFile: String

        /// A certificate from files.
        public init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }
}
