import Foundation
import JSONValue
import KubernetesModel
import NIOConcurrencyHelpers
import OCCore

/// A server of canned answers that remembers what it was asked.
final class CannedServer: RESTTransport {
    private let answers: NIOLockedValueBox<[String: [RESTResponse]]>
    private let asked = NIOLockedValueBox<[RESTRequest]>([])

    init(_ answers: [String: [RESTResponse]]) { self.answers = NIOLockedValueBox(answers) }

    var requests: [RESTRequest] { asked.withLockedValue { $0 } }

    func send(_ request: RESTRequest) async throws -> RESTResponse {
        asked.withLockedValue { $0.append(request) }
        let path = String(request.url.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" })
        let answer = answers.withLockedValue { answers -> RESTResponse? in
            guard var queue = answers["\(request.method) \(path)"], let first = queue.first else { return nil }
            if queue.count > 1 { queue.removeFirst() }
            answers["\(request.method) \(path)"] = queue
            return first
        }
        guard let answer else { throw OCError(.unreachable, code: "UNREACHABLE", "nothing answers \(request.method) \(path)") }
        return answer
    }
}

extension RESTResponse {
    static func json(_ status: Int, _ json: JSON, headers: [String: String] = [:]) -> RESTResponse {
        RESTResponse(status: status, headers: headers, body: json.serialized())
    }
}

/// What a command did.
struct Outcome {
    var exit: Int32
    var output: String
    var errors: String
    var requests: [RESTRequest]
}

/// Runs commands in a made-up world.
struct Harness {
    var environment = ["OPENCRANE_TOKEN": "t0ken", "OPENCRANE_URL": "https://crane.test", "NO_COLOR": "1"]
    var answers: [String: [RESTResponse]] = [:]
    var input = ""
    var isTerminal = false
    var credentials = FileManager.default.temporaryDirectory.appending(path: "oc-\(UUID().uuidString)/credentials.json").path

    func run(_ arguments: String...) async -> Outcome {
        let server = CannedServer(answers)
        let output = NIOLockedValueBox("")
        let errors = NIOLockedValueBox("")
        let input = input
        let context = CLIContext(
            environment: environment,
            output: { text in output.withLockedValue { $0 += text } },
            errors: { text in errors.withLockedValue { $0 += text } },
            readFile: { _ in Array(input.utf8) },
            readSecret: { _ in input },
            credentials: CredentialsFile(path: credentials),
            isTerminal: isTerminal,
            now: { Timestamp(microseconds: 1_767_225_600_000_000) },
            transport: server
        )
        let exit = await OpenCraneCommand.execute(arguments, in: context)
        return Outcome(
            exit: exit,
            output: output.withLockedValue { $0 },
            errors: errors.withLockedValue { $0 },
            requests: server.requests
        )
    }
}

/// Answers a control plane would give.
enum Answers {
    static let mia: JSON = [
        "name": "mia", "displayName": "Mia", "email": "mia@corp.test", "team": "ops", "clusterTenantRef": "corp", "policyRef": "base",
        "monthlyBudgetUsd": 40, "suspended": false, "phase": "Running", "ingressHost": "mia.corp.test",
        "createdAt": "2025-12-31T21:00:00.000Z",
    ]
    static let leo: JSON = [
        "name": "leo", "displayName": "Leo the Long", "email": "leo@corp.test", "suspended": true, "phase": "Suspended",
        "message": "asked to", "createdAt": "2025-11-01T00:00:00.000Z",
    ]
    static let base: JSON = [
        "name": "base", "namespace": "opencrane", "description": "For all", "domains": ["api.test", "*.corp.test"],
        "domainRules": ["allow": ["api.test", "*.corp.test"], "defaultDeny": true], "egressRules": [["cidr": "10.0.0.0/8"]],
        "tenantSelector": ["matchTeam": "ops", "matchLabels": ["a": "1", "b": "2"]], "mcpServers": ["allow": ["jira", "git"], "deny": []],
        "createdAt": "2025-12-31T23:59:15.000Z",
    ]
    static let corp: JSON = [
        "name": "corp", "displayName": "Corp", "baseDomain": "ai.corp.test", "isolationTier": "dedicatedNodes",
        "compute": ["mode": "dedicated", "nodePool": "p1"], "resources": ["quota": ["cpu": "8", "pods": 40]],
        "status": ["phase": "ready", "boundNamespace": "opencrane-corp", "provisioner": "shared"], "createdAt": "2023-12-31T23:59:15.000Z",
    ]
}
