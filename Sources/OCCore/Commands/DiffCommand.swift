import ArgumentParser
import CraneAPI
import JSONValue

/// `oc diff -f FILE`
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Shows what `oc apply` would change.",
        discussion: "It ends with 0 when nothing would change, with 1 when something would, with 8 when that could not be found out."
    )

    @Option(name: .shortAndLong, help: "A YAML or JSON file; - is standard input. Repeat for more.", completion: .documents)
    var file: [String]

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let documents = try ResourceDocument.read(files: file, context)
        let reader = ResourceReader(client: try server.client(context))
        var differs = false
        for document in documents {
            let text = try await ExaminationError.marked { try await Self.difference(document, reader) }
            differs = differs || !text.isEmpty
            context.output(text)
        }
        if differs { throw ExitCode(1) }
    }

    /// The lines that differ; empty when nothing would change.
    private static func difference(_ document: ResourceDocument, _ reader: ResourceReader) async throws -> String {
        let type = document.type
        let label = type.label(type.arguments.isEmpty ? nil : document.name)
        var wanted = document.body
        var present: JSON = [:]
        let words = try await document.find(reader)
        if let words {
            present = try await reader.object(type, words)
            if type.nameMember == "name" { wanted["name"] = nil }
            if let isSuspended = document.isSuspended { wanted["suspended"] = .bool(isSuspended) }
            guard !Applier.holds(present, wanted) else { return "" }
        }
        var text = "--- \(label) (\(words == nil ? "absent" : "as it is"))\n+++ \(label) (as the file says)\n"
        for (key, value) in (wanted.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            let old = present[key]
            guard !(old.map { Applier.holds($0, value) } ?? false) else { continue }
            if let old { text += lines("-", [key: Self.shared(old, value)]) }
            text += lines("+", [key: value])
        }
        return text
    }

    /// Of what is there, the part that a document speaks of.
    private static func shared(_ old: JSON, _ new: JSON) -> JSON {
        guard let members = new.objectValue, let present = old.objectValue else { return old }
        return .object(
            present.filter { members[$0.key] != nil }.mapValues { $0 }.reduce(into: [:]) { result, member in
                result[member.key] = shared(member.value, members[member.key] ?? .null)
            }
        )
    }

    private static func lines(_ sign: String, _ members: [String: JSON]) -> String {
        YAMLText.document(.object(members)).split(separator: "\n").map { "\(sign) \($0)\n" }.joined()
    }
}
