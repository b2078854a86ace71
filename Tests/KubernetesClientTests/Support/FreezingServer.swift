import Foundation
import NIOConcurrencyHelpers

/// An HTTP/1.1 server whose first connection answers one request and is silent from then on, as when the network swallows its packets.
/// Further connections answer everything.
final class FreezingServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let connections = NIOLockedValueBox<[Int32]>([])
    private let frozenRequests = NIOLockedValueBox(0)

    /// How many connections were made.
    var connectionCount: Int { connections.withLockedValue { $0.count } }
    /// How many requests were taken and not answered.
    var frozenCount: Int { frozenRequests.withLockedValue { $0 } }

    struct Failed: Error { var call: String }

    init(body: String) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        guard listener >= 0 else { throw Failed(call: "socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, generic, &length) == 0
            }
        }
        guard isBound else { throw Failed(call: "bind") }
        port = UInt16(bigEndian: address.sin_port)
        let text = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        Thread.detachNewThread { [connections, frozenRequests] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                let number = connections.withLockedValue { all in
                    all.append(connection)
                    return all.count
                }
                Thread.detachNewThread {
                    Self.serve(connection, text: text, answers: number == 1 ? 1 : .max) { frozenRequests.withLockedValue { $0 += 1 } }
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        for connection in connections.withLockedValue({ $0 }) {
            shutdown(connection, Int32(SHUT_RDWR))
            close(connection)
        }
    }

    /// A socket option of each connection of this process to the server, at the client's end.
    func optionsOfPeers(level: Int32, name: Int32) -> [Int32] {
        (0..<Int32(1024)).compactMap { descriptor in
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) == 0 }
            }
            guard isConnected, address.sin_family == sa_family_t(AF_INET), UInt16(bigEndian: address.sin_port) == port else { return nil }
            var value: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            guard getsockopt(descriptor, level, name, &value, &size) == 0 else { return nil }
            return value
        }
    }

    private static func serve(_ connection: Int32, text: String, answers: Int, frozen: () -> Void) {
        var left = answers
        var seen = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            seen += String(decoding: buffer[..<count], as: UTF8.self)
            while let end = seen.range(of: "\r\n\r\n") {
                seen.removeSubrange(..<end.upperBound)
                guard left > 0 else {
                    frozen()
                    continue
                }
                left -= 1
                _ = send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL))
            }
        }
    }
}
