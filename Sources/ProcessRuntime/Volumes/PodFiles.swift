import Foundation
import Glibc

/// The directory of a pod on this machine, which only its owner can read: volumes, credentials, logs.
struct PodFiles: Sendable, Hashable {
    /// The directory of all pods.
    let root: String
    let namespace: String
    let name: String
    let uid: String

    var path: String { "\(root)/\(namespace)_\(name)_\(uid)" }
    var home: String { path + "/home" }
    /// As `/var/run/secrets/kubernetes.io/serviceaccount` in a container.
    var account: String { path + "/serviceaccount" }

    /// The directory of a volume.
    func volume(_ plan: VolumePlan) -> String {
        plan.claim.map { "\(Self.claims(root))/\(namespace)_\($0.name)_\($0.uid)" } ?? "\(path)/volumes/\(plan.name)"
    }

    /// The directory with a directory for each claim.
    static func claims(_ root: String) -> String { root + "/claims" }

    /// The file that a container's output is appended to.
    ///
    /// - Parameter restarts: how often the container was started before.
    func log(_ container: String, restarts: Int) -> String { Self.log(path, container, restarts) }

    /// The file that a container's output is appended to.
    static func log(_ path: String, _ container: String, _ restarts: Int) -> String { "\(path)/logs/\(container).\(restarts).log" }

    /// Makes what is missing.
    func make() throws(ProcessRuntimeError) {
        for directory in [home, path + "/logs", path + "/tmp"] { try Self.makeDirectory(directory) }
    }

    /// Writes a file, at once for whoever reads it.
    static func write(_ bytes: [UInt8], to path: String) throws(ProcessRuntimeError) {
        try makeDirectory(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ProcessRuntimeError(.files, "the file \(path) cannot be written") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data(bytes))
            try file.close()
        } catch {
            throw ProcessRuntimeError(.files, "the file \(path) cannot be written: \(error)")
        }
        guard rename(temporary, path) == 0 else { throw ProcessRuntimeError(.files, "the file \(path) cannot be written") }
    }

    static func makeDirectory(_ path: String) throws(ProcessRuntimeError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ProcessRuntimeError(.files, "the directory \(path) cannot be made: \(error.localizedDescription)")
        }
    }

    /// Removes all of it, but for claims.
    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Removes directories of pods, or of claims, that are gone.
    ///
    /// - Parameters:
    ///   - root: where the directories are.
    ///   - names: directories that were there before.
    ///   - uids: of the objects that are there.
    static func sweep(_ root: String, _ names: [String], keeping uids: Set<String>) {
        for name in names {
            let parts = name.split(separator: "_")
            guard parts.count == 3, !uids.contains(String(parts[2])) else { continue }
            try? FileManager.default.removeItem(atPath: "\(root)/\(name)")
        }
    }
}
