import Crypto
import JSONValue

/// A machine's user data for cloud-init, rendered once: whoever makes the machine anew uses the same bytes.
public struct UserData: Sendable, Hashable {
    /// Where the document lies in a machine.
    public static let documentPath = "/etc/opencrane/bootstrap.json"
    /// Where the program lies in a machine.
    public static let programPath = "/usr/local/lib/opencrane/bootstrap.py"

    /// The text: a `#cloud-config` whose body is JSON, which is YAML as well and needs no quoting of ours.
    public let text: String

    /// Renders it.
    ///
    /// - Parameters:
    ///   - document: what the machine is born with.
    ///   - packages: Debian packages to install first. Default: what the program needs to clone repositories.
    /// - Throws: never for a document that can be made.
    public init(_ document: BootstrapDocument, packages: [String] = ["git", "python3"]) throws {
        let body: JSON = [
            "package_update": .bool(!packages.isEmpty),
            "packages": .array(packages.map { .string($0) }),
            "write_files": [
                ["path": .string(Self.documentPath), "permissions": "0600", "owner": "root:root", "content": .string(try document.text())],
                [
                    "path": .string(Self.programPath), "permissions": "0755", "owner": "root:root",
                    "content": .string(BootstrapProgram.text),
                ],
            ],
            "runcmd": [["python3", .string(Self.programPath), .string(Self.documentPath)]],
        ]
        text = "#cloud-config\n" + body.text(pretty: true) + "\n"
    }

    /// User data that was rendered before.
    public init(rendered text: String) { self.text = text }

    /// The fingerprint: lower-case hexadecimal SHA-256.
    public var digest: String { Digests.hexadecimal(SHA256.hash(data: Array(text.utf8))) }

    /// The files that the user data writes, by path, for whoever brings them into a machine without cloud-init.
    public var files: [String: String] {
        let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard lines.count == 2, lines[0] == "#cloud-config", let body = try? JSON(parsing: String(lines[1])) else { return [:] }
        var files: [String: String] = [:]
        for file in body["write_files"]?.arrayValue ?? [] {
            if let path = file["path"]?.stringValue, let content = file["content"]?.stringValue { files[path] = content }
        }
        return files
    }
}
