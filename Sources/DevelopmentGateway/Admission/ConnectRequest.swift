import JSONValue
import OpenClawGateway

/// The arguments of `connect`, read as strictly as the protocol says: what is not known is refused.
struct ConnectRequest: Sendable, Hashable {
    var minimum: Int64
    var maximum: Int64
    var clientID: String
    var displayName: String?
    var mode: String
    var platform: String
    var deviceFamily: String
    var role: String
    var scopes: [String]
    var token: String?
    var deviceToken: String?
    var device: Device?

    struct Device: Sendable, Hashable {
        var id: String
        var publicKey: String
        var signature: String
        var signedAt: Int64
        var nonce: String?
    }

    private static let members: Set<String> = [
        "minProtocol", "maxProtocol", "client", "caps", "commands", "permissions", "pathEnv", "role", "scopes", "device", "auth", "locale",
        "userAgent",
    ]
    private static let clientMembers: Set<String> = [
        "id", "displayName", "version", "platform", "deviceFamily", "modelIdentifier", "mode", "instanceId", "buildId", "timeZone",
    ]
    private static let authMembers: Set<String> = [
        "token", "bootstrapToken", "deviceToken", "password", "approvalRuntimeToken", "agentRuntimeIdentityToken",
    ]
    private static let deviceMembers: Set<String> = ["id", "publicKey", "signature", "signedAt", "nonce"]
    private static let clientIDs: Set<String> = [
        "webchat-ui", "openclaw-control-ui", "openclaw-browser-copilot", "openclaw-tui", "webchat", "cli", "gateway-client",
        "openclaw-macos",
        "openclaw-linux", "openclaw-ios", "openclaw-watchos", "openclaw-android", "node-host", "openclaw-worker", "test", "fingerprint",
        "openclaw-probe",
    ]
    private static let modes: Set<String> = ["webchat", "cli", "ui", "backend", "node", "worker", "probe", "test"]

    init(_ params: JSON) throws(GatewayFailure) {
        try Self.check(params, Self.members, at: "/")
        guard let minimum = params["minProtocol"]?.integerValue, let maximum = params["maxProtocol"]?.integerValue else {
            throw .invalid("invalid connect params: minProtocol and maxProtocol are required")
        }
        let client = params["client"] ?? .null
        try Self.check(client, Self.clientMembers, at: "/client")
        guard let id = client["id"]?.stringValue, Self.clientIDs.contains(id) else {
            throw .invalid("invalid connect params: at /client/id: must be equal to one of the allowed values")
        }
        guard let mode = client["mode"]?.stringValue, Self.modes.contains(mode) else {
            throw .invalid("invalid connect params: at /client/mode: must be equal to one of the allowed values")
        }
        guard client["version"]?.stringValue?.isEmpty == false, let platform = client["platform"]?.stringValue, !platform.isEmpty else {
            throw .invalid("invalid connect params: at /client: version and platform are required")
        }
        if let auth = params["auth"] { try Self.check(auth, Self.authMembers, at: "/auth") }
        self.minimum = minimum
        self.maximum = maximum
        clientID = id
        displayName = client["displayName"]?.stringValue.map { String($0.prefix(200)) }
        self.mode = mode
        self.platform = platform
        deviceFamily = client["deviceFamily"]?.stringValue ?? ""
        role = params["role"]?.stringValue ?? "operator"
        scopes = (params["scopes"]?.arrayValue ?? []).compactMap(\.stringValue)
        token = params[at: ["auth", "token"]]?.stringValue
        deviceToken = params[at: ["auth", "deviceToken"]]?.stringValue
        device = try params["device"].map(Self.device)
    }

    private static func device(_ json: JSON) throws(GatewayFailure) -> Device {
        try check(json, deviceMembers, at: "/device")
        guard let id = json["id"]?.stringValue, let key = json["publicKey"]?.stringValue, let signature = json["signature"]?.stringValue,
            let signedAt = json["signedAt"]?.integerValue
        else { throw .invalid("invalid connect params: at /device: id, publicKey, signature and signedAt are required") }
        return Device(id: id, publicKey: key, signature: signature, signedAt: signedAt, nonce: json["nonce"]?.stringValue)
    }

    private static func check(_ json: JSON, _ known: Set<String>, at path: String) throws(GatewayFailure) {
        guard let members = json.objectValue else { throw .invalid("invalid connect params: at \(path): must be object") }
        if let stranger = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw .invalid("invalid connect params: at \(path): unexpected property '\(stranger)'")
        }
    }
}

extension GatewayFailure {
    /// The arguments, or the state of things, do not allow it.
    static func invalid(_ message: String, _ details: JSON? = nil) -> GatewayFailure {
        GatewayFailure(code: Code.invalidRequest, message: message, details: details)
    }

    /// A connection is not let in.
    static func notAdmitted(_ detail: String, _ message: String, _ more: JSON = [:]) -> GatewayFailure {
        var details = more
        details["code"] = .string(detail)
        return GatewayFailure(code: Code.invalidRequest, message: message, details: details)
    }
}
