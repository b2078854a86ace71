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
        if let answer, answer.status == 0 { throw OCError(.unreachable, code: "UNREACHABLE", "https://crane.test cannot be reached") }
        guard let answer else { throw OCError(.unreachable, code: "UNREACHABLE", "nothing answers \(request.method) \(path)") }
        return answer
    }
}

extension RESTResponse {
    /// None: the server does not answer.
    static let none = RESTResponse(status: 0)

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
    /// What of the output is shown this once.
    var revealed: String
    /// How long it waited each time, in seconds.
    var waits: [Int64]
    /// Pages it opened in a browser.
    var pages: [String]
}

/// Runs commands in a made-up world.
struct Harness {
    var environment = ["OPENCRANE_TOKEN": "t0ken", "OPENCRANE_URL": "https://crane.test", "NO_COLOR": "1"]
    var answers: [String: [RESTResponse]] = [:]
    var input = ""
    var isTerminal = false
    var isInputTerminal = false
    /// How wide the terminal is, in cells; its height is 24.
    var columns: Int?
    /// Whether there is a browser here.
    var hasBrowser = true
    var credentials = FileManager.default.temporaryDirectory.appending(path: "oc-\(UUID().uuidString)/credentials.json").path

    func run(_ arguments: String...) async -> Outcome { await run(arguments) }

    func run(_ arguments: [String]) async -> Outcome {
        let server = CannedServer(answers)
        let output = NIOLockedValueBox("")
        let errors = NIOLockedValueBox("")
        let revealed = NIOLockedValueBox("")
        let waits = NIOLockedValueBox<[Int64]>([])
        let pages = NIOLockedValueBox<[String]>([])
        let (input, hasBrowser, columns) = (input, hasBrowser, columns)
        let context = CLIContext(
            environment: environment,
            output: { text in output.withLockedValue { $0 += text } },
            reveal: { text in
                output.withLockedValue { $0 += text }
                revealed.withLockedValue { $0 += text }
            },
            errors: { text in errors.withLockedValue { $0 += text } },
            readFile: { _ in Array(input.utf8) },
            readSecret: { _ in input },
            credentials: CredentialsFile(path: credentials),
            isTerminal: isTerminal,
            terminalSize: { columns.map { ($0, 24) } },
            isInputTerminal: isInputTerminal,
            openPage: { page in
                pages.withLockedValue { $0.append(page) }
                return hasBrowser
            },
            sleep: { duration in waits.withLockedValue { $0.append(duration.components.seconds) } },
            // Time passes while a command waits, and only then.
            now: { Timestamp(microseconds: (1_767_225_600 + waits.withLockedValue { $0.reduce(0, +) }) * 1_000_000) },
            transport: server
        )
        let exit = await OpenCraneCommand.execute(arguments, in: context)
        return Outcome(
            exit: exit,
            output: output.withLockedValue { $0 },
            errors: errors.withLockedValue { $0 },
            requests: server.requests,
            revealed: revealed.withLockedValue { $0 },
            waits: waits.withLockedValue { $0 },
            pages: pages.withLockedValue { $0 }
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
