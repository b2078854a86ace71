import CraneAPI
import FleetTemplates
import Foundation
import JSONValue
import KubernetesModel
import ReleaseFixtures
import Testing

@testable import CraneOperator

/// What runs already when the operator is exchanged: pods are not made anew, and Secrets of machines are understood.
@Suite struct RunningTenantTests {
    /// What the operator makes of the tenants of a release, as far as a change of it would replace a pod, or be refused.
    private static func children(_ release: Release) throws -> JSON {
        var all: JSON = [:]
        for json in try release.documents("objects/tenants.yaml") where json[at: ["spec", "runtime"]] == nil {
            var tenant = try json.decode(Tenant.self)
            tenant.metadata.uid = "11111111-2222-3333-4444-555555555555"
            tenant.metadata.annotations[CraneAnnotations.modelKeyChecksum] = "0a"
            let children = Samples.plan(tenant).children
            let deployment = try JSON(encoding: children.deployment)
            all[tenant.metadata.name] = [
                "files": try JSON(encoding: children.configMap.data),
                "template": deployment[at: ["spec", "template"]] ?? .null,
                "selector": deployment[at: ["spec", "selector"]] ?? .null,
                "claim": try JSON(encoding: children.stateClaim)["spec"] ?? .null,
                "service selector": try JSON(encoding: children.service)[at: ["spec", "selector"]] ?? .null,
            ]
        }
        return all
    }

    /// When this fails on purpose, CHANGELOG.md has to say that the upgrade replaces pods, and the file of the release is written anew.
    @Test(arguments: try Release.all()) func podsStayAsTheyAre(_ release: Release) throws {
        let before = try JSON(parsing: try release.text("children.json"))
        let now = try Self.children(release)
        #expect(before.objectValue?.count == 2)
        for (name, parts) in before.objectValue ?? [:] {
            for (part, value) in parts.objectValue ?? [:] {
                #expect(now[name]?[part] == value, "the \(part) of \(name) is not what \(release) made")
            }
        }
    }

    /// The Secret of a machine, from draws that differ and are the same every time.
    private static func secret() throws -> CoreV1.Secret {
        let tenant = Samples.tenant {
            $0.metadata.uid = "11111111-2222-3333-4444-555555555555"
            $0.spec.fleet = TenantFleet(repos: ["acme/product"])
        }
        let source = BootstrapMaterial.Source(
            tenant: tenant,
            run: 3,
            machine: "mia-0",
            entry: MachineRegistry.Entry(ScriptedProvider()),
            configuration: Samples.configuration,
            fleet: try FleetPlan(tenant.spec.fleet, catalog: .builtIn),
            environment: ["DISCORD_TOKEN": "t"]
        )
        var metadata = ObjectMeta(name: "openclaw-mia-bootstrap")
        metadata.annotations = [BootstrapMaterial.runAnnotation: "3"]
        var next: UInt8 = 0
        let data = try BootstrapMaterial.data(source, controlPlane: "https://crane.test") { count in
            next += 1
            return Array(repeating: next, count: count)
        }
        return CoreV1.Secret(metadata: metadata, data: data)
    }

    /// What the operator reads from a machine's Secret. Another hash of the same content would have machines made anew.
    private static func reading(_ secret: CoreV1.Secret) throws -> JSON {
        let material = try #require(BootstrapMaterial(secret))
        return [
            "run": .integer(Int64(material.run)), "credentialHash": .string(material.credentialHash),
            "userDataHash": .string(material.userDataHash), "filesDigest": .string(material.filesDigest),
            "gatewayToken": .string(material.gatewayToken),
        ]
    }

    @Test(arguments: try Release.all()) func secretsOfMachinesAreUnderstood(_ release: Release) throws {
        let kept = try JSON(parsing: try release.text("machine-secret.json"))
        let secret = try #require(try kept["secret"]?.decode(CoreV1.Secret.self))
        #expect(try Self.reading(secret) == kept["reading"])
        // And the other way round: what is written now has everything that is read by the release.
        let now = try Self.secret()
        #expect(Set((secret.data ?? [:]).keys).isSubset(of: (now.data ?? [:]).keys))
        #expect(Set(secret.metadata.annotations.keys).isSubset(of: now.metadata.annotations.keys))
        let (old, new) = (try Self.document(secret), try Self.document(now))
        for (name, value) in old.objectValue ?? [:] {
            let other = try #require(new[name], "secrets.json has no \(name) any more")
            #expect(Self.shape(other) == Self.shape(value), "\(name) has another type")
        }
        #expect(old["gatewayToken"]?.stringValue?.isEmpty == false)
    }

    private static func document(_ secret: CoreV1.Secret) throws -> JSON {
        let text = try #require(secret.data?[BootstrapSecret.secretsKey])
        return try JSON(parsing: try #require(Data(base64Encoded: text)))
    }

    private static func shape(_ value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool: "bool"
        case .integer, .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// Writes down what this version makes, when `scripts/cut-release` asks for it.
    @Test(.enabled(if: Release.toCut != nil)) func writesDownWhatIsMade() throws {
        let release = try Release(try #require(Release.toCut))
        let secret = try Self.secret()
        let kept: JSON = ["secret": try JSON(encoding: secret), "reading": try Self.reading(secret)]
        for (path, json) in [("children.json", try Self.children(release)), ("machine-secret.json", kept)] {
            try (json.text(pretty: true) + "\n").write(to: release.place(path), atomically: true, encoding: .utf8)
        }
    }
}
