import Foundation

/// Where the programs are that the suite drives.
enum Installation {
    /// The package's folder.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path(percentEncoded: false)

    private static let environment = ProcessInfo.processInfo.environment

    /// Folder of the built binaries; `OPENCRANE_E2E_BIN` names another one.
    static let binaries = environment["OPENCRANE_E2E_BIN"] ?? root + "/.build/debug"

    static var opencrane: String { binaries + "/opencrane" }
    static var oc: String { binaries + "/oc" }

    /// Interpreter with the Python clients (`scripts/setup --tests` makes it).
    static let python = environment["OPENCRANE_E2E_PYTHON"] ?? root + "/.build-python/bin/python"

    /// `kubectl` on the PATH, then those of `OPENCRANE_E2E_KUBECTLS` (separated by colons).
    static let kubectls: [String] = {
        let onPath = (environment["PATH"] ?? "").split(separator: ":").map { $0 + "/kubectl" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        let more = (environment["OPENCRANE_E2E_KUBECTLS"] ?? "").split(separator: ":").map(String.init)
        return (onPath.map { [$0] } ?? []) + more
    }()

    /// Kubeconfig of the API server to use instead of an own one.
    static let externalKubeconfig = environment["OPENCRANE_E2E_KUBECONFIG"].flatMap { $0.isEmpty ? nil : $0 }

    /// Whether pods must be simulated: always on LocalCluster, elsewhere when `OPENCRANE_E2E_WORKLOADS` is `simulated`.
    static let simulatesWorkloads = externalKubeconfig == nil || environment["OPENCRANE_E2E_WORKLOADS"] == "simulated"

    /// Whether the suite has its own API server, whose faults and request log it may use.
    static var isLocal: Bool { externalKubeconfig == nil }

    /// Image of tenants; a real cluster must be able to pull it.
    static let tenantImage = environment["OPENCRANE_E2E_IMAGE"] ?? "registry.example.com/openclaw:1.0.0"

    /// A file of the package.
    static func text(of path: String) throws -> String { try String(contentsOfFile: root + "/" + path, encoding: .utf8) }
}

/// A free port of the loopback interface. Another program could take it before it is used; that is rare, and the start then fails with a message.
func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw CommandFailure(command: "socket", result: .init(status: errno, output: "", errors: "no socket")) }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            bind(descriptor, generic, length) == 0 ? getsockname(descriptor, generic, &length) : -1
        }
    }
    guard status == 0 else { throw CommandFailure(command: "bind", result: .init(status: errno, output: "", errors: "no free port")) }
    return Int(UInt16(bigEndian: address.sin_port))
}
