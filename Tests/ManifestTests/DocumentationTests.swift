import CraneAPI
import Foundation
import JSONValue
import Testing

@Suite("Resources in the documentation")
struct DocumentationTests {
    /// A block of YAML, or a document that a command gets from its page.
    struct Block: Sendable, CustomTestStringConvertible {
        var page: String
        var line: Int
        var text: String
        var testDescription: String { "\(page):\(line)" }
    }

    @Test("What pages show as YAML can be read, and resources of ours are valid", arguments: try Self.blocks())
    func valid(_ block: Block) throws {
        for document in try Manifests.documents(yaml: block.text) where document["apiVersion"]?.stringValue == "opencrane.io/v1alpha1" {
            let problems =
                switch document["kind"]?.stringValue {
                case "Tenant": try document.decode(Tenant.self).problems()
                case "AccessPolicy": try document.decode(AccessPolicy.self).problems()
                case "ClusterTenant": try document.decode(ClusterTenant.self).problems()
                default: [SpecProblem(field: "kind", message: "is none of ours", value: document["kind"])]
                }
            #expect(problems.isEmpty)
        }
    }

    @Test("There are such blocks")
    func some() throws {
        #expect(try Self.blocks().count > 10)
    }

    static func blocks() throws -> [Block] {
        let pages = try ["docs", "docs/runbooks", "docs/libraries"].flatMap { folder in
            try Manifests.files(folder, ending: ".md").map { "\(folder)/\($0)" }
        }
        return try (["README.md"] + pages).flatMap { page in blocks(of: try Manifests.text(page), page) }
    }

    private static func blocks(of text: String, _ page: String) -> [Block] {
        var blocks: [Block] = []
        var current: (block: Block, end: String)?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let open = current {
                if line == open.end {
                    blocks.append(open.block)
                    current = nil
                } else {
                    current?.block.text += line + "\n"
                }
            } else if line == "```yaml" {
                current = (Block(page: page, line: index + 1, text: ""), "```")
            } else if line.hasSuffix("<<'YAML'") {
                current = (Block(page: page, line: index + 1, text: ""), "YAML")
            }
        }
        return blocks
    }
}
