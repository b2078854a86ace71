import CraneAPI
import Foundation
import JSONValue
import Testing

@Suite("Samples")
struct SampleTests {
    @Test("Every sample is valid by the rules of its kind", arguments: try Self.samples())
    func valid(_ file: String) throws {
        let documents = try Manifests.documents(file)
        #expect(!documents.isEmpty)
        for document in documents {
            let problems =
                switch document["kind"]?.stringValue {
                case "Tenant": try document.decode(Tenant.self).problems()
                case "AccessPolicy": try document.decode(AccessPolicy.self).problems()
                case "ClusterTenant": try document.decode(ClusterTenant.self).problems()
                // What a Tenant names beside itself.
                case "Secret":
                    document[at: ["metadata", "labels", "opencrane.io/tenant-credentials"]] == nil ? [Self.problem(document)] : []
                default: [Self.problem(document)]
                }
            #expect(problems.isEmpty)
        }
    }

    @Test("A member that a sample sets is one that its kind has", arguments: try Self.samples())
    func known(_ file: String) throws {
        for document in try Manifests.documents(file) {
            let spec = document["spec"]
            switch document["kind"]?.stringValue {
            case "Tenant": #expect(Self.extra(spec, in: try JSON(encoding: document.decode(Tenant.self).spec)) == [])
            case "AccessPolicy": #expect(Self.extra(spec, in: try JSON(encoding: document.decode(AccessPolicy.self).spec)) == [])
            case "ClusterTenant": #expect(Self.extra(spec, in: try JSON(encoding: document.decode(ClusterTenant.self).spec)) == [])
            default: break
            }
        }
    }

    @Test("There is a sample of each kind, each runtime and each tier, and nothing has the name of another")
    func complete() throws {
        let documents = try Self.samples().flatMap { try Manifests.documents($0) }
        #expect(Set(documents.compactMap { $0["kind"]?.stringValue }) == ["Tenant", "AccessPolicy", "ClusterTenant", "Secret"])
        #expect(
            Set(documents.compactMap { $0[at: ["spec", "runtime", "machine", "provider"]]?.stringValue }) == ["local", "kubevirt", "gce"]
        )
        #expect(
            Set(documents.compactMap { $0[at: ["spec", "isolationTier"]]?.stringValue }) == [
                "shared", "dedicatedNodes", "dedicatedCluster",
            ]
        )
        #expect(documents.contains { $0[at: ["spec", "suspended"]]?.boolValue == true })
        #expect(documents.contains { $0[at: ["spec", "mcpServers", "deny"]] != nil })
        #expect(documents.contains { $0[at: ["spec", "tenantSelector", "matchLabels"]] != nil })
        let names = documents.map { "\($0["kind"]?.stringValue ?? "")/\($0[at: ["metadata", "name"]]?.stringValue ?? "")" }
        #expect(names.count == Set(names).count)
    }

    @Test("No policy of the samples selects a tenant that another selects")
    func apart() throws {
        let policies = try Self.samples().flatMap { try Manifests.documents($0) }.filter { $0["kind"]?.stringValue == "AccessPolicy" }
        let selectors = policies.compactMap { $0[at: ["spec", "tenantSelector"]]?.text() }
        #expect(selectors.count == policies.count)
        #expect(Set(selectors).count == selectors.count)
    }

    @Test(
        "A folder of samples has every file in its kustomization, and the page of samples names it",
        arguments: ["customers", "policies", "tenants", "team", "machines"]
    )
    func folders(_ folder: String) throws {
        let path = "manifests/samples/\(folder)"
        let resources = try Manifests.documents("\(path)/kustomization.yaml").first?["resources"]?.arrayValue?.compactMap(\.stringValue)
        let files = try Manifests.files(path, ending: ".yaml").filter { $0 != "kustomization.yaml" }
        #expect(resources?.sorted() == files)
        let page = try Manifests.text("manifests/samples/README.md")
        for file in files { #expect(page.contains("(\(folder)/\(file))")) }
    }

    /// The files of the folder and of those below it.
    static func samples() throws -> [String] {
        let root = "manifests/samples"
        let folders = try Manifests.files(root, ending: "").filter { !$0.contains(".") }
        return try ([root] + folders.map { "\(root)/\($0)" }).flatMap { folder in
            try Manifests.files(folder, ending: ".yaml").filter { $0 != "kustomization.yaml" }.map { "\(folder)/\($0)" }
        }
    }

    private static func problem(_ document: JSON) -> SpecProblem {
        SpecProblem(field: "kind", message: "is none of ours, and no Secret that a tenant may have", value: document["kind"])
    }

    /// Members that are in one value and not in the other.
    private static func extra(_ value: JSON?, in known: JSON?, at path: String = "spec") -> [String] {
        switch value {
        case .object(let members):
            members.flatMap { name, member in
                known?[name] == nil ? ["\(path).\(name)"] : extra(member, in: known?[name], at: "\(path).\(name)")
            }
        case .array(let elements):
            elements.enumerated().flatMap { index, element in extra(element, in: known?[index], at: "\(path)[\(index)]") }
        default: []
        }
    }
}
