import JSONValue
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers
import NIOCore

/// A kind that some texts cannot be read as.
struct Thing: KubernetesResource {
    static let resourceType = ResourceType(group: "test.io", version: "v1", kind: "Thing", plural: "things", isNamespaced: true)
    var metadata: ObjectMeta
    var value: Int
}

/// A generator whose numbers follow from its seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }
}

/// An API server of one resource whose objects change, and that does wrong all a server can, as long as objects change. Afterwards it is good.
final class ModelServer: Transport {
    struct Broken: Error {}

    /// What one request or one look at a watch comes to.
    enum Fault: CaseIterable {
        case status429, status500, status503, status410, status403, status400, connectionLost, timedOut, garbage
        case cut, end, silence, errorGone, errorInternal, errorBusy, unknownType, bookmark, nameless, repetition, stale
    }

    struct Object: Sendable {
        var uid: String
        var version: Int
        /// `nil` for one that cannot be read.
        var value: Int?
    }

    private struct Event: Sendable {
        var revision: Int
        var type: String
        var line: JSON
    }

    private struct State: Sendable {
        var random: SeededGenerator
        var revision = 10
        var objects: [String: Object] = [:]
        var states: [Int: [String: Object]] = [:]
        var history: [Event] = []
        /// Watches and pages from before this revision get 410.
        var oldest = 0
        var changesLeft: Int
        var nextUID = 0
        var lists = 0
        var watches = 0
    }

    private let state: NIOLockedValueBox<State>
    let hasStreams: Bool

    init(seed: UInt64, changes: Int, hasStreams: Bool) {
        self.hasStreams = hasStreams
        state = NIOLockedValueBox(State(random: SeededGenerator(state: seed), changesLeft: changes))
        state.withLockedValue { for _ in 0..<5 { Self.change(&$0) } }
    }

    /// Whether nothing changes any more and nothing goes wrong.
    var isGood: Bool { state.withLockedValue { $0.changesLeft <= 0 } }
    var requests: (lists: Int, watches: Int) { state.withLockedValue { ($0.lists, $0.watches) } }

    /// What a cache must hold in the end.
    var contents: [String: String] {
        state.withLockedValue { state in state.objects.mapValues { "\($0.uid)=\($0.value.map(String.init) ?? "?")" } }
    }

    func close() async {}

    // MARK: Objects

    private static func change(_ state: inout State) {
        state.changesLeft -= 1
        state.states[state.revision] = state.objects
        state.revision += Int.random(in: 1...3, using: &state.random)
        let name = "t\(Int.random(in: 0..<8, using: &state.random))"
        // The last changes leave nothing that cannot be read.
        let isBad = state.changesLeft > 8 && state.random.chance(0.1)
        let value = isBad ? nil : Int.random(in: 0..<1000, using: &state.random)
        if state.changesLeft <= 8, state.changesLeft >= 0 {
            put("t\(state.changesLeft % 8)", value, &state)
        } else if state.objects[name] != nil, state.random.chance(0.3) {
            remove(name, &state)
            if state.random.chance(0.5) {
                state.revision += 1
                put(name, value, &state)
            }
        } else {
            put(name, value, &state)
        }
        if state.random.chance(0.05) { state.oldest = state.revision - 2 }
    }

    private static func put(_ name: String, _ value: Int?, _ state: inout State) {
        let known = state.objects[name]
        state.nextUID += 1
        let object = Object(uid: known?.uid ?? "uid-\(state.nextUID)", version: state.revision, value: value)
        state.objects[name] = object
        let type = known == nil ? "ADDED" : "MODIFIED"
        state.history.append(Event(revision: state.revision, type: type, line: ["type": .string(type), "object": json(name, object)]))
    }

    private static func remove(_ name: String, _ state: inout State) {
        guard var object = state.objects.removeValue(forKey: name) else { return }
        object.version = state.revision
        state.history.append(Event(revision: state.revision, type: "DELETED", line: ["type": "DELETED", "object": json(name, object)]))
    }

