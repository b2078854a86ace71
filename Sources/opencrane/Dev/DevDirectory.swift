import Foundation

/// The directory in which `opencrane dev` keeps everything: PostgreSQL's data, the cluster's objects, the kubeconfig and the tokens.
struct DevDirectory {
    /// Its absolute path.
    let path: String
    private let lock: Int32

    var postgres: String { path + "/postgres" }
    var cluster: String { path + "/cluster" }
    /// The machines of tenants in virtual machines, which are processes here.
    var machines: String { path + "/machines" }
    var kubeconfig: String { path + "/kubeconfig" }
    var token: String { path + "/token" }
    var platformTokenFile: String { path + "/platform-token" }
    /// Shell variables for other shells.
    var environment: String { path + "/env" }
    /// Keys that secrets in the database are sealed with.
    var sealingKeysFile: String { path + "/sealing-keys" }
    var passwords: String { path + "/pgpass" }

    /// Opens the directory, making it if need be, and keeps others from using it at the same time.
    ///
    /// - Throws: ``DevError`` when it cannot be made, or another `opencrane dev` uses it.
    init(path: String) throws {
        let absolute = URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
        self.path = absolute.hasSuffix("/") ? String(absolute.dropLast()) : absolute
        do {
            // 0711, not 0700: run as root, PostgreSQL drops to another user, who must reach its folder below.
            try FileManager.default.createDirectory(
                atPath: self.path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o711]
            )
        } catch {
            throw DevError("The data directory \(self.path) cannot be made: \(error.localizedDescription)")
        }
        lock = open(self.path + "/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw DevError("The data directory \(self.path) cannot be written") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw DevError("Another 'opencrane dev' uses \(self.path): stop it, or choose another directory with --data-dir")
        }
    }

    /// Lets others use the directory.
    func unlock() { close(lock) }

    /// The port of the REST API of earlier runs if it is free, or a new one: machines that are still on their way report to the one they
    /// were told.
    func apiPort() throws -> Int { try port(keptIn: "api-port") }

    /// The port of PostgreSQL of earlier runs if it is free, or a new one: Secrets and shells name the one they were told.
    func postgresPort() throws -> Int { try port(keptIn: "postgres-port") }

    private func port(keptIn name: String) throws -> Int {
        let file = "\(path)/\(name)"
        let kept = (try? String(contentsOfFile: file, encoding: .utf8)).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        let port = try FreePort.find(preferring: kept ?? 0)
        if port != kept { try writePrivately("\(port)\n", to: file) }
        return port
    }

    /// Writes a file that only its owner may read, at no moment anybody else.
    func writePrivately(_ text: String, to path: String) throws {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DevError("The file \(path) cannot be written") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
        guard rename(temporary, path) == 0 else { throw DevError("The file \(path) cannot be written") }
    }

    /// The API token of earlier runs, or a new one of 256 bits.
    func apiToken() throws -> String { try secret(in: token) }

    /// The platform token of earlier runs, or a new one of 256 bits.
    func platformToken() throws -> String { try secret(in: platformTokenFile) }

    /// The keys of earlier runs to seal secrets with, or a new one.
    ///
    /// - Returns: the file that has them.
    func sealingKeys() throws -> String {
        if FileManager.default.fileExists(atPath: sealingKeysFile) { return sealingKeysFile }
        var random = SystemRandomNumberGenerator()
        let key = Data((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
        try writePrivately("dev:\(key.base64EncodedString())\n", to: sealingKeysFile)
        return sealingKeysFile
    }

    private func secret(in file: String) throws -> String {
        if let kept = try? String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines), kept.count >= 32 {
            return kept
        }
        var random = SystemRandomNumberGenerator()
        let fresh = "ocdev_" + (0..<32).map { _ in String(Int.random(in: 0...255, using: &random) | 0x100, radix: 16).dropFirst() }.joined()
        try writePrivately(fresh + "\n", to: file)
        return fresh
    }
}

/// Why `opencrane dev` cannot start.
struct DevError: Error, CustomStringConvertible {
    /// A sentence that says what to do.
    let description: String

    init(_ description: String) { self.description = description }
}
