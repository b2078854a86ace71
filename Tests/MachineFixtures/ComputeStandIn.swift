import Foundation
import HTTPTypes
import Hummingbird
import JSONValue
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// Speaks the part of Compute Engine REST v1 that is used, and of the metadata server and the token endpoint, from memory. What does not
/// agree with the published document is noted in `violations` and refused.
package final class ComputeStandIn: Sendable {
    /// A request.
    package struct Call: Sendable, Hashable {
        package var method: String
        package var query: [String: String]
        package var body: JSON?
    }

    /// What goes wrong with requests.
    package struct Fault: Sendable {
        package var method: String
        package var status: Int
        package var reason: String
        package var detail: String?
        package var times: Int
        /// Whether no answer comes at all.
        package var hangs: Bool

        package init(method: String, status: Int, reason: String = "", detail: String? = nil, times: Int = 1, hangs: Bool = false) {
            self.method = method
            self.status = status
            self.reason = reason
            self.detail = detail
            self.times = times
            self.hangs = hangs
        }
    }

    /// Something that takes its time.
    package struct Operation: Sendable {
        package var json: JSON
        /// How many times it is still looked at before it is done.
        package var left: Int
        package var kind: String
        package var instance: String
        package var failure: String?
    }

    /// All that is kept.
    package struct State: Sendable {
        package var instances: [String: JSON] = [:]
        package var operations: [String: Operation] = [:]
        package var requests: [String: String] = [:]
        package var faults: [Fault] = []
        package var calls: [Call] = []
        package var violations: [String] = []
        /// Codes with which the next operations fail.
        package var failures: [String] = []
        /// After how many looks at a running instance its public address is there.
        package var addressAfter = 1
        /// The address inside of the network, which instances have from their beginning; `nil` while there is none.
        package var internalAddress: String? = "10.0.0.7"
        package var looks = 2
        package var pageSize = 2
        package var issued = 0
        package var lifetime = 3600
        package var revoked: Set<String> = []
        package var assertions: [String] = []
        package var fingerprints = 0
    }

    package let state = NIOLockedValueBox(State())
    private let document: DiscoveryDocument
    package let port: Int

    init(port: Int, document: DiscoveryDocument) {
        self.port = port
        self.document = document
    }

    package var address: String { "http://127.0.0.1:\(port)" }
    package var host: String { "127.0.0.1:\(port)" }
    package var calls: [Call] { state.withLockedValue { $0.calls } }
    package var violations: [String] { state.withLockedValue { $0.violations } }
    package func count(_ method: String) -> Int { calls.count { $0.method == method } }
    package func add(_ fault: Fault) { state.withLockedValue { $0.faults.append(fault) } }
    package func set(_ status: String, of name: String) { state.withLockedValue { $0.instances[name]?["status"] = .string(status) } }

    /// An answer; `nil` for none.
    package func answer(_ method: String, _ path: String, _ query: [String: String], authorization: String?, body: JSON?) -> (Int, JSON)? {
        state.withLockedValue { state in
            guard let called = document.method(method, path: path) else {
                state.violations.append("\(method) \(path): no such method")
                return (404, Self.error(404, "notFound"))
            }
            state.calls.append(Call(method: called.id, query: query, body: body))
            let token = authorization?.replacingOccurrences(of: "Bearer ", with: "") ?? ""
            guard token.hasPrefix("token-"), !state.revoked.contains(token) else { return (401, Self.error(401, "authError")) }
            let findings = document.findings(called, query: query, body: body)
            if !findings.isEmpty {
                state.violations += findings
                return (400, Self.error(400, "invalid"))
            }
            if let index = state.faults.firstIndex(where: { $0.method == called.id && $0.times > 0 }) {
                state.faults[index].times -= 1
                let fault = state.faults[index]
                return fault.hangs ? nil : (fault.status, Self.error(fault.status, fault.reason, fault.detail))
            }
            return Self.perform(called, query, body, &state)
        }
    }

    private static func perform(_ called: DiscoveryDocument.Method, _ query: [String: String], _ body: JSON?, _ state: inout State) -> (
        Int, JSON
    ) {
        let name = called.parameters["instance"] ?? body?["name"]?.stringValue ?? ""
        if let id = query["requestId"], let known = state.requests[id], let operation = state.operations[known] {
            return (200, operation.json)
        }
        switch called.id {
        case "zoneOperations.get": return operation(called.parameters["operation"] ?? "", &state)
        case "instances.list": return list(query, state)
        case "instances.insert":
            guard state.instances[name] == nil else { return (409, error(409, "alreadyExists")) }
            var instance = body ?? [:]
            instance["status"] = "PROVISIONING"
            instance["labelFingerprint"] = "AAAA"
            state.instances[name] = instance
            return begin("insert", name, query, &state)
        default: break
        }
        guard var instance = state.instances[name] else { return (404, error(404, "notFound")) }
        switch called.id {
        case "instances.get":
            if let address = state.internalAddress {
                instance["networkInterfaces"] = [(instance["networkInterfaces"]?[0] ?? [:]).with("networkIP", .string(address))]
            }
            if instance["status"] == "RUNNING" {
                if state.addressAfter > 0 {
                    state.addressAfter -= 1
                } else if let interface = instance["networkInterfaces"]?[0], let access = interface["accessConfigs"]?[0] {
                    instance["networkInterfaces"] = [interface.with("accessConfigs", [access.with("natIP", "203.0.113.9")])]
                }
            }
            return (200, instance)
        case "instances.setLabels":
            guard instance["labelFingerprint"] == body?["labelFingerprint"] else { return (412, error(412, "conditionNotMet")) }
            state.fingerprints += 1
            instance["labels"] = body?["labels"]
            instance["labelFingerprint"] = .string(Data("\(state.fingerprints)".utf8).base64EncodedString())
            state.instances[name] = instance
            return begin("setLabels", name, query, &state)
        case "instances.delete", "instances.stop", "instances.suspend", "instances.start", "instances.resume":
            let kind = String(called.id.dropFirst("instances.".count))
            let words = ["delete": "STOPPING", "stop": "STOPPING", "suspend": "SUSPENDING", "start": "STAGING", "resume": "STAGING"]
            instance["status"] = .string(words[kind] ?? "")
            state.instances[name] = instance
            return begin(kind, name, query, &state)
        default: return (404, error(404, "notFound"))
        }
    }

    private static func begin(_ kind: String, _ name: String, _ query: [String: String], _ state: inout State) -> (Int, JSON) {
        let operation = "operation-\(state.operations.count + 1)"
        let failure = state.failures.isEmpty ? nil : state.failures.removeFirst()
        let json: JSON = ["name": .string(operation), "status": "RUNNING", "operationType": .string(kind), "progress": 0]
        state.operations[operation] = Operation(json: json, left: state.looks, kind: kind, instance: name, failure: failure)
        if let id = query["requestId"] { state.requests[id] = operation }
        return (200, json)
    }

    private static func operation(_ name: String, _ state: inout State) -> (Int, JSON) {
        guard var operation = state.operations[name] else { return (404, error(404, "notFound")) }
        operation.left -= 1
        if operation.left <= 0, operation.json["status"] != "DONE" {
            operation.json["status"] = "DONE"
            if let failure = operation.failure {
                operation.json["error"] = ["errors": [["code": .string(failure), "message": "It did not work"]]]
                operation.json["httpErrorStatusCode"] = 400
                if operation.kind == "insert" { state.instances[operation.instance] = nil }
            } else {
                let words = ["insert": "RUNNING", "start": "RUNNING", "resume": "RUNNING", "stop": "TERMINATED", "suspend": "SUSPENDED"]
                if let word = words[operation.kind] {
                    state.instances[operation.instance]?["status"] = .string(word)
                    if word == "RUNNING" { state.instances[operation.instance]?["lastStartTimestamp"] = "2026-01-01T00:00:00.000-00:00" }
                }
                if operation.kind == "delete" { state.instances[operation.instance] = nil }
            }
        }
        state.operations[name] = operation
        return (200, operation.json)
    }

    private static func list(_ query: [String: String], _ state: State) -> (Int, JSON) {
        let pair = (query["filter"] ?? "").replacingOccurrences(of: "labels.", with: "").split(separator: "=").map(String.init)
        let all = state.instances.sorted { $0.key < $1.key }.map(\.value)
            .filter { pair.count == 2 && $0["labels"]?[pair[0]]?.stringValue == pair[1] }
        let start = Int(query["pageToken"] ?? "") ?? 0
        let page = all.dropFirst(start).prefix(state.pageSize)
        var answer: JSON = ["items": .array(Array(page))]
        if start + page.count < all.count { answer["nextPageToken"] = .string(String(start + page.count)) }
        return (200, answer)
    }

    package static func error(_ status: Int, _ reason: String, _ detail: String? = nil) -> JSON {
        var error: JSON = [
            "code": .integer(Int64(status)), "message": "Refused for a test",
            "errors": [["reason": .string(reason), "domain": "global", "message": "Refused for a test"]],
        ]
        if let detail { error["details"] = [["reason": .string(detail)]] }
        return ["error": error]
    }

    package func token(assertion: String?) -> JSON {
        state.withLockedValue { state in
            state.issued += 1
            if let assertion { state.assertions.append(assertion) }
            return [
                "access_token": .string("token-\(state.issued)"), "expires_in": .integer(Int64(state.lifetime)), "token_type": "Bearer",
            ]
        }
    }
}

