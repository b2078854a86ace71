import BenchKit
import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel

/// The API server with its tenants, and what is measured against it.
struct Bench {
    /// How much is measured.
    struct Size: Sendable {
        var objects: Int
        var repetitions: Int
        /// Changes a second, and for how long.
        var rate: Int
        var seconds: Double
        /// Lease duration, renew deadline and retry period, in milliseconds.
        var lease: (Int, Int, Int)
    }

    let size: Size
    let fleet: Fleet
    let server: Child
    let kubeconfig: String
    let client: KubernetesClient

    /// Starts an API server and fills it.
    static func start(_ size: Size, directory: URL) async throws -> Bench {
        let server = try Child(["serve"])
        let text = try await server.next("kubeconfig")["kubeconfig"]?.stringValue ?? ""
        let file = directory.appendingPathComponent("kubeconfig")
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: file.path, contents: Data(text.utf8), attributes: attributes) else {
            throw BenchError("\(file.path) cannot be written")
        }
        let client = try Setting.client(kubeconfig: file.path, userAgent: "enginebench")
        let bench = Bench(size: size, fleet: Fleet(count: size.objects), server: server, kubeconfig: file.path, client: client)
        try await bench.fleet.create(client)
        return bench
    }

    /// Ends it.
    func stop() async {
        await client.shutdown()
        await server.stop()
    }

    /// Starts this program in a role, with the API server's kubeconfig.
    func child(_ role: String, _ arguments: [String] = []) throws -> Child {
        try Child([role, "--kubeconfig", kubeconfig] + arguments)
    }

    /// How large an object is as the API server sends it, and as a cache keeps it: without managed fields.
    func objectSize() async throws -> (sent: Double, kept: Double) {
        let list = try await client.dynamic(Tenant.resourceType).list(ListOptions(limit: 500))
        var sent = 0
        var kept = 0
        for var item in list.items {
            sent += item.json.serialized().count
            item.json[at: ["metadata", "managedFields"]] = nil
            kept += item.json.serialized().count
        }
        let count = Double(max(1, list.items.count))
        return (Double(sent) / count, Double(kept) / count)
    }
}
