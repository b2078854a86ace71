import CraneAPI
import FleetTemplates
import Foundation
import JSONValue
import KubernetesModel
import Machines
import OpenClawGateway
import Testing

@testable import CraneOperator

@Suite("What a machine is born with")
struct BootstrapMaterialTests {
    private static func bytes(_ seed: UInt8) -> (Int) -> [UInt8] {
        // Each draw differs from the last, as random ones do.
        var next = seed
        return { count in
            next &+= 1
            return Array(repeating: next, count: count)
        }
    }

    private static func secret(seed: UInt8 = 0, run: Int = 1) throws -> CoreV1.Secret {
        let tenant = Samples.tenant {
            $0.metadata.uid = "11111111-2222-3333-4444-555555555555"
            $0.spec.fleet = TenantFleet(repos: ["acme/product"])
        }
        var configuration = Samples.configuration
        configuration.machines.certificateAuthority = "PEM"
        let source = BootstrapMaterial.Source(
            tenant: tenant,
            run: run,
            machine: "mia-0",
            entry: MachineRegistry.Entry(ScriptedProvider()),
            configuration: configuration,
            fleet: try FleetPlan(tenant.spec.fleet, catalog: .builtIn),
            environment: ["DISCORD_TOKEN": "t"]
        )
        var metadata = ObjectMeta(name: "openclaw-mia-bootstrap")
        metadata.annotations = [BootstrapMaterial.runAnnotation: String(run)]
        return CoreV1.Secret(
            metadata: metadata,
            data: try BootstrapMaterial.data(source, controlPlane: "https://crane.test", random: bytes(seed))
        )
    }

    private static func text(_ secret: CoreV1.Secret, _ key: String) throws -> String {
        let encoded = try #require(secret.data?[key])
        return String(decoding: try #require(Data(base64Encoded: encoded)), as: UTF8.self)
    }

    @Test("The credential names its tenant, and what is read is what was made")
    func roundTrip() throws {
        let secret = try Self.secret(run: 3)
        let material = try #require(BootstrapMaterial(secret))
        let credential = try Self.text(secret, BootstrapSecret.credentialKey)
        #expect(credential.hasPrefix("ocb_11111111-2222-3333-4444-555555555555_"))
        #expect(credential.split(separator: "_").last?.count == 43)
        #expect(material.run == 3)
        let data = UserData(rendered: material.userData)
        #expect(material.userDataHash == data.digest)
        let document = try JSON(parsing: try #require(data.files[UserData.documentPath]))
        #expect(document["credential"]?.stringValue == credential)
        #expect(document["controlPlaneURL"] == "https://crane.test" && document["certificateAuthority"] == "PEM")
        #expect(document["machine"] == "mia-0" && document["startsGateway"] == true)
    }

    @Test("The secrets hold the files of all agents, the approved device of the platform, and nothing of the credential")
    func secrets() throws {
        let secret = try Self.secret()
        let material = try #require(BootstrapMaterial(secret))
        let json = try JSON(parsing: try Self.text(secret, BootstrapSecret.secretsKey))
        let files = try #require(json["files"]?.objectValue).compactMapValues(\.stringValue)
        #expect(files.keys.filter { $0.hasSuffix("/SOUL.md") }.count == 7 && files["openclaw.json"] != nil)
        #expect(material.filesDigest == GatewayFiles.digest(of: files))
        #expect(json["gatewayToken"]?.stringValue == material.gatewayToken)
        #expect(json["repositories"] == ["acme/product"] && json["environment"] == ["DISCORD_TOKEN": "t"])
        let leader = try #require(json["repositoryDirectory"]?.stringValue)
        #expect(files["\(leader)/AGENTS.md"] != nil)
        let device = try DeviceIdentity(secret: material.device)
        let paired = try JSON(parsing: try #require(json[at: ["private", "devices/paired.json"]]?.stringValue))
        #expect(paired[device.id]?["publicKey"]?.stringValue == device.publicKey)
        #expect(!material.userData.contains(material.gatewayToken))
        let credential = try Self.text(secret, BootstrapSecret.credentialKey)
        #expect(!json.text().contains(credential))
    }

    @Test("Two Secrets have nothing secret in common")
    func unique() throws {
        let one = try #require(BootstrapMaterial(try Self.secret()))
        let two = try #require(BootstrapMaterial(try Self.secret(seed: 100)))
        #expect(one.credentialHash != two.credentialHash && one.gatewayToken != two.gatewayToken && one.device != two.device)
        #expect(one.filesDigest == two.filesDigest)
    }

    @Test("What is not whole is no such Secret")
    func broken() throws {
        let secret = try Self.secret()
        for key in [BootstrapSecret.credentialKey, BootstrapSecret.secretsKey, BootstrapSecret.userDataKey, BootstrapSecret.deviceKey] {
            var broken = secret
            broken.data?[key] = nil
            #expect(BootstrapMaterial(broken) == nil)
        }
        var unmarked = secret
        unmarked.metadata.annotations = [:]
        #expect(BootstrapMaterial(unmarked) == nil)
    }

    @Test("The wanted run is the highest of what is asked for and what has been")
    func runs() {
        func run(_ asked: String?, _ recorded: Int?) -> Int {
            MachineMark.run(
                of: Samples.tenant {
                    $0.metadata.annotations = asked.map { [BootstrapMaterial.runAnnotation: $0] } ?? [:]
                    $0.status = recorded.map { TenantStatus(provisioning: ProvisioningStatus(run: $0)) }
                }
            )
        }
        #expect(run(nil, nil) == 1 && run("3", nil) == 3 && run("2", 5) == 5 && run("7", 5) == 7)
        #expect(run("nonsense", nil) == 1 && run("-4", nil) == 1 && run("nonsense", 2) == 2)
    }
}
