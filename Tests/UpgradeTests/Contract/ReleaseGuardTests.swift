import Foundation
import JSONValue
import ReleaseFixtures
import Testing

/// What this version must not take away from who runs a release.
@Suite struct ReleaseGuardTests {
    @Test(arguments: try Release.all()) func definitionsAreCompatible(_ release: Release) throws {
        let head = try Definitions.head()
        for former in try Definitions.of(release) {
            let name = former[at: ["metadata", "name"]]?.stringValue ?? ""
            let now = try #require(head.first { $0[at: ["metadata", "name"]] == .string(name) }, "\(name) is gone")
            let findings = DefinitionComparison(former, now).findings
            for warning in findings.all where warning.isWarning { print("\(name): \(warning)") }
            #expect(findings.breaking.isEmpty, "\(name) against \(release): \(findings.breaking)")
        }
    }

    @Test(arguments: try Release.all()) func theDocumentIsCompatible(_ release: Release) throws {
        let document = Release.repository.appending(path: "docs/openapi.json")
        let findings = DocumentComparison(
            try JSON(parsing: try release.text("openapi.json")),
            try JSON(parsing: try String(contentsOf: document, encoding: .utf8))
        ).findings
        for warning in findings.all where warning.isWarning { print("openapi.json: \(warning)") }
        #expect(findings.breaking.isEmpty, "against \(release): \(findings.breaking)")
    }

    @Test(arguments: try Release.all()) func whatPartsAgreeOnStays(_ release: Release) throws {
        let former = WireContract(try JSON(parsing: try release.text("wire.json")))
        #expect(former.names.count >= 9 && former.names.values.allSatisfy { !$0.isEmpty })
        let removed = try WireContract.current().removed(since: former)
        #expect(removed.isEmpty, "\(release) still uses: \(removed)")
    }

    @Test func whatIsTakenAwayIsFound() throws {
        let now = try WireContract.current()
        for kind in now.names.keys.sorted() {
            let name = try #require(now.names[kind]?.min(), "nothing was found of \(kind)")
            var next = now
            next.names[kind]?.remove(name)
            next.names[kind, default: []].insert("something new")
            #expect(next.removed(since: now) == ["\(kind): \(name)"])
        }
        let known: [(String, String)] = [
            ("labels, annotations and other names of the group", "opencrane.io/tenant-uid"), ("advisory locks", "opencrane/audit-chain"),
            ("topics of the outbox", "retrieval.tenant"), ("commands", "migrate"), ("members of statuses", "Tenant.status.machine.id"),
            ("environment variables", "DATABASE_URL"), ("names of objects", "model key openclaw-mia-litellm-key"),
            ("constants", #"BootstrapSecret.credentialKey = "credential""#),
        ]
        for (kind, name) in known { #expect(now.names[kind]?.contains(name) == true, "\(kind): \(name)") }
    }

    /// Each member of a release's definitions is used by one of its objects, so that the round trip goes through all of them.
    @Test(arguments: try Release.all()) func objectsUseEveryMember(_ release: Release) throws {
        let definitions = try Definitions.of(release)
        var unused = Dictionary(grouping: definitions) { $0[at: ["spec", "names", "kind"]]?.stringValue ?? "" }
            .mapValues { $0.reduce(into: Set<String>()) { $0.formUnion(Definitions.paths($1)) } }
        for object in try release.files(in: "objects").flatMap({ try release.documents($0) }) {
            unused[object["kind"]?.stringValue ?? "", default: []].subtract(Definitions.used(object))
        }
        for (kind, paths) in unused { #expect(paths.isEmpty, "no \(kind) has \(paths.sorted())") }
    }
}

/// Writes down what this version agrees on, when `scripts/cut-release` asks for it.
@Suite(.enabled(if: Release.toCut != nil)) struct ContractWriterTests {
    @Test func writesTheContract() throws {
        let release = try Release(try #require(Release.toCut))
        try #require(try release.version == Release.all().last?.version)
        try (try WireContract.current().json.text(pretty: true) + "\n")
            .write(to: release.place("wire.json"), atomically: true, encoding: .utf8)
    }
}
