import Foundation

/// What programs that are started do not inherit.
enum Inheritance {
    /// Marks everything open but the standard streams as not to be inherited.
    ///
    /// Sockets of the API server in this process would stay open in the programs otherwise: its port could not be bound again, and
    /// connections to it would hang instead of being refused.
    static func stop() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            guard let descriptor = Int32(name), descriptor > 2 else { continue }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }
}
