import CraneAPI
import Foundation
import JSONValue
import KubernetesModel
import Schema
import Testing
import Yams

@Suite struct CraneCRDTests {
    private static func schema(_ definition: JSON) throws -> JSONSchema {
        let version = try #require(definition[at: ["spec", "versions"]]?[0])
        return try JSONSchema(parsing: try #require(version[at: ["schema", "openAPIV3Schema"]]))
    }

    private static var repository: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    @Test func checkedInFilesAreCurrent() throws {
        let files = CRDGenerator.files()
        #expect(files.map(\.path) == ["tenants", "accesspolicies", "clustertenants"].map { "crds/opencrane.io_\($0).yaml" })
        for file in files {
            let checkedIn = try String(contentsOf: Self.repository.appending(path: file.path), encoding: .utf8)
            #expect(checkedIn == file.contents, "\(file.path) is stale: run opencrane generate")
        }
    }

    @Test(arguments: Array(zip(CRDGenerator.files(), CraneCRDs.all)))
    func yamlSaysTheSame(file: GeneratedFile, definition: JSON) throws {
        let loaded = try #require(try Yams.load(yaml: file.contents))
        let data = try JSONSerialization.data(withJSONObject: loaded, options: [.sortedKeys])
        #expect(try JSON(parsing: data) == definition)
    }

    @Test(arguments: CraneCRDs.all)
    func schemasAreStructural(definition: JSON) throws {
        #expect(try Self.schema(definition).structuralProblems() == [])
    }

    @Test(arguments: [
        (CraneCRDs.tenant, try! JSON(encoding: Samples.tenant)), (CraneCRDs.accessPolicy, try! JSON(encoding: Samples.policy)),
        (CraneCRDs.clusterTenant, try! JSON(encoding: Samples.clusterTenant)),
    ])
    func everyFieldSurvivesTheAPIServer(definition: JSON, object: JSON) throws {
        let schema = try Self.schema(definition)
        let validator = try SchemaValidator(schema)
        let (pruned, paths) = validator.pruning(object, isResource: true)
        #expect(paths.map(\.fieldPath) == [] && pruned == object)
        #expect(validator.violations(in: validator.defaulting(object)).map { "\($0.fieldCause)" } == [])
        // The sample sets everything the schema knows, so nothing can be missing from the check.
        for part in ["spec", "status"] {
            let known = try #require(schema.properties[part])
            #expect(Self.unset(known, object[part] ?? [:], part) == [])
        }
    }

    /// The properties of a schema that a value does not set.
    private static func unset(_ schema: JSONSchema, _ value: JSON, _ path: String) -> [String] {
        schema.properties.sorted { $0.key < $1.key }.flatMap { name, property in
            guard let member = value[name] else { return ["\(path).\(name)"] }
            if let items = property.items, let first = member[0] { return unset(items, first, "\(path).\(name)[0]") }
            return unset(property, member, "\(path).\(name)")
        }
    }

    @Test func decodesWhatItEncodes() throws {
        #expect(try JSON(encoding: Samples.tenant).decode(Tenant.self) == Samples.tenant)
        #expect(try JSON(encoding: Samples.policy).decode(AccessPolicy.self) == Samples.policy)
        #expect(try JSON(encoding: Samples.clusterTenant).decode(ClusterTenant.self) == Samples.clusterTenant)
    }

    @Test func everyTextIsBoundedWhereARuleOrPatternReadsIt() throws {
        func unbounded(_ schema: JSONSchema, _ path: String) -> [String] {
            var found = schema.pattern != nil && schema.maxLength == nil ? [path] : []
            if path.hasPrefix(".spec"), schema.type == .array, schema.maxItems == nil { found.append(path) }
            for (name, property) in schema.properties { found += unbounded(property, "\(path).\(name)") }
            if let items = schema.items { found += unbounded(items, "\(path)[]") }
            return found
        }
        for definition in CraneCRDs.all { #expect(unbounded(try Self.schema(definition), "") == []) }
    }

    /// An API server compiles patterns with RE2, which knows no look-around, no back-reference and no possessive or atomic group, and
    /// refuses a definition that has one.
    @Test func everyPatternIsOneThatAnAPIServerCompiles() throws {
        func patterns(_ schema: JSONSchema) -> [String] {
            var found = schema.pattern.map { [$0] } ?? []
            for (_, property) in schema.properties { found += patterns(property) }
            if let items = schema.items { found += patterns(items) }
            return found
        }
        let unknown = ["(?=", "(?!", "(?<=", "(?<!", "(?>", "\\1", "\\2", "\\k<", "++", "*+", "?+"]
        let all = try CraneCRDs.all.flatMap { patterns(try Self.schema($0)) }
        #expect(all.count >= 10)
        for pattern in all { #expect(unknown.filter(pattern.contains) == [], "\(pattern)") }
    }

    @Test func fillsDefaults() throws {
        let tenant = try SchemaValidator(Self.schema(CraneCRDs.tenant)).defaulting(["spec": ["displayName": "M", "email": "m@x.test"]])
        #expect(tenant["spec"] == ["displayName": "M", "email": "m@x.test", "suspended": false, "runtime": ["type": "Pod"]])
        let policy = try SchemaValidator(Self.schema(CraneCRDs.accessPolicy)).defaulting([
            "spec": ["domains": [:], "egressRules": [["cidr": "::/0"]]]
        ])
        #expect(policy["spec"] == ["domains": ["defaultDeny": true], "egressRules": [["cidr": "::/0", "protocol": "TCP"]]])
        let customer = try SchemaValidator(Self.schema(CraneCRDs.clusterTenant)).defaulting(["spec": ["displayName": "C", "compute": [:]]])
        #expect(customer["spec"] == ["displayName": "C", "isolationTier": "shared", "compute": ["mode": "shared"]])
    }

    @Test func offersWhatKubectlShows() throws {
        let names = CraneCRDs.all.compactMap { $0[at: ["spec", "names", "shortNames"]] }
        #expect(names == [["tn"], ["ap"], ["ct"]])
        let columns = CraneCRDs.tenant[at: ["spec", "versions"]]?[0]?["additionalPrinterColumns"]?.arrayValue ?? []
        #expect(
            columns.filter { $0["priority"] == nil }.compactMap { $0["name"]?.stringValue } == [
                "Display Name", "Team", "Phase", "Host", "Ready", "Age",
            ]
        )
        #expect(CraneCRDs.clusterTenant[at: ["spec", "scope"]] == "Cluster")
    }
}