extension JSON {
    fileprivate func with(_ name: String, _ value: JSON) -> JSON {
        var copy = self
        copy[name] = value
        return copy
    }
}

/// Runs a stand-in on a free port.
///
/// - Throws: ``StandInError`` when a request was not as published.
package func withComputeStandIn(_ body: @Sendable (ComputeStandIn) async throws -> Void) async throws {
    let document = try DiscoveryDocument()
    var logger = Logger(label: "compute")
    logger.logLevel = .critical
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    let box = NIOLockedValueBox<ComputeStandIn?>(nil)
    let application = Application(
        responder: CallbackResponder { (request: Request, _: BasicRequestContext) -> Response in
            guard let standIn = box.withLockedValue({ $0 }) else { return Response(status: .serviceUnavailable) }
            let bytes = try await request.body.collect(upTo: 4 << 20)
            return try await standIn.respond(request, bytes)
        },
        configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in
            announce.yield(channel.localAddress?.port ?? 0)
            announce.finish()
        },
        logger: logger
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await application.run() }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else { throw StandInError("The stand-in does not listen") }
        let standIn = ComputeStandIn(port: port, document: document)
        box.withLockedValue { $0 = standIn }
        try await body(standIn)
        guard standIn.violations.isEmpty else { throw StandInError("Requests that were never published: \(standIn.violations)") }
        group.cancelAll()
    }
}

