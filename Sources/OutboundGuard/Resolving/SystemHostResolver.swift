import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Looks names up with `getaddrinfo`, on threads of its own: a name server that does not answer holds up nothing else.
public final class SystemHostResolver: HostResolver {
    /// The resolver of the process.
    public static let shared = SystemHostResolver()

    /// Most look-ups under way or waiting; more are refused.
    public static let mostLookUps = 64

    private let threads: NIOThreadPool
    private let underWay = NIOLockedValueBox(0)

    /// A resolver.
    ///
    /// - Parameter threads: look-ups at the same time. Default: 4.
    public init(threads: Int = 4) {
        self.threads = NIOThreadPool(numberOfThreads: threads)
        self.threads.start()
    }

    deinit { threads.shutdownGracefully { _ in } }

    /// Looks a name up. After `limit` the caller goes on; `getaddrinfo` itself ends by the rules of `resolv.conf`.
    public func addresses(of name: String, within limit: Duration) async throws(OutboundError) -> [IPAddress] {
        let isFree = underWay.withLockedValue { count in
            guard count < Self.mostLookUps else { return false }
            count += 1
            return true
        }
        guard isFree else { throw OutboundError(.busy, "Too many names are being looked up; try again soon.") }
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let promise = loop.makePromise(of: [IPAddress].self)
        let timer = loop.scheduleTask(in: TimeAmount(limit)) {
            promise.fail(OutboundError(.timedOut, "The host of the URL could not be looked up in time."))
        }
        // The first of timer and look-up settles the promise.
        threads.submit { [underWay] state in
            defer { underWay.withLockedValue { $0 -= 1 } }
            switch state {
            case .active: promise.completeWith(Result { () throws(OutboundError) in try Self.lookUp(name) }.mapError { $0 as any Error })
            case .cancelled: promise.fail(OutboundError(.busy, "The process is ending."))
            }
        }
        defer { timer.cancel() }
        do { return try await promise.futureResult.get() } catch {
            throw error as? OutboundError ?? OutboundError(.nameNotFound, "The host of the URL was not found.", cause: error)
        }
    }

    private static func lookUp(_ name: String) throws(OutboundError) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        // The dot keeps the search list away, which in a cluster makes services of short names.
        let status = getaddrinfo(name.contains(".") ? name + "." : name, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard status == 0 else {
            throw OutboundError(
                status == EAI_AGAIN ? .timedOut : .nameNotFound,
                "The host of the URL was not found (\(String(cString: gai_strerror(status))))."
            )
        }
        var addresses: [IPAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = read(entry), !addresses.contains(address) { addresses.append(address) }
            next = entry.ai_next
        }
        return addresses
    }

    private static func read(_ entry: addrinfo) -> IPAddress? {
        guard let pointer = UnsafeRawPointer(entry.ai_addr) else { return nil }
        switch entry.ai_family {
        case AF_INET: return .v4(UInt32(bigEndian: pointer.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr))
        case AF_INET6:
            let address = pointer.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            return .v6(withUnsafeBytes(of: address) { $0.reduce(UInt128(0)) { $0 << 8 | UInt128($1) } })
        default: return nil
        }
    }
}
