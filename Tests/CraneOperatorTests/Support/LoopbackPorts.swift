import NIOCore
import NIOPosix

/// TCP ports of the loopback interface.
enum LoopbackPorts {
    /// One that nobody listens at. Somebody could take it before it is used; that is rare, and the test then fails with a message.
    static func free() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }
}
