import Foundation
import NIOConcurrencyHelpers

/// A proxy that speaks HTTP CONNECT (RFC 9110 section 9.3.6) and SOCKS5 (RFC 1928), and connects to ports of this machine whatever the host.
final class ForwardProxy: Sendable {
    private let listener: SocketListener
    private let seen = NIOLockedValueBox<[String]>([])

    var port: UInt16 { listener.port }
    /// `CONNECT host:port` or `SOCKS host:port`, one for each connection.
    var targets: [String] { seen.withLockedValue { $0 } }

    /// - Parameter login: `user:password` that the proxy wants; `nil` for none.
    init(login: String? = nil) throws {
        let expected = login.map { "Basic \(Data($0.utf8).base64EncodedString())" }
        listener = try SocketListener { [seen] connection in
            let first = SocketListener.read(connection)
            if first.first == 5 {
                Self.socks(connection) { target in seen.withLockedValue { $0.append("SOCKS \(target)") } }
                return
            }
            var head = String(decoding: first, as: UTF8.self)
            while !head.contains("\r\n\r\n") {
                let more = SocketListener.read(connection)
                guard !more.isEmpty else { return }
                head += String(decoding: more, as: UTF8.self)
            }
            let lines = head.components(separatedBy: "\r\n")
            let words = (lines.first ?? "").split(separator: " ").map(String.init)
            guard words.count == 3, words[0] == "CONNECT" else { return SocketListener.write(connection, "HTTP/1.1 400 Bad\r\n\r\n") }
            seen.withLockedValue { $0.append("CONNECT \(words[1])") }
            let given = lines.first { $0.lowercased().hasPrefix("proxy-authorization:") }?.drop { $0 != " " }.dropFirst()
            if let expected, given.map(String.init) != expected {
                return SocketListener.write(connection, "HTTP/1.1 407 Login\r\nContent-Length: 0\r\n\r\n")
            }
            guard let port = words[1].split(separator: ":").last.flatMap({ UInt16($0) }), let server = SocketListener.connect(port: port)
            else { return SocketListener.write(connection, "HTTP/1.1 502 Nobody\r\nContent-Length: 0\r\n\r\n") }
            SocketListener.write(connection, "HTTP/1.1 200 OK\r\n\r\n")
            SocketListener.join(connection, server)
            close(server)
        }
    }

    private static func socks(_ connection: Int32, _ note: (String) -> Void) {
        SocketListener.write(connection, [5, 0])
        let request = SocketListener.read(connection)
        guard request.count >= 10, request[1] == 1 else { return }
        let isName = request[3] == 3
        let host =
            isName
            ? String(decoding: request[5..<(5 + Int(request[4]))], as: UTF8.self)
            : request[4..<8].map(String.init).joined(separator: ".")
        let port = request.suffix(2).reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
        note("\(host):\(port)")
        guard let server = SocketListener.connect(port: port) else {
            return SocketListener.write(connection, [5, 5, 0, 1, 0, 0, 0, 0, 0, 0])
        }
        SocketListener.write(connection, [5, 0, 0, 1, 127, 0, 0, 1, 0, 0])
        SocketListener.join(connection, server)
        close(server)
    }
}
