import CraneAPI
import JSONValue
import Testing

@Suite("Samples")
struct SampleTests {
    @Test("Every sample is valid by the rules of its kind", arguments: try Manifests.files("manifests/samples", ending: ".yaml"))
    func valid(_ file: String) throws {
        let documents = try Manifests.documents("manifests/samples/\(file)")
        #expect(!documents.isEmpty)
        for document in documents {
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

    @Test("There is a sample of each kind")
    func complete() throws {
        let kinds = try Manifests.files("manifests/samples", ending: ".yaml")
            .flatMap { try Manifests.documents("manifests/samples/\($0)") }.compactMap { $0["kind"]?.stringValue }
        #expect(Set(kinds) == ["Tenant", "AccessPolicy", "ClusterTenant"])
    }
}
