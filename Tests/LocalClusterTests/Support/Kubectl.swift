import Foundation
import LocalCluster
import Testing

/// kubectl against one server.
struct Kubectl: Sendable {
    let program: String
    let folder: String
    let shell: Shell

    /// The kubectl to test with: `KUBECTL` names another one than that on the path.
    static let program = ProcessInfo.processInfo.environment["KUBECTL"] ?? Shell.find("kubectl")

    /// Runs kubectl; fails the test when it fails.
    @discardableResult
    func callAsFunction(_ arguments: String..., input: String? = nil, sourceLocation: SourceLocation = #_sourceLocation) async throws
        -> String
    {
        let output = try await shell.run(program, arguments, input: input)
        #expect(output.status == 0, "kubectl \(arguments.joined(separator: " ")): \(output.errors)", sourceLocation: sourceLocation)
        return output.text
    }

    /// Runs kubectl and expects it to fail; returns what it said.
    func failing(_ arguments: String..., input: String? = nil, sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        let output = try await shell.run(program, arguments, input: input)
        #expect(output.status != 0, "kubectl \(arguments.joined(separator: " "))", sourceLocation: sourceLocation)
        return output.errors
    }
}

/// Runs a server with kubectl set up for it.
func withKubectl(_ body: @Sendable (ClusterServer, Kubectl) async throws -> Void) async throws {
    let program = try #require(Kubectl.program)
    let folder = NSTemporaryDirectory() + "kubectl-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await withClusterServer { server in
        try server.kubeconfig.write(toFile: folder + "/config", atomically: true, encoding: .utf8)
        let shell = Shell(environment: ["KUBECONFIG": folder + "/config", "HOME": folder])
        try await body(server, Kubectl(program: program, folder: folder, shell: shell))
    }
}
