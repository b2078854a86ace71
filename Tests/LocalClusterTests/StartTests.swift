import Foundation
import Glibc
import LocalCluster
import Testing

@Suite struct StartTests {
    @Test(.timeLimit(.minutes(5))) func aPortThatIsTakenIsToldToWhoeverWaits() async throws {
        try await withClusterServer { server in
            let taken = try await server.waitUntilReady().port
            var configuration = ClusterServer.Configuration()
            configuration.port = taken
            let second = try ClusterServer(configuration: configuration)
            let running = Task { try await second.run() }
            await #expect(throws: ClusterServerError.self) { try await second.waitUntilReady() }
            await #expect(throws: (any Error).self) { try await running.value }
        }
    }

    @Test(.timeLimit(.minutes(5))) func aServerIsCancelledWhileClientsConnect() async throws {
        // Dropping a connection that was accepted and not looked at yet would end the process.
        for _ in 0..<20 {
            let server = try ClusterServer(configuration: ClusterServer.Configuration())
            let running = Task { try await server.run() }
            let port = try await server.waitUntilReady().port
            let sockets = (0..<100).map { _ in Self.connect(to: port) }
            running.cancel()
            let more = (0..<20).map { _ in Self.connect(to: port) }
            try await running.value
            for socket in sockets + more { close(socket) }
        }
    }

    /// Opens a connection; over the loopback it does not wait.
    private static func connect(to port: Int) -> Int32 {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = Glibc.connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return handle
    }
}
