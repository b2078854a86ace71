import Glibc

/// TCP ports of the loopback interface.
enum LoopbackPort {
    /// The first port from a place in a range on that nobody has.
    ///
    /// - Parameters:
    ///   - range: the ports to choose from.
    ///   - start: where to begin: any number; the range is gone round once.
    ///   - taken: ports that are somebody's although nobody listens there now.
    static func choose(in range: ClosedRange<Int>, from start: Int, taken: Set<Int>, isFree: (Int) -> Bool = isFree) -> Int? {
        (0..<range.count).lazy
            .map { range.lowerBound + (start % range.count + $0) % range.count }
            .first { !taken.contains($0) && isFree($0) }
    }

    /// Whether nobody listens on a port.
    static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0, let number = UInt16(exactly: port) else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