    private static func json(_ name: String, _ object: Object) -> JSON {
        [
            "apiVersion": "test.io/v1", "kind": "Thing", "value": object.value.map { .integer(Int64($0)) } ?? "unreadable",
            "metadata": [
                "name": .string(name), "namespace": "n", "uid": .string(object.uid), "resourceVersion": .string(String(object.version)),
            ],
        ]
    }

    /// Perhaps changes something, and perhaps lets something go wrong.
    private static func fate(_ state: inout State, _ probability: Double) -> Fault? {
        if state.changesLeft > 0, state.random.chance(0.6) { change(&state) }
        guard state.changesLeft > 0, state.random.chance(probability) else { return nil }
        return Fault.allCases.randomElement(using: &state.random)
    }

    // MARK: Requests

    func send(_ request: TransportRequest, headWithin limit: Duration) async throws -> TransportResponse {
        let query = Self.query(request.target)
        return try state.withLockedValue { state in
            let fault = Self.fate(&state, 0.35)
            switch fault {
            case .status429: return Self.refusal(429)
            case .status500: return Self.refusal(500)
            case .status503: return Self.refusal(503)
            case .status410: return Self.refusal(410)
            case .status403: return Self.refusal(403)
            case .status400: return Self.refusal(400)
            case .connectionLost: throw TransportError(.connectionLost, cause: Broken())
            case .timedOut: throw TransportError(.timedOut, cause: Broken())
            case .garbage: return TransportResponse(status: 200, body: TransportBody([ByteBuffer(string: "<html>\n")]))
            default: break
            }
            guard query["watch"] == "true" else { return Self.list(query, isStale: fault == .stale, &state) }
            state.watches += 1
            let isStream = query["sendInitialEvents"] == "true"
            if isStream, !hasStreams { return Self.refusal(422) }
            let version = query["resourceVersion"].flatMap(Int.init) ?? 0
            if !isStream, version < state.oldest { return Self.refusal(410) }
            return TransportResponse(status: 200, body: TransportBody(Body(server: self, version: version, isStream: isStream)))
        }
    }

    private static func list(_ query: [String: String], isStale: Bool, _ state: inout State) -> TransportResponse {
        state.lists += 1
        var objects = state.objects
        var revision = state.revision
        var after = ""
        if let token = query["continue"] {
            let parts = token.split(separator: ".").map(String.init)
            guard parts.count == 2, let wanted = Int(parts[0]), wanted >= state.oldest else { return refusal(410) }
            revision = wanted
            after = parts[1]
            objects = wanted == state.revision ? state.objects : state.states[wanted] ?? [:]
        } else if isStale, let old = state.states.keys.max() {
            revision = old
            objects = state.states[old] ?? [:]
        }
        var names = objects.keys.filter { $0 > after }.sorted()
        var metadata: JSON = ["resourceVersion": .string(String(revision))]
        if let limit = query["limit"].flatMap(Int.init), names.count > limit {
            names = Array(names.prefix(limit))
            metadata["continue"] = .string("\(revision).\(names[limit - 1])")
        }
        let items = names.compactMap { name in objects[name].map { json(name, $0) } }
        let body: JSON = ["kind": "ThingList", "apiVersion": "test.io/v1", "metadata": metadata, "items": .array(items)]
        return TransportResponse(status: 200, body: TransportBody([ByteBuffer(bytes: body.serialized())]))
    }

    private static func status(_ code: Int) -> JSON {
        let reasons = [410: "Expired", 429: "TooManyRequests", 500: "InternalError", 403: "Forbidden", 400: "BadRequest", 422: "Invalid"]
        return [
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": .integer(Int64(code)),
            "reason": .string(reasons[code] ?? ""),
        ]
    }

    private static func refusal(_ code: Int) -> TransportResponse {
        TransportResponse(status: code, body: TransportBody([ByteBuffer(bytes: status(code).serialized())]))
    }

