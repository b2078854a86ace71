import JSONValue
import OpenClawGateway
import Testing

@Suite("Frames")
struct FrameTests {
    @Test(
        "A frame is read as it is written",
        arguments: [
            #"{"id":"7f0c","method":"agents.list","params":{},"type":"req"}"#,
            #"{"id":"7f0c","ok":true,"payload":{"agents":[]},"type":"res"}"#,
            #"{"error":{"code":"UNAVAILABLE","details":{"limit":30},"message":"m","retryAfterMs":12000,"retryable":true},"id":"1","ok":false,"type":"res"}"#,
            #"{"event":"tick","payload":{"ts":1},"seq":42,"stateVersion":{"health":9},"type":"event"}"#,
            #"{"id":"7f0c","type":"cancel"}"#,
        ]
    )
    func roundTrip(_ text: String) throws {
        let frame = try GatewayFrame(parsing: text.utf8, .closed)
        #expect(String(decoding: frame.encoded, as: UTF8.self) == text)
    }

    @Test(
        "What is no frame is refused with the reason",
        arguments: [
            ("", "not JSON"), ("[]", "not an object"), (#"{"type":"req","id":"","method":"m"}"#, "id is empty"),
            (#"{"type":"req","id":"1"}"#, "\"method\""), (#"{"type":"res","id":"1"}"#, "\"ok\""), (#"{"type":"ping"}"#, "unknown type"),
            (#"{"type":"req","id":"1","method":"m","params":{},"extra":1}"#, "unexpected property 'extra'"),
        ]
    )
    func refused(_ text: String, _ reason: String) {
        let error = #expect(throws: GatewayFrameError.self) { try GatewayFrame(parsing: text.utf8, .closed) }
        #expect(error?.message.contains(reason) == true)
    }

    @Test("A client leaves out what a newer gateway adds")
    func open() throws {
        let frame = try GatewayFrame(parsing: #"{"type":"event","event":"x","payload":null,"traceId":"t"}"#.utf8)
        #expect(frame == .event(GatewayEvent(name: "x", payload: .null)))
    }
}

@Suite("What failures mean")
struct FailureTests {
    static let table: [(code: String, message: String, details: JSON?, kind: GatewayFailureKind)] = [
        ("INVALID_REQUEST", "agent \"qa\" already exists", nil, .alreadyExists),
        ("INVALID_REQUEST", "agent \"qa\" not found", nil, .notFound),
        ("INVALID_REQUEST", "unknown agent id", nil, .notFound),
        ("INVALID_REQUEST", "unknown method: agents.fly", nil, .unknownMethod),
        ("INVALID_REQUEST", "unsupported file \"x\"", nil, .unsupportedFile),
        ("INVALID_REQUEST", "unsafe workspace file \"SOUL.md\"", nil, .unsupportedFile),
        ("INVALID_REQUEST", "config base hash required; re-run config.get", nil, .baseHashStale),
        ("INVALID_REQUEST", "config changed since last load; re-run config.get and retry", nil, .baseHashStale),
        ("INVALID_REQUEST", "missing scope: operator.admin", nil, .missingScope(nil)),
        ("INVALID_REQUEST", "\"main\" is reserved", nil, .other),
        (
            "FORBIDDEN", "missing scope: operator.admin", ["code": "MISSING_SCOPE", "missingScope": "operator.admin"],
            .missingScope("operator.admin")
        ),
        ("UNAVAILABLE", "rate limit exceeded for config.patch; retry after 12s", nil, .rateLimited),
        ("UNAVAILABLE", "starting", ["reason": "startup-sidecars"], .startingUp),
        ("UNAVAILABLE", "something else", nil, .other),
        ("NOT_PAIRED", "pairing required", ["requestId": "r1"], .pairingRequired(requestID: "r1")),
        ("INVALID_REQUEST", "no", ["code": "PAIRING_REQUIRED", "requestId": "r2"], .pairingRequired(requestID: "r2")),
        ("INVALID_REQUEST", "no", ["code": "AUTH_TOKEN_MISMATCH"], .authentication),
        ("INVALID_REQUEST", "no", ["code": "AUTH_RATE_LIMITED"], .authenticationLocked),
        ("INVALID_REQUEST", "no", ["code": "DEVICE_AUTH_NONCE_MISMATCH"], .authentication),
        ("INVALID_REQUEST", "no", ["code": "PROTOCOL_MISMATCH"], .protocolMismatch),
        ("AGENT_TIMEOUT", "late", nil, .other),
    ]

    @Test("Each failure is told apart", arguments: table.indices)
    func kinds(_ index: Int) {
        let row = Self.table[index]
        #expect(GatewayFailure(code: row.code, message: row.message, details: row.details).kind == row.kind)
    }

    @Test("What is permanent stops the client, what is not brings a pause")
    func reconnect() {
        func decision(_ details: JSON, after: Duration? = nil) -> ReconnectPolicy.Decision {
            var policy = ReconnectPolicy()
            let failure = GatewayFailure(code: "UNAVAILABLE", message: "", details: details, retryAfter: after)
            return policy.ended(GatewayError(.refused, "", failure: failure), random: 1)
        }
        #expect(decision(["code": "AUTH_TOKEN_MISMATCH"]) == .stop)
        #expect(decision(["code": "PROTOCOL_MISMATCH"]) == .stop)
        // These belong to one connection, or to a clock that is being set.
        #expect(decision(["code": "DEVICE_AUTH_NONCE_MISMATCH"]) == .retry(after: .seconds(1)))
        #expect(decision(["code": "DEVICE_AUTH_SIGNATURE_EXPIRED"]) == .retry(after: .seconds(1)))
        // A gateway cannot send a client away for ever.
        #expect(decision(["reason": "startup-sidecars"], after: .seconds(Int64.max / 1000)) == .retry(after: .seconds(3600)))
        #expect(decision(["code": "PAIRING_REQUIRED"]) == .retry(after: .seconds(1)))
        #expect(decision(["code": "AUTH_RATE_LIMITED"]) == .retry(after: .seconds(300)))
        #expect(decision(["reason": "startup-sidecars"], after: .milliseconds(2500)) == .retry(after: .milliseconds(2500)))
    }

    @Test("Pauses double from one second to thirty, with half of them left to chance, and begin anew after success")
    func pauses() {
        var policy = ReconnectPolicy()
        let error = GatewayError(.closed, "")
        let pauses = (0..<7).map { _ in policy.ended(error, random: 1) }
        #expect(pauses == [1, 2, 4, 8, 16, 30, 30].map { .retry(after: .seconds($0)) })
        policy.succeeded()
        #expect(policy.ended(error, random: 0) == .retry(after: .milliseconds(500)))
    }
}

@Suite("Device identity")
struct DeviceIdentityTests {
    /// RFC 8032, section 7.1, test 1: the key pair is a published one.
    static let secret: [UInt8] = [
        0x9D, 0x61, 0xB1, 0x9D, 0xEF, 0xFD, 0x5A, 0x60, 0xBA, 0x84, 0x4A, 0xF4, 0x92, 0xEC, 0x2C, 0xC4, 0x44, 0x49, 0xC5, 0x69, 0x7B, 0x32,
        0x69,
        0x19, 0x70, 0x3B, 0xAC, 0x03, 0x1C, 0xAE, 0x7F, 0x60,
    ]

    @Test("Id and public key are made of the key's bytes")
    func published() throws {
        let identity = try DeviceIdentity(secret: Self.secret)
        #expect(identity.publicKey == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
        #expect(identity.id.count == 64)
        #expect(identity.id == DeviceIdentity(copying: identity)?.id)
    }

    @Test("Both forms of the signed text are as documented")
    func texts() {
        let text = DeviceSignatureText(
            deviceID: "d",
            clientID: "gateway-client",
            clientMode: "backend",
            role: "operator",
            scopes: ["a", "b"],
            signedAt: 17,
            token: "t",
            nonce: "n",
            platform: " Linux ",
            deviceFamily: ""
        )
        #expect(text.version2 == "v2|d|gateway-client|backend|operator|a,b|17|t|n")
        #expect(text.version3 == "v3|d|gateway-client|backend|operator|a,b|17|t|n|linux|")
    }

    @Test("A signature is good for its text and key alone")
    func signatures() throws {
        let identity = DeviceIdentity()
        let signature = try identity.signature(of: "text")
        #expect(DeviceIdentity.verifies(signature, of: "text", publicKey: identity.publicKey))
        #expect(!DeviceIdentity.verifies(signature, of: "text ", publicKey: identity.publicKey))
        #expect(!DeviceIdentity.verifies(signature, of: "text", publicKey: DeviceIdentity().publicKey))
        #expect(!DeviceIdentity.verifies("!", of: "text", publicKey: identity.publicKey))
        #expect(!signature.contains("="))
    }
}

extension DeviceIdentity {
    init?(copying other: DeviceIdentity) { try? self.init(secret: other.secret) }
}

@Suite("Names")
struct NameTests {
    @Test(
        "A gateway's id of a name",
        arguments: [
            ("QA", "qa"), ("  Ops Lead ", "ops-lead"), ("mc-4d1f", "mc-4d1f"), ("a__b", "a__b"), ("--x--", "x"), ("ü", "main"),
            ("", "main"),
            ("Über Team!", "ber-team"),
        ]
    )
    func normal(_ name: String, _ id: String) { #expect(GatewayAgentID.normal(name) == id) }

    @Test(
        "Addresses",
        arguments: [
            ("ws://127.0.0.1", "ws://127.0.0.1:18789"), ("wss://g.example.com", "wss://g.example.com:443"),
            ("ws://[::1]:9/x", "ws://[::1]:9/x"),
        ]
    )
    func endpoints(_ url: String, _ normal: String) throws { #expect(try GatewayEndpoint(url: url).url == normal) }

    @Test("No credentials in addresses", arguments: ["ws://u:p@h", "ws://h?token=x", "http://h", "h:1", ""])
    func refused(_ url: String) { #expect(throws: GatewayError.self) { try GatewayEndpoint(url: url) } }
}
