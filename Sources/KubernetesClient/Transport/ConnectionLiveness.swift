import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Has the kernel notice connections that lead nowhere any more, which a watch that rightly is silent cannot.
enum ConnectionLiveness {
    /// How long a connection may be silent before the kernel asks whether the other end is there, in seconds.
    static let idle: Int = 30
    /// The time between such questions, in seconds.
    static let interval: Int = 10
    /// How many of them may stay without an answer.
    static let count: Int = 3
    /// How long what was sent may stay without acknowledgement before the connection is broken, in milliseconds (RFC 5482).
    static let userTimeout: Int = 30_000

    /// Sets a new connection's options. Where the system has no such option the connection works without.
    @Sendable static func watch(_ channel: any Channel) -> EventLoopFuture<Void> {
        #if os(Linux)
            let options: [(ChannelOptions.Types.SocketOption, Int)] = [
                (.init(level: .socket, name: .so_keepalive), 1),
                (.init(level: .tcp, name: .init(rawValue: TCP_KEEPIDLE)), idle),
                (.init(level: .tcp, name: .init(rawValue: TCP_KEEPINTVL)), interval),
                (.init(level: .tcp, name: .init(rawValue: TCP_KEEPCNT)), count),
                (.init(level: .tcp, name: .init(rawValue: TCP_USER_TIMEOUT)), userTimeout),
            ]
            let set = options.map { channel.setOption($0.0, value: $0.1) }
            return EventLoopFuture.whenAllComplete(set, on: channel.eventLoop).map { _ in }
        #else
            return channel.setOption(.socketOption(.so_keepalive), value: 1).recover { _ in }
        #endif
    }
}
