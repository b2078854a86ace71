import Foundation
import JSONValue
import KubernetesClient
import LocalCluster
import Logging
import WorkloadSimulator

/// LocalCluster with simulated workloads, kubectl, and the sample operator as processes.
struct SampleStage: Sendable {
    let server: ClusterServer
    let scratch: Scratch

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    /// Where the built programs lie; another folder than `.build/debug` can be named.
    static let binaries = ProcessInfo.processInfo.environment["OPENCRANE_E2E_BIN"] ?? "\(root)/.build/debug"

    /// Sets the stage, with the definition of websites installed, and clears it.
    static func set(_ body: @Sendable (SampleStage) async throws -> Void) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await withClusterServer { server in
            let stage = SampleStage(server: server, scratch: scratch)
            try Data(server.kubeconfig.utf8).write(to: URL(filePath: stage.kubeconfig))
            var logger = Logger(label: "example-tests")
            logger.logLevel = .error
            let client = try KubernetesClient(kubeconfig: server.kubeconfig, logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { [logger] group in
                group.addTask { try await WorkloadSimulator(client: client, logger: logger).run() }
                defer { group.cancelAll() }
                try await stage.kubectl("apply", "-f", "\(root)/Examples/SampleOperator/website-crd.yaml")
                try await stage.kubectl("wait", "--for=condition=Established", "crd/websites.example.com", "--timeout=30s")
                try await body(stage)
            }
            await client.shutdown()
        }
    }

    var kubeconfig: String { scratch.path("kubeconfig") }
    /// The file that stands for the world outside of the cluster.
    var directory: String { scratch.path("websites.txt") }
    /// Its lines.
    var listed: [String] {
        ((try? String(contentsOfFile: directory, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
    }

    /// Runs kubectl.
    ///
    /// - Throws: ``Program/Failure`` with its output when it fails.
    @discardableResult
    func kubectl(_ arguments: String...) async throws -> String {
        let environment = ["KUBECONFIG": kubeconfig, "HOME": scratch.root]
        let program = try Program("/usr/bin/env", ["kubectl"] + arguments, environment: environment, log: scratch.newPath())
        let status = await program.wait()
        guard status == 0 else {
            throw Program.Failure(description: "kubectl \(arguments.joined(separator: " ")): status \(status)\n\(program.output)")
        }
        return program.output
    }

    /// What a path of an object says.
    func field(_ path: String, of object: String) async throws -> String {
        try await kubectl("get", object, "-o", "jsonpath={\(path)}")
    }

    /// Starts the sample operator.
    ///
    /// - Parameter port: of health and metrics.
    func start(port: Int) throws -> Program {
        try Program(
            "\(Self.binaries)/SampleOperator",
            [],
            environment: ["KUBECONFIG": kubeconfig, "DIRECTORY_FILE": directory, "HEALTH_PORT": "\(port)"],
            log: scratch.newPath()
        )
    }

    /// How often the operator has written something that is not a sign of life or an event.
    var writes: Int {
        server.requests.count { $0.isWrite && $0.userAgent.hasPrefix("website-operator") && !["leases", "events"].contains($0.resource) }
    }

    /// What the operator did, as `verb group/resource/subresource`.
    var used: Set<String> {
        let records = server.requests.latest.filter { $0.userAgent.hasPrefix("website-operator") && !$0.resource.isEmpty }
        return Set(records.map { "\($0.verb) \($0.group)/\($0.resource)" + ($0.subresource.isEmpty ? "" : "/\($0.subresource)") })
    }

    /// What `rbac.yaml` allows it to do, in the same form.
    var allowed: Set<String> {
        get async throws {
            try await kubectl("apply", "-f", "\(Self.root)/Examples/SampleOperator/rbac.yaml")
            let role = try JSON(parsing: try await kubectl("get", "clusterrole", "website-operator", "-o", "json"))
            func texts(_ rule: JSON, _ name: String) -> [String] { rule[name]?.arrayValue?.compactMap(\.stringValue) ?? [] }
            var result: Set<String> = []
            for rule in role["rules"]?.arrayValue ?? [] {
                for verb in texts(rule, "verbs") {
                    for group in texts(rule, "apiGroups") {
                        for resource in texts(rule, "resources") { result.insert("\(verb) \(group)/\(resource)") }
                    }
                }
            }
            return result
        }
    }

    /// How many reconciles have succeeded, as its metrics say.
    func reconciles(port: Int) async throws -> Double {
        let name = #"controller_runtime_reconcile_total{controller="website",result="success"}"#
        let line = try await page("/metrics", port: port).split(separator: "\n").first { $0.hasPrefix(name) }
        return Double(line?.split(separator: " ").last ?? "") ?? 0
    }

    /// What an address of the operator answers.
    func page(_ path: String, port: Int) async throws -> String {
        let program = try Program("/usr/bin/curl", ["-sf", "http://127.0.0.1:\(port)\(path)"], log: scratch.newPath())
        guard await program.wait(limit: .seconds(10)) == 0 else { throw Program.Failure(description: "GET \(path): \(program.output)") }
        return program.output
    }
}

/// A port that nobody listens on.
func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            bind(descriptor, generic, length) == 0 ? getsockname(descriptor, generic, &length) : -1
        }
    }
    guard status == 0 else { throw Program.Failure(description: "no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
}
