import JSONValue

/// One text frame of the gateway's protocol: a JSON object whose member `type` says which.
public enum GatewayFrame: Sendable, Hashable {
    /// Asks for something; there is one answer to it, or an intermediate one and a final one.
    case request(GatewayRequest)
    /// Answers a request.
    case response(GatewayResponse)
    /// Tells something unasked.
    case event(GatewayEvent)
    /// Ends interest in a request (newer gateways).
    case cancel(id: String)

    /// How strictly a frame is read.
    public enum Reading: Sendable {
        /// An unknown member is an error: what a gateway does with a client's frames.
        case closed
        /// An unknown member is left out: what a client does, for newer gateways send more.
        case open
    }

    /// Reads a frame.
    ///
    /// - Parameters:
    ///   - bytes: the text, in UTF-8.
    ///   - reading: how strictly. Default: leaves out what is unknown.
    /// - Throws: ``GatewayFrameError`` when it is no frame.
    public init(parsing bytes: some Sequence<UInt8>, _ reading: Reading = .open) throws(GatewayFrameError) {
        let json: JSON
        do { json = try JSON(parsing: bytes) } catch { throw GatewayFrameError("the frame is not JSON") }
        guard let members = json.objectValue else { throw GatewayFrameError("the frame is not an object") }
        var reader = FrameReader(members)
        switch try reader.text("type") {
        case "req": self = .request(try GatewayRequest(&reader))
        case "res": self = .response(try GatewayResponse(&reader))
        case "event": self = .event(try GatewayEvent(&reader))
        case "cancel": self = .cancel(id: try reader.identifier())
        case let type: throw GatewayFrameError("the frame has the unknown type \"\(type)\"")
        }
        if reading == .closed, let name = reader.unread.first { throw GatewayFrameError("unexpected property '\(name)'") }
    }

    /// The frame's text, in UTF-8.
    public var encoded: [UInt8] { json.serialized() }

    /// The frame as JSON.
    public var json: JSON {
        switch self {
        case .request(let request): ["type": "req", "id": .string(request.id), "method": .string(request.method), "params": request.params]
        case .response(let response): response.json
        case .event(let event): event.json
        case .cancel(let id): ["type": "cancel", "id": .string(id)]
        }
    }
}

/// A call of a method.
public struct GatewayRequest: Sendable, Hashable {
    /// Chosen by the caller, not empty, unique among its open requests.
    public var id: String
    /// For instance `agents.list`.
    public var method: String
    /// The arguments; an object.
    public var params: JSON

    /// A call.
    public init(id: String, method: String, params: JSON = [:]) {
        self.id = id
        self.method = method
        self.params = params
    }

    init(_ reader: inout FrameReader) throws(GatewayFrameError) {
        id = try reader.identifier()
        method = try reader.text("method")
        params = reader.value("params") ?? [:]
    }
}

/// The answer to a call.
public struct GatewayResponse: Sendable, Hashable {
    /// The call's id.
    public var id: String
    /// The result, or why there is none.
    public var result: Result<JSON, GatewayFailure>

    /// An answer.
    public init(id: String, result: Result<JSON, GatewayFailure>) {
        self.id = id
        self.result = result
    }

    init(_ reader: inout FrameReader) throws(GatewayFrameError) {
        id = try reader.identifier()
        let isGood = try reader.flag("ok")
        let payload = reader.value("payload")
        let error = reader.value("error")
        result = isGood ? .success(payload ?? .null) : .failure(GatewayFailure(error ?? .null))
    }

    var json: JSON {
        switch result {
        case .success(let payload): ["type": "res", "id": .string(id), "ok": true, "payload": payload]
        case .failure(let failure): ["type": "res", "id": .string(id), "ok": false, "error": failure.json]
        }
    }
}

/// Something told unasked.
public struct GatewayEvent: Sendable, Hashable {
    /// Which, for instance `chat`.
    public var name: String
    /// What.
    public var payload: JSON
    /// Counts the events of a connection; a gap means that some were lost. Absent before the handshake.
    public var sequence: Int64?
    /// Versions of parts of the gateway's state after the event.
    public var stateVersion: JSON?

    /// An event.
    public init(name: String, payload: JSON, sequence: Int64? = nil, stateVersion: JSON? = nil) {
        self.name = name
        self.payload = payload
        self.sequence = sequence
        self.stateVersion = stateVersion
    }

    init(_ reader: inout FrameReader) throws(GatewayFrameError) {
        name = try reader.text("event")
        payload = reader.value("payload") ?? .null
        sequence = reader.value("seq")?.integerValue
        stateVersion = reader.value("stateVersion")
    }

    var json: JSON {
        var json: JSON = ["type": "event", "event": .string(name), "payload": payload]
        if let sequence { json["seq"] = .integer(sequence) }
        if let stateVersion { json["stateVersion"] = stateVersion }
        return json
    }
}

/// Takes the members of a frame one by one, and knows which were not taken.
struct FrameReader {
    private(set) var unread: [String]
    private let members: [String: JSON]

    init(_ members: [String: JSON]) {
        self.members = members
        unread = members.keys.sorted()
    }

    mutating func value(_ name: String) -> JSON? {
        unread.removeAll { $0 == name }
        return members[name]
    }

    mutating func text(_ name: String) throws(GatewayFrameError) -> String {
        guard let text = value(name)?.stringValue else { throw GatewayFrameError("the frame has no text \"\(name)\"") }
        return text
    }

    mutating func identifier() throws(GatewayFrameError) -> String {
        let id = try text("id")
        guard !id.isEmpty else { throw GatewayFrameError("the frame's id is empty") }
        return id
    }

    mutating func flag(_ name: String) throws(GatewayFrameError) -> Bool {
        guard let flag = value(name)?.boolValue else { throw GatewayFrameError("the frame has no flag \"\(name)\"") }
        return flag
    }
}

/// Why bytes are no frame.
public struct GatewayFrameError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `gateway_frame_invalid`.
    public let code = "gateway_frame_invalid"
    /// What is wrong, for people.
    public let message: String

    /// A reason.
    public init(_ message: String) { self.message = message }

    /// A text of both.
    public var description: String { "\(code): \(message)" }
}