    private static func query(_ target: String) -> [String: String] {
        let text = target.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        return Dictionary(
            text.split(separator: "&").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
                return (parts[0], parts.count > 1 ? parts[1] : "")
            },
            uniquingKeysWith: { $1 }
        )
    }

    // MARK: Watches

    /// What comes next on a watch.
    private enum Look {
        case bytes(ByteBuffer)
        case cut(ByteBuffer)
        case nothing, end, silence
    }

    private func look(_ version: inout Int, isStream: inout Bool) -> Look {
        state.withLockedValue { state in
            if isStream {
                isStream = false
                version = state.revision
                var lines = state.objects.sorted { $0.key < $1.key }.map {
                    ["type": "ADDED", "object": Self.json($0.key, $0.value)] as JSON
                }
                if state.changesLeft > 0, state.random.chance(0.3) { return .cut(Self.buffer(lines)) }
                lines.append(Self.bookmark(version, ends: true))
                return .bytes(Self.buffer(lines))
            }
            let fault = Self.fate(&state, 0.25)
            switch fault {
            case .end: return .end
            case .silence: return .silence
            case .errorGone: return .bytes(Self.buffer([["type": "ERROR", "object": Self.status(410)]]))
            case .errorInternal: return .bytes(Self.buffer([["type": "ERROR", "object": Self.status(500)]]))
            case .errorBusy: return .bytes(Self.buffer([["type": "ERROR", "object": Self.status(429)]]))
            case .unknownType: return .bytes(Self.buffer([["type": "RENAMED", "object": [:]]]))
            case .nameless: return .bytes(Self.buffer([["type": "MODIFIED", "object": ["metadata": [:]]]]))
            case .garbage: return .bytes(ByteBuffer(string: "{\"type\":\n"))
            case .repetition:
                let past = state.history.filter { [version] in $0.revision <= version }.suffix(4)
                    .prefix(Int.random(in: 1...4, using: &state.random))
                return .bytes(Self.buffer(past.map(\.line)))
            default: break
            }
            let news = state.history.filter { [version] in $0.revision > version }.prefix(Int.random(in: 1...4, using: &state.random))
            guard let last = news.last else {
                version = max(version, state.revision)
                return fault == .bookmark || state.changesLeft <= 0 ? .bytes(Self.buffer([Self.bookmark(version, ends: false)])) : .nothing
            }
            if fault == .cut { return .cut(Self.buffer(news.map(\.line))) }
            version = last.revision
            return .bytes(Self.buffer(news.map(\.line)))
        }
    }

    private static func bookmark(_ version: Int, ends: Bool) -> JSON {
        var metadata: JSON = ["resourceVersion": .string(String(version))]
        if ends { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        return ["type": "BOOKMARK", "object": ["metadata": metadata]]
    }

    private static func buffer(_ lines: [JSON]) -> ByteBuffer {
        ByteBuffer(bytes: lines.flatMap { $0.serialized() + [UInt8(ascii: "\n")] })
    }

    struct Body: AsyncSequence, Sendable {
        typealias Element = ByteBuffer
        let server: ModelServer
        let version: Int
        let isStream: Bool

        func makeAsyncIterator() -> Iterator { Iterator(server: server, version: version, isStream: isStream) }

        struct Iterator: AsyncIteratorProtocol {
            let server: ModelServer
            var version: Int
            var isStream: Bool
            var isCut = false

            mutating func next() async throws -> ByteBuffer? {
                if isCut { throw TransportError(.connectionLost, cause: Broken()) }
                try await Task.sleep(for: .microseconds(200))  // wait: the server's pace, so that a watch at rest does not spin
                switch server.look(&version, isStream: &isStream) {
                case .bytes(let buffer): return buffer
                case .cut(let buffer):
                    isCut = true
                    return buffer.getSlice(at: 0, length: buffer.readableBytes * 2 / 3)
                case .nothing: return ByteBuffer()
                case .end: return nil
                case .silence:
                    try await Task.sleep(for: .seconds(600))  // wait: for the other end to give up
                    return nil
                }
            }
        }
    }
}