extension ComputeStandIn {
    fileprivate func respond(_ request: Request, _ bytes: ByteBuffer) async throws -> Response {
        let path = request.uri.path
        if path.hasPrefix("/computeMetadata/v1/") {
            let flavor = request.headers[HTTPField.Name("Metadata-Flavor") ?? .accept]
            guard flavor == "Google" else { return Response(status: .forbidden) }
            if path.hasSuffix("/project/project-id") {
                return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "fleet-project")))
            }
            guard path.hasSuffix("/instance/service-accounts/default/token") else { return Response(status: .notFound) }
            return Self.response(200, token(assertion: nil))
        }
        if path == "/token" {
            let form = Dictionary(
                String(buffer: bytes).split(separator: "&").compactMap { pair -> (String, String)? in
                    let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
                    return parts.count == 2 ? (parts[0], parts[1].removingPercentEncoding ?? "") : nil
                },
                uniquingKeysWith: { $1 }
            )
            guard form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer", let assertion = form["assertion"],
                request.headers[.contentType] == "application/x-www-form-urlencoded"
            else { return Self.response(400, ["error": "invalid_grant"]) }
            return Self.response(200, token(assertion: assertion))
        }
        var query: [String: String] = [:]
        for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
        let body = bytes.readableBytes > 0 ? try JSON(parsing: bytes.readableBytesView) : nil
        let answer = answer(request.method.rawValue, path, query, authorization: request.headers[.authorization], body: body)
        guard let (status, json) = answer else {
            try await Task.sleep(for: .seconds(30))  // wait: the caller's time limit is what is looked at
            return Response(status: .ok)
        }
        return Self.response(status, json)
    }

    private static func response(_ status: Int, _ json: JSON) -> Response {
        Response(
            status: .init(code: status),
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.serialized()))
        )
    }
}
