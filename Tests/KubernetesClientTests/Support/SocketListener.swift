import Foundation
import NIOConcurrencyHelpers

/// Listens on a port of this machine and serves each connection on a thread of its own.
final class SocketListener: Sendable {
    let port: UInt16
    private let listener: Int32
    private let open = NIOLockedValueBox<Set<Int32>>([])

    struct Failed: Error { var call: String }

    init(_ serve: @escaping @Sendable (Int32) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        guard listener >= 0 else { throw Failed(call: "socket") }
        var address = Self.local(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, generic, &length) == 0
            }
        }
        guard isBound else { throw Failed(call: "bind") }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [open] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                open.withLockedValue { _ = $0.insert(connection) }
                Thread.detachNewThread {
                    serve(connection)
                    open.withLockedValue { _ = $0.remove(connection) }
                    close(connection)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        for connection in open.withLockedValue({ $0 }) { shutdown(connection, Int32(SHUT_RDWR)) }
    }

    static func local(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        return address
    }

    /// Connects to another port of this machine; `nil` when nobody listens.
    static func connect(port: UInt16) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = local(port: port)
        let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isConnected { return descriptor }
        close(descriptor)
        return nil
    }

    /// Reads what there is; empty at the end.
    static func read(_ connection: Int32) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(connection, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : []
    }

    static func write(_ connection: Int32, _ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    static func write(_ connection: Int32, _ text: String) { write(connection, Array(text.utf8)) }

    /// Carries bytes both ways until either end closes.
    static func join(_ one: Int32, _ other: Int32) {
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            copy(other, to: one)
            done.signal()
        }
        copy(one, to: other)
        done.wait()
    }

    private static func copy(_ source: Int32, to target: Int32) {
        while true {
            let bytes = read(source)
            guard !bytes.isEmpty else {
                shutdown(target, Int32(SHUT_RDWR))
                shutdown(source, Int32(SHUT_RDWR))
                return
            }
            write(target, bytes)
        }
    }
}
