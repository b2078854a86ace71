import JSONValue

/// Who a client says it is, and what it asks for.
public struct ConnectParameters: Sendable {
    /// The protocol versions that this client speaks.
    public static let protocols: ClosedRange<Int64> = 3...4

    /// `client.id`, of the protocol's closed set. Default: `gateway-client`, which control planes are.
    public var clientID = "gateway-client"
    /// `client.mode`, of the protocol's closed set. Default: `backend`.
    public var clientMode = "backend"
    /// The client's name for people.
    public var displayName: String
    /// The client's release.
    public var version: String
    /// The client's platform. Default: `linux`.
    public var platform = "linux"
    /// Tells clients of the same name apart.
    public var instanceID: String?
    /// The role. Default: `operator`.
    public var role = "operator"
    /// The scopes. Default: what it takes to make agents and to change the configuration.
    public var scopes = ["operator.read", "operator.write", "operator.admin"]
    /// The gateway's shared token.
    public var token: String?
    /// What the gateway gave this device after an earlier handshake; sent instead of the shared token.
    public var deviceToken: String?
    /// The key to prove oneself with; not necessary on the same machine.
    public var device: DeviceIdentity?

    /// Parameters.
    public init(displayName: String, version: String) {
        self.displayName = displayName
        self.version = version
    }

    /// The arguments of `connect`.
    ///
    /// - Parameters:
    ///   - nonce: the challenge's.
    ///   - signedAt: now, in milliseconds since 1970.
    /// - Throws: when the device's key cannot sign.
    public func arguments(nonce: String, signedAt: Int64) throws -> JSON {
        var client: JSON = [
            "id": .string(clientID), "displayName": .string(displayName), "version": .string(version), "platform": .string(platform),
            "mode": .string(clientMode),
        ]
        if let instanceID { client["instanceId"] = .string(instanceID) }
        var arguments: JSON = [
            "minProtocol": .integer(Self.protocols.lowerBound), "maxProtocol": .integer(Self.protocols.upperBound), "client": client,
            "role": .string(role), "scopes": .array(scopes.map { .string($0) }), "caps": [], "locale": "en-US",
            "userAgent": .string("\(displayName)/\(version)"),
        ]
        if let deviceToken {
            arguments["auth"] = ["deviceToken": .string(deviceToken)]
        } else if let token {
            arguments["auth"] = ["token": .string(token)]
        }
        if let device {
            let text = DeviceSignatureText(
                deviceID: device.id,
                clientID: clientID,
                clientMode: clientMode,
                role: role,
                scopes: scopes,
                signedAt: signedAt,
                token: deviceToken ?? token ?? "",
                nonce: nonce,
                platform: platform
            )
            arguments["device"] = [
                "id": .string(device.id), "publicKey": .string(device.publicKey),
                "signature": .string(try device.signature(of: text.version3)), "signedAt": .integer(signedAt), "nonce": .string(nonce),
            ]
        }
        return arguments
    }
}

extension ConnectParameters: CustomStringConvertible {
    /// Who the client says it is; never what it proves that with.
    public var description: String { "\(displayName)/\(version) as \(role) with \(scopes.joined(separator: ","))" }
}

/// What a gateway says of itself when it lets a client in.
public struct GatewayHello: Sendable, Hashable, CustomStringConvertible {
    /// The protocol version agreed on.
    public var protocolVersion: Int
    /// The gateway's release.
    public var version: String
    /// The methods it has; empty when it does not say.
    public var methods: Set<String>
    /// The events it may send.
    public var events: Set<String>
    /// What this device can present from now on.
    public var deviceToken: String?
    /// The scopes that were granted.
    public var scopes: [String]
    /// Where it keeps its state.
    public var stateDirectory: String?
    /// The largest frame it takes, in bytes.
    public var largestPayload: Int
    /// How often it lets hear of itself.
    public var tickInterval: Duration
    /// Everything it said.
    public var payload: JSON

    /// Reads the payload of the answer to `connect`.
    ///
    /// - Throws: ``GatewayFrameError`` when it is no hello.
    public init(_ payload: JSON) throws(GatewayFrameError) {
        guard payload["type"]?.stringValue == "hello-ok", let number = payload["protocol"]?.integerValue else {
            throw GatewayFrameError("the answer to connect is no hello")
        }
        protocolVersion = Int(clamping: number)
        version = payload[at: ["server", "version"]]?.stringValue ?? ""
        methods = Self.names(payload[at: ["features", "methods"]])
        events = Self.names(payload[at: ["features", "events"]])
        deviceToken = payload[at: ["auth", "deviceToken"]]?.stringValue
        scopes = (payload[at: ["auth", "scopes"]]?.arrayValue ?? []).compactMap(\.stringValue)
        stateDirectory = payload[at: ["snapshot", "stateDir"]]?.stringValue
        largestPayload = Int(clamping: max(1024, payload[at: ["policy", "maxPayload"]]?.integerValue ?? 26_214_400))
        let tick = payload[at: ["policy", "tickIntervalMs"]]?.integerValue ?? 30_000
        tickInterval = .milliseconds(min(max(tick, 100), 600_000))
        self.payload = payload
    }

    /// The release and the protocol; never the device's token.
    public var description: String { "gateway \(version) with protocol \(protocolVersion)" }

    /// Whether the gateway has a method; one that does not say which it has may have any.
    public func has(_ method: String) -> Bool { methods.isEmpty || methods.contains(method) }

    private static func names(_ list: JSON?) -> Set<String> { Set((list?.arrayValue ?? []).compactMap(\.stringValue)) }
}
