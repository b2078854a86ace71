import ArgumentParser
import JSONValue

/// Where a body comes from besides the options of its type.
struct BodyOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "A YAML or JSON file; - is standard input.", completion: .documents)
    var file: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "A member and its value, as in compute.mode=dedicated; repeat for more. The value is JSON, or else a text.",
            valueName: "member=value"
        )
    )
    var assignments: [String] = []

    @Option(
        help: ArgumentHelp(
            "A file with the secret, for types that have one; - is standard input. Secrets are no arguments.",
            valueName: "file"
        )
    )
    var secretFile: String?

    func validate() throws {
        for assignment in assignments where !assignment.contains("=") || assignment.hasPrefix("=") || assignment.hasPrefix(".") {
            throw ValidationError("--set takes member=value, not \"\(assignment)\"")
        }
        if secretFile == "-", file == "-" { throw ValidationError("Standard input cannot be both --file and --secret-file") }
    }

    /// The bodies of the file; one empty body without a file.
    func bodies(_ context: CLIContext) throws -> [JSON] {
        guard let file else { return [[:]] }
        return try RequestBody.documents(String(decoding: try InputFile.read(file, context), as: UTF8.self), source: file)
    }

    /// The members given by `--set`.
    var members: [(path: [String], value: JSON?)] {
        assignments.map { assignment in
            let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let path = parts[0].split(separator: ".").map(String.init)
            return (path, (try? JSON(parsing: parts[1])) ?? .string(parts[1]))
        }
    }

    /// The secret of a type: from its file, or asked for.
    ///
    /// - Throws: ``OCError`` (usage) when one is needed and there is none, or the type has none.
    func secret<Fields: BodyFields>(of type: Fields.Type, isNeeded: Bool, _ server: ServerOptions, _ context: CLIContext) throws -> JSON? {
        guard let (_, prompt) = Fields.secret else {
            guard secretFile == nil else { throw OCError(.usage, code: "BAD_USAGE", "There is no secret here: leave --secret-file out") }
            return nil
        }
        var text: String
        if let secretFile {
            text = String(decoding: try InputFile.read(secretFile, context), as: UTF8.self)
        } else {
            guard isNeeded else { return nil }
            guard !(context.isInputTerminal && server.noInput) else {
                throw OCError(.usage, code: "NO_SECRET", "There is no secret on standard input, and --no-input forbids to ask")
            }
            text = try context.readSecret("\(prompt): ")
        }
        text = text.trimmed
        guard !text.isEmpty else {
            throw OCError(.usage, code: "NO_SECRET", "No secret was given", details: ["Give it on standard input or with --secret-file."])
        }
        return .string(text)
    }
}

/// Files and standard input.
enum InputFile {
    /// Reads a file or standard input, with a plain error.
    static func read(_ path: String, _ context: CLIContext) throws(OCError) -> [UInt8] {
        do {
            return try context.readFile(path)
        } catch {
            throw OCError(.usage, code: "BAD_FILE", "\(path) cannot be read")
        }
    }
}
