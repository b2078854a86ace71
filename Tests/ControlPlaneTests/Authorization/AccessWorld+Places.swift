import Foundation
import HTTPOperations
import JSONValue
import NIOHTTP1
import Projection
import Testing

@testable import ControlPlane

extension AccessWorld {
    /// A request: values of the parameters in the path, query, body, type of the body, more headers.
    struct Order: Sendable {
        var place: [String: String] = [:]
        var query = ""
        var body: String?
        var headers: [(String, String)] = []
    }

    /// The request by which a caller asks for an object that is its own, another's or not there; nil when it has none of the kind.
    func order(_ label: OperationLabel, _ row: AccessTable.Row, _ caller: AccessCaller, _ object: AccessObject) async throws -> Order? {
        guard let place = try await place(label, row, caller, object) else { return nil }
        var order = Order(place: place)
        order.query = Self.queries[label.id] ?? ""
        if let body = body(label.id, caller, object) ?? Self.bodies[label.id] { order.body = body.text() }
        if label.id == "putSkillContent" { order.body = Stage.skillText }
        if order.body != nil {
            let type = label.id == "putSkillContent" ? "text/markdown" : "application/json"
            order.headers.append(("Content-Type", label.id == "decideDeviceCode" ? "application/x-www-form-urlencoded" : type))
        }
        // Whoever may change the object is told that it has another version, so that nothing is changed.
        if label.headers.contains(where: { $0.name.lowercased() == "if-match" }) { order.headers.append(("If-Match", "\"other\"")) }
        return order
    }

    private func place(
        _ label: OperationLabel,
        _ row: AccessTable.Row,
        _ caller: AccessCaller,
        _ object: AccessObject
    ) async throws -> [String: String]? {
        let names = label.path.parameterNames
        switch row.objects {
        case .tenant, .changedTenant: return all(names, pick(object, "mia", "leo", "nobody"))
        case .customer: return all(names, pick(object, "corp", "other", "nobody"))
        case .policy: return all(names, pick(object, "base", "theirs", "nobody"))
        case .platform, .catalogue: return names.isEmpty ? [:] : thing(label, object)
        case .organization, .agent: return try await ofOrganization(label, caller, object)
        case .instance: return try await instance(label, caller, object)
        case .own, .binding: return try await own(label, caller, object)
        default:
            return all(
                names,
                ["getSkillContent", "fetchSkillBundle"].contains(label.id) ? "sha256:" + String(repeating: "0", count: 64) : "none"
            )
        }
    }

    private func pick<Value>(_ object: AccessObject, _ own: Value, _ foreign: Value, _ missing: Value) -> Value {
        switch object {
        case .own: own
        case .foreign: foreign
        case .missing: missing
        }
    }

    private func all(_ names: [String], _ value: String) -> [String: String] {
        Dictionary(names.map { ($0, value) }) { first, _ in first }
    }

    /// Something of the platform's own.
    private func thing(_ label: OperationLabel, _ object: AccessObject) -> [String: String]? {
        guard case .literal(let kind)? = label.path.segments.first else { return nil }
        let isMissing = object == .missing
        switch kind {
        case "policies": return ["name": isMissing ? "nobody" : "base"]
        case "cluster-tenants": return ["name": isMissing ? "nobody" : "corp"]
        case "awareness": return ["tenant": isMissing ? "nobody" : "mia"]
        case "ai-budget": return isMissing ? nil : ["userId": "somebody@corp.example"]
        case "providers": return isMissing ? nil : ["provider": "openai"]
        default:
            return [
                "id": isMissing ? UUID().uuidString : catalogue[kind] ?? "", "promotionId": UUID().uuidString,
                "credentialId": isMissing ? UUID().uuidString : credentialID,
            ]
        }
    }

    /// A board, a gateway, an agent or a key.
    private func ofOrganization(_ label: OperationLabel, _ caller: AccessCaller, _ object: AccessObject) async throws -> [String: String]? {
        guard let machine = pick(object, Self.machine(of: caller), "others", "") else { return nil }
        if object == .missing { return ["id": UUID().uuidString.lowercased()] }
        let uid = machines[machine] ?? ""
        if label.id.hasSuffix("ApiKey") {
            // A key's own are those that were made with it.
            let maker = caller == .adminKey && object == .own ? credentials[caller]?.first?.1 : nil
            return ["id": try await key(of: pick(object, "corp", "other", ""), madeWith: maker).id]
        }
        switch label.path.segments.first {
        case .literal("boards"): return ["id": Board.id(ofTenant: uid).uuidString.lowercased()]
        case .literal("gateways"): return ["id": uid]
        default:
            if caller == .agent, object == .own { return ["id": agent.uuidString.lowercased()] }
            let id = UUID()
            try await record(id, on: machine)
            return ["id": id.uuidString.lowercased()]
        }
    }

