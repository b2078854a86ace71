import AsyncHTTPClient
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import Logging
import NIOCore
import NIOHTTP1
import OpenClawGateway
import Postgres
import Testing

extension Stage {
    /// Follows a tenant from one change to the next until one is the wanted one.
    ///
    /// - Parameters:
    ///   - what: what is waited for, for the message.
    ///   - name: the tenant.
    ///   - limit: the deadline; default 60 s.
    ///   - isWanted: looks at each version of it.
    /// - Returns: the wanted version.
    @discardableResult
    func follow(
        _ what: String,
        _ name: String,
        within limit: Duration = .seconds(60),
        until isWanted: @escaping @Sendable (DynamicObject) throws -> Bool
    ) async throws -> DynamicObject {
        let api = kubernetes.dynamic(Kinds.tenant, namespace: namespace)
        return try await withThrowingTaskGroup(of: DynamicObject?.self) { group in
            group.addTask {
                while true {
                    for try await event in try await api.watch(WatchOptions(fieldSelector: "metadata.name=\(name)")) {
                        switch event {
                        case .added(let tenant), .modified(let tenant): if try isWanted(tenant) { return tenant }
                        default: continue
                        }
                    }
                }
            }
            group.addTask {
                try await Task.sleep(for: limit)  // wait: the deadline
                return nil
            }
            defer { group.cancelAll() }
            if let tenant = try await group.next() ?? nil { return tenant }
            let last = try await find(Kinds.tenant, name)?.json["status"]?.text()
            throw DidNotHappen(what: "\(name): \(what)", limit: limit, lastError: last)
        }
    }

    /// The rows of the provisioning log for a tenant, oldest first: run, step and outcome.
    func provisioningLog(_ name: String) async throws -> [String] {
        try await rows("select run || ' ' || step || ' ' || status as line from provisioning_log where name = \(name) order by id")
            .decode("line", as: String.self)
    }

    /// Ids of the agents that a tenant's gateway tells of over its socket.
    func agentsOfGateway(_ tenant: String, _ machine: LocalFleet.Machine) async throws -> [String] {
        let secret = try #require(try await find(Kinds.secret, "openclaw-\(tenant)-bootstrap"))
        let data = secret.json[at: ["data", "secrets.json"]]?.stringValue.flatMap { Data(base64Encoded: $0) }
        var parameters = ConnectParameters(displayName: "end-to-end", version: "1")
        parameters.token = try JSON(parsing: try #require(data))["gatewayToken"]?.stringValue
        let client = GatewayClient(
            endpoint: GatewayEndpoint(host: "127.0.0.1", port: machine.port),
            parameters: parameters,
            logger: .init(label: "e2e")
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            defer { group.cancelAll() }
            return try await client.agents().map(\.id)
        }
    }

    /// Reads server-sent events until one is enough.
    func events(
        _ path: String,
        headers: [String: String],
        until isEnough: @escaping @Sendable (_ name: String, _ data: JSON) async throws -> Bool
    ) async throws {
        var request = HTTPClientRequest(url: api.base + path)
        request.headers.add(name: "Authorization", value: "Bearer \(api.token)")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(90))
        #expect(response.status == .ok && response.headers.first(name: "Content-Type") == "text/event-stream")
        var text = ""
        for try await buffer in response.body {
            text += String(buffer: buffer)
            while let end = text.firstRange(of: "\n\n") {
                let lines = text[..<end.lowerBound].split(separator: "\n")
                text = String(text[end.upperBound...])
                guard let name = lines.first(where: { $0.hasPrefix("event: ") })?.dropFirst(7),
                    let data = lines.first(where: { $0.hasPrefix("data: ") })?.dropFirst(6)
                else { continue }
                if try await isEnough(String(name), try JSON(parsing: String(data))) { return }
            }
        }
    }
}

extension DynamicObject {
    /// The phase.
    var phase: String? { json[at: ["status", "phase"]]?.stringValue }

    /// The status of a step of provisioning.
    func step(_ name: String) -> String? {
        let steps = json[at: ["status", "provisioning", "steps"]]?.arrayValue ?? []
        return steps.first { $0["name"]?.stringValue == name }?["status"]?.stringValue
    }

    /// The run of provisioning.
    var run: Int64? { json[at: ["status", "provisioning", "run"]]?.integerValue }

    /// The status of a condition.
    func conditionStatus(_ type: String) -> String? { condition(type)?["status"]?.stringValue }
}

/// The steps of provisioning, in order.
enum Steps {
    static let all = ["vm_create", "workspace_bootstrap", "agent_config", "gateway_start", "connectivity_check", "complete"]
    /// What the log says of a run in which every step went well.
    static let log = all.map { "1 \($0) complete" }
}

extension Samples {
    /// A tenant in a virtual machine of this host; `more` are further members of the spec, in YAML's flow style.
    static func machineTenant(_ name: String, repositories: [String] = [], _ more: String = "") -> String {
        let list = repositories.map { "\"\($0)\"" }.joined(separator: ", ")
        return tenant(
            name,
            "runtime: {type: VirtualMachine, machine: {provider: local}}, fleet: {template: single-agent, repos: [\(list)]}"
                + (more.isEmpty ? "" : ", " + more)
        )
    }
}
