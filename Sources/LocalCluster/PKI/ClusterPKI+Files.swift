import Foundation

/// A cluster that keeps its data keeps its certificates and keys too, so that kubeconfigs and tokens stay valid over a restart.
extension ClusterPKI {
    private init(authority: Identity, server: Identity, administrator: Identity) {
        self.authority = authority
        self.server = server
        self.administrator = administrator
    }

    /// Reads the certificates in `directory`, or makes them and writes them there, readable by the owner only.
    static func loadOrCreate(directory: String, hosts: [String], now: Date) throws -> ClusterPKI {
        let folder = directory + "/pki"
        if let authority = read(folder, "ca"), let server = read(folder, "server"), let administrator = read(folder, "admin"),
            readText(folder + "/hosts") == hosts.joined(separator: "\n")
        {
            return ClusterPKI(authority: authority, server: server, administrator: administrator)
        }
        let made = try ClusterPKI(hosts: hosts, now: now)
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        for (name, identity) in [("ca", made.authority), ("server", made.server), ("admin", made.administrator)] {
            try PrivateFile.write(identity.certificatePEM, to: "\(folder)/\(name).crt")
            try PrivateFile.write(identity.keyPEM, to: "\(folder)/\(name).key")
        }
        try PrivateFile.write(hosts.joined(separator: "\n"), to: folder + "/hosts")
        return made
    }

    private static func read(_ folder: String, _ name: String) -> Identity? {
        guard let certificate = readText("\(folder)/\(name).crt"), let key = readText("\(folder)/\(name).key") else { return nil }
        return Identity(certificatePEM: certificate, keyPEM: key)
    }

    private static func readText(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }
}

/// Files that only their owner may read.
enum PrivateFile {
    static func write(_ text: String, to path: String) throws {
        let made = FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        guard made else { throw CocoaError(.fileWriteUnknown) }
    }
}