    /// The tenant with a machine that is a caller's own.
    private static func machine(of caller: AccessCaller) -> String? {
        caller == .owner ? "olgas" : caller == .viewer ? nil : "corps"
    }

    /// An instance that was just ordered.
    private func instance(_ label: OperationLabel, _ caller: AccessCaller, _ object: AccessObject) async throws -> [String: String]? {
        let id = UUID()
        let organization = caller == .owner ? "user:\(caller.email)" : caller == .viewer ? nil : "corp"
        if object != .missing {
            guard let organization = object == .own ? organization : "other" else { return nil }
            try await stage.recordInstance("host-\(id.uuidString.lowercased().prefix(13))", of: organization, id: id)
        }
        return [
            "instance_id": id.uuidString.lowercased(), "conversation_id": String(repeating: "a", count: 32),
            "idempotency_key": id.uuidString,
        ]
    }

    /// A token or a session.
    private func own(_ label: OperationLabel, _ caller: AccessCaller, _ object: AccessObject) async throws -> [String: String]? {
        if label.id == "deleteAccessToken" {
            if object == .missing { return ["id": UUID().uuidString] }
            // Nobody else than somebody with another name is somebody else.
            let stranger: AccessCaller = caller == .viewer ? .owner : .viewer
            return ["id": try await token(of: object == .own && caller.isPerson ? caller : stranger).id.uuidString]
        }
        guard object != .missing else { return ["sessionKey": "session-\(UUID().uuidString)"] }
        return ["sessionKey": try await session(of: object == .foreign ? "user:somebody" : Self.principal(caller))]
    }

    /// For whom a caller binds sessions.
    private static func principal(_ caller: AccessCaller) -> String { caller == .pod ? "tenant:mia" : caller.subject }

    // MARK: Bodies

    private func body(_ id: String, _ caller: AccessCaller, _ object: AccessObject) -> JSON? {
        switch id {
        case "createTenant":
            return [
                "name": .string("new-\(UUID().uuidString.lowercased().prefix(8))"), "displayName": "New", "email": "new@corp.example",
                "clusterTenantRef": .string(pick(object, "corp", "other", "corp")),
            ]
        case "setSessionScope", "setRuntimeSessionScope":
            let name = caller == .platformAdmin ? "user:nobody-else" : Self.principal(caller)
            return ["principal": .string(name), "scopes": [["scope": "org", "payloadId": "news"]]]
        case "createAgent":
            let machine = pick(object, Self.machine(of: caller) ?? "none", "others", "none")
            let board = machines[machine].map { Board.id(ofTenant: $0) } ?? UUID()
            return ["name": .string("agent \(UUID().uuidString)"), "board_id": .string(board.uuidString.lowercased())]
        case "recordParticipation":
            return ["eventId": .string(UUID().uuidString), "occurredAt": .string(RESTTimestamp.text(Date()))]
        default: return nil
        }
    }

    private static let queries = [
        "activateDeviceCode": "?userCode=BCDF-GHJK", "pollDeviceToken": "?deviceCode=none", "getTenantProjectionDrift": "",
    ]

    private static let bodies: [String: JSON] = [
        "createAccessToken": ["name": "another"], "endPersonAccess": ["person": "user:nobody"],
        "upsertAccountBudget": ["monthlyLimitUsd": 1],
        "updateGlobalBudget": ["monthlyLimitUsd": 1],
        "createFleetTenant": [:], "updateAgent": [:], "reportAgentHeartbeat": [:], "decideDeviceCode": [:],
        "setAwarenessRollout": ["targetVersion": "awareness/v2"], "promoteAwarenessRollout": [:], "setAwarenessWave": ["wave": "none"],
        "createClusterTenant": [:], "updateClusterTenant": [:], "createGroup": [:], "updateGroup": [:], "createMcpServer": [:],
        "updateMcpServer": [:], "addMcpServerCredential": ["displayName": "one more", "brokeringMode": "obo"], "createPolicy": [:],
        "updatePolicy": [:], "upsertProviderKey": ["apiKey": "sk-0123456789"], "createSkillBundle": [:], "updateSkillBundle": [:],
        "updateTenant": ["displayName": "Other"], "updateTenantDatasets": ["org": [], "team": ["t"], "project": [], "personal": []],
        "createThirdPartySource": [:], "updateThirdPartySource": [:], "createApiKey": [:], "rotateApiKey": [:],
        "reportBootstrap": ["seq": 1, "stage": "fetch", "level": "info", "message": "m", "ts": "2026-11-21T13:00:00Z"],
        "createInstance": [:], "chatWithInstance": ["message": "hello"], "updateInstanceConfig": ["a": 1],
        "updateInstanceConsent": ["consent_debug_access": true], "updateInstanceModelPolicy": [:], "updateInstancePlatformConfig": [:],
        "applyInstanceUpdates": [:], "setPlatformDns": [:], "exchangeBootstrapCredential": [:],
    ]
}
