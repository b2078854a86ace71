import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import ReleaseFixtures
import ServiceLifecycle
import Testing

@testable import CraneOperator

/// Objects that were stored under the definitions of a release, after the definitions of this version have taken their place.
@Suite(.timeLimit(.minutes(15))) struct StoredObjectsTests {
    private static let definitions = ResourceType(
        group: "apiextensions.k8s.io",
        version: "v1",
        kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions",
        isNamespaced: false
    )
    private static let types = [ClusterTenant.resourceType, AccessPolicy.resourceType, Tenant.resourceType]

    private static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    private static func client(of server: ClusterServer, agent: String) throws -> KubernetesClient {
        var configuration = try ClientConfiguration(kubeconfigYAML: server.kubeconfig)
        configuration.userAgent = agent
        return try KubernetesClient(configuration: configuration, logger: quiet)
    }

    /// Runs a service beside a body, and stops it afterwards.
    private static func running(_ service: any Service, _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { do { try await service.run() } catch is CancellationError {} }
            do {
                try await body()
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            while let _ = try? await group.next() {}
        }
    }

    /// A cluster that has the objects of a release.
    private struct Store {
        let server: ClusterServer
        let client: KubernetesClient
        /// The objects as they were read before.
        var before: [DynamicObject] = []

        func resources(of object: DynamicObject) throws -> ResourceAPI<DynamicObject> {
            let type = try #require(StoredObjectsTests.types.first { $0.kind == object.kind })
            return client.dynamic(type, namespace: object.metadata.namespace)
        }

        func read(_ object: DynamicObject) async throws -> DynamicObject { try await resources(of: object).get(object.metadata.name) }

        /// Puts definitions in place of those that are there, as `kubectl apply --server-side` does.
        func define(_ all: [JSON]) async throws {
            for definition in all {
                let object = DynamicObject(definition)
                let api = client.dynamic(StoredObjectsTests.definitions)
                _ = try await api.apply(object, fieldManager: "kubectl", force: true)
            }
            try await eventually("all kinds are served", within: .seconds(60)) {
                for type in StoredObjectsTests.types where try await !client.discovery.serves(type, refresh: true) { return false }
                return true
            }
        }
    }

    /// Runs a test on what a release has stored.
    private func withStored(
        _ release: Release,
        now definitions: [JSON],
        _ body: @escaping @Sendable (Store) async throws -> Void
    ) async throws {
        try await withClusterServer { server in
            var store = Store(server: server, client: try Self.client(of: server, agent: "test"))
            try await store.define(try release.files(in: "crds").flatMap { try release.documents($0) })
            let namespaces = store.client.resource(CoreV1.Namespace.self)
            _ = try await namespaces.create(CoreV1.Namespace(metadata: ObjectMeta(name: "crane")))
            for json in try release.files(in: "objects").flatMap({ try release.documents($0) }) {
                let object = DynamicObject(json)
                let api = try store.resources(of: object)
                var manifest = json
                manifest["status"] = nil
                let made = try await api.apply(DynamicObject(manifest), fieldManager: "kubectl")
                if let status = json["status"] {
                    store.before.append(try await api.mergePatch(made.metadata.name, ["status": status], subresource: "status"))
                } else {
                    store.before.append(made)
                }
            }
            #expect(store.before.count >= 7)
            try await store.define(definitions)
            try await body(store)
            await store.client.shutdown()
        }
    }

    @Test(arguments: try Release.all()) func areReadAsTheyWere(_ release: Release) async throws {
        try await withStored(release, now: CraneCRDs.all) { store in
            for object in store.before {
                #expect(try await store.read(object) == object, "\(object.kind) \(object.key)")
                // What this version's types do not know would be lost when they write it.
                let json = object.json
                switch object.kind {
                case "Tenant": try Self.expectKept(Tenant.self, json)
                case "AccessPolicy": try Self.expectKept(AccessPolicy.self, json)
                default: try Self.expectKept(ClusterTenant.self, json)
                }
            }
        }
    }

    private static func expectKept<Kind: KubernetesResource>(_ type: Kind.Type, _ json: JSON) throws {
        let again = try JSON(encoding: try json.decode(type))
        for member in ["spec", "status"] {
            #expect(again[member] ?? [:] == json[member] ?? [:], "\(type) \(member)")
        }
    }

    @Test(arguments: try Release.all()) func canBeWrittenAgain(_ release: Release) async throws {
        try await withStored(release, now: CraneCRDs.all) { store in
            for object in store.before {
                let api = try store.resources(of: object)
                // The manifest again: nothing changes.
                var manifest: JSON = ["apiVersion": .string(object.apiVersion), "kind": .string(object.kind)]
                manifest["metadata"] = ["name": .string(object.metadata.name)]
                manifest[at: ["metadata", "namespace"]] = object.metadata.namespace.map { .string($0) }
                manifest["spec"] = object.json["spec"]
                let applied = try await api.apply(DynamicObject(manifest), fieldManager: "kubectl", fieldValidation: .strict)
                #expect(applied.json["spec"] == object.json["spec"] && applied.json["status"] == object.json["status"])
                #expect(applied.metadata.generation == object.metadata.generation)
                // A whole update of something else.
                var changed = applied
                changed.metadata.labels["changed"] = "yes"
                let updated = try await api.update(changed)
                #expect(updated.json["spec"] == object.json["spec"] && updated.metadata.labels["changed"] == "yes")
                // A change of the spec counts.
                let patched = try await api.mergePatch(object.metadata.name, ["spec": Self.patches[object.kind] ?? [:]])
                #expect(patched.metadata.generation == (object.metadata.generation ?? 0) + 1)
                // The status as the operator writes it.
                if let status = object.json["status"] {
                    let manager = FieldManagers.operator
                    var report = manifest
                    report["spec"] = nil
                    report["status"] = status
                    report[at: ["status", "message"]] = "written again"
                    let written = try await api.apply(DynamicObject(report), fieldManager: manager, force: true, subresource: "status")
                    #expect(written.json[at: ["status", "message"]] == "written again")
                    #expect(written.json["spec"] == patched.json["spec"])
                }
            }
        }
    }

    private static let patches: [String: JSON] = [
        "Tenant": ["displayName": "Changed"], "AccessPolicy": ["description": "Changed"], "ClusterTenant": ["displayName": "Changed"],
    ]

    @Test(arguments: try Release.all()) func areReconciled(_ release: Release) async throws {
        try await withStored(release, now: CraneCRDs.all) { store in
            var configuration = Samples.configuration
            configuration.tenantNamespaces = ["crane"]
            configuration.process.leaderElection = false
            configuration.process.healthPort = nil
            let craneOperator = CraneOperator(
                configuration: configuration,
                client: try Self.client(of: store.server, agent: "operator"),
                logger: Self.quiet
            )
            try await Self.running(craneOperator) {
                for object in store.before {
                    try await eventually("\(object.kind) \(object.key) is looked after", within: .seconds(90)) {
                        let now = try await store.read(object).json
                        let path = ["status", "conditions"]
                        let (before, after) = (object.json[at: path]?.arrayValue ?? [], now[at: path]?.arrayValue ?? [])
                        return after.count > max(1, before.count)
                            && now[at: ["status", "observedGeneration"]] == now[at: ["metadata", "generation"]]
                    }
                    #expect(try await store.read(object).json["spec"] == object.json["spec"], "it writes no spec")
                }
            }
        }
    }

    /// Should a rule become stricter after all, what is stored can be written as long as the part at fault stays as it is (KEP-4008).
    @Test func stricterRulesLetStandWhatIsStored() async throws {
        let release = try Release("0.1.0")
        let spec = ["spec", "versions", "0", "schema", "openAPIV3Schema", "properties", "spec"]
        let stricter = CraneCRDs.all.map { definition -> JSON in
            guard definition[at: ["spec", "names", "kind"]] == "Tenant" else { return definition }
            var definition = definition
            Self.set(&definition, spec + ["properties", "displayName", "maxLength"], 3)
            Self.set(
                &definition,
                spec + ["properties", "fleet", "x-kubernetes-validations"],
                [["rule": "!has(self.maxAgents) || self.maxAgents <= 100", "message": "no more than 100"]]
            )
            return definition
        }
        try await withStored(release, now: stricter) { store in
            let fleet = try #require(store.before.first { $0.metadata.name == "fleet" })
            let api = try store.resources(of: fleet)
            #expect(try await store.read(fleet) == fleet)
            let patched = try await api.mergePatch("fleet", ["spec": ["team": "ops"]])
            #expect(patched.json[at: ["spec", "displayName"]] == "Fleet" && patched.json[at: ["spec", "team"]] == "ops")
            _ = try await api.mergePatch("fleet", ["status": ["message": "still written"]], subresource: "status")
            let name = await #expect(throws: KubernetesError.self) {
                try await api.mergePatch("fleet", ["spec": ["displayName": "Fleets"]])
            }
            #expect(name?.description.contains("displayName") == true)
            let agents = await #expect(throws: KubernetesError.self) {
                try await api.mergePatch("fleet", ["spec": ["fleet": ["maxAgents": 150]]])
            }
            #expect(agents?.description.contains("no more than 100") == true)
            _ = try await api.mergePatch("fleet", ["spec": ["displayName": "F", "fleet": ["maxAgents": 100]]])
        }
    }

    /// Sets what lies at a path, in which a number is a place in an array.
    private static func set(_ json: inout JSON, _ path: [String], _ value: JSON) {
        guard let first = path.first else {
            json = value
            return
        }
        let rest = Array(path.dropFirst())
        if let index = Int(first), case .array(var items) = json {
            set(&items[index], rest, value)
            json = .array(items)
        } else {
            var child = json[first] ?? [:]
            set(&child, rest, value)
            json[first] = child
        }
    }
}
