import Foundation
import Glibc

/// Keeps two processes from looking after the same machines. The system lets it go when the process ends.
final class RootLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``MachineError`` with `busy` when somebody else has it.
    init(root: String) throws(MachineError) {
        do {
            let mode: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
            try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true, attributes: mode)
        } catch {
            throw MachineError(.hostFailure, "The directory of the machines \(root) cannot be made", cause: error)
        }
        descriptor = open("\(root)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw MachineError(.hostFailure, "\(root)/.lock cannot be opened") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw MachineError(.busy, "Another process looks after the machines in \(root)", retryAfter: .seconds(5))
        }
    }

    deinit { close(descriptor) }
}
