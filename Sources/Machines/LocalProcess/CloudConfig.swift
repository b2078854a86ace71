import JSONValue

/// What this host does of cloud-init: user data's files and commands. Packages are the host's own affair.
struct CloudConfig: Sendable, Hashable {
    struct File: Sendable, Hashable {
        var path: String
        var content: String
        var mode: UInt32
    }

    var files: [File]
    var commands: [[String]]

    /// Reads `#cloud-config` user data whose body is JSON.
    ///
    /// - Throws: ``MachineError`` with `invalidRequest` for anything else.
    init(_ text: String) throws(MachineError) {
        let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard lines.count == 2, lines[0] == "#cloud-config", let body = try? JSON(parsing: String(lines[1])), body.objectValue != nil else {
            throw Self.refusal("it must be #cloud-config with a body in JSON")
        }
        files = []
        for file in body["write_files"]?.arrayValue ?? [] {
            guard let path = file["path"]?.stringValue, let content = file["content"]?.stringValue, path.hasPrefix("/"),
                !path.split(separator: "/").contains("..")
            else { throw Self.refusal("each of write_files needs an absolute path and a content") }
            let mode = file["permissions"]?.stringValue.flatMap { UInt32($0, radix: 8) } ?? 0o644
            files.append(File(path: path, content: content, mode: mode & 0o777))
        }
        commands = []
        for command in body["runcmd"]?.arrayValue ?? [] {
            let words = (command.arrayValue ?? []).compactMap(\.stringValue)
            guard !words.isEmpty, words.count == command.arrayValue?.count else {
                throw Self.refusal("each of runcmd must be a list of words")
            }
            commands.append(words)
        }
    }

    /// A command whose words that name one of the files name the file's copy below a directory.
    static func relocated(_ command: [String], files: [String], below directory: String) -> [String] {
        command.map { files.contains($0) ? directory + $0 : $0 }
    }

    private static func refusal(_ reason: String) -> MachineError {
        MachineError(.invalidRequest, "The user data cannot be used on this host: \(reason)", isPermanent: true)
    }
}
