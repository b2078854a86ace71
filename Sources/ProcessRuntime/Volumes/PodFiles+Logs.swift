import Foundation
import Glibc

extension PodFiles {
    /// Removes the output of all lives of a container but the one before.
    ///
    /// - Parameter restarts: how often the container, which is to be started, was started before.
    func pruneLogs(_ container: String, restarts: Int) {
        let directory = path + "/logs"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
            let parts = name.split(separator: ".")
            guard parts.count > 2, parts[0] == container, let life = Int(parts[1]), life < restarts - 1 else { continue }
            unlink("\(directory)/\(name)")
        }
    }

    /// Begins files again that have become too large; what was in them is kept as `.old` until that happens again.
    ///
    /// Processes append, so that they go on at the beginning. Lines that are written in that very moment may be lost.
    ///
    /// - Parameter bound: in bytes.
    func trimLogs(over bound: Int) {
        let directory = path + "/logs"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] where name.hasSuffix(".log") {
            let file = "\(directory)/\(name)"
            var status = stat()
            guard stat(file, &status) == 0, status.st_size > bound else { continue }
            unlink(file + ".old")
            try? FileManager.default.copyItem(atPath: file, toPath: file + ".old")
            truncate(file, 0)
        }
    }
}
