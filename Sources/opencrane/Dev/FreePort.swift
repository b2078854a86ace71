import Foundation

/// Finds ports of the loopback address.
enum FreePort {
    /// A port that nobody listens at now.
    ///
    /// - Parameter preferred: the one that is taken if it is free. Default: none.
    /// - Throws: ``DevError`` when there is none.
    static func find(preferring preferred: Int = 0) throws -> Int {
        if preferred != 0, let port = bound(to: preferred) { return port }
        guard let port = bound(to: 0) else { throw DevError("No port of 127.0.0.1 is free") }
        return port
    }

    private static func bound(to port: Int) -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // What an earlier run leaves behind of its connections is no listener.
        var flag: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &flag, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard isBound else { return nil }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
