import CraneAPI
import Crypto
import FleetTemplates
import Foundation
import JSONValue
import KubernetesModel
import OpenClawGateway

/// What a tenant's machine is born with and gets for its credential: made once a run, kept in a Secret, and never rendered anew.
struct BootstrapMaterial: Sendable, Hashable {
    /// Annotation of the Secret: the run that it was made for.
    static let runAnnotation = "opencrane.io/provisioning-run"

    /// The run it was made for.
    let run: Int
    /// The SHA-256 of the credential.
    let credentialHash: String
    /// The machine's user data.
    let userData: String
    /// Its fingerprint.
    let userDataHash: String
    /// The fingerprint of the files.
    let filesDigest: String
    /// What the gateway lets its clients in with.
    let gatewayToken: String
    /// The platform's own key.
    let device: [UInt8]

    /// What a Secret is made of.
    struct Source: Sendable {
        /// The tenant.
        var tenant: Tenant
        /// The run.
        var run: Int
        /// The machine's name.
        var machine: String
        /// How machines of the provider are.
        var entry: MachineRegistry.Entry
        /// The operator's settings.
        var configuration: OperatorConfiguration
        /// The agents.
        var fleet: FleetPlan
        /// Variables of the gateway, from the Secrets that the channels name.
        var environment: [String: String]
    }

    /// Reads a Secret; `nil` when it is not one of these.
    init?(_ secret: CoreV1.Secret) {
        func bytes(_ key: String) -> [UInt8]? { secret.data?[key].flatMap { Data(base64Encoded: $0) }.map(Array.init) }
        guard let run = Self.run(of: secret), let credential = bytes(BootstrapSecret.credentialKey),
            let userData = bytes(BootstrapSecret.userDataKey), let secrets = bytes(BootstrapSecret.secretsKey),
            let device = bytes(BootstrapSecret.deviceKey), let json = try? JSON(parsing: secrets),
            let token = json["gatewayToken"]?.stringValue,
            let files = json["files"]?.objectValue
        else { return nil }
        self.run = run
        credentialHash = Self.hash(credential)
        self.userData = String(decoding: userData, as: UTF8.self)
        userDataHash = Self.hash(userData)
        filesDigest = GatewayFiles.digest(of: files.compactMapValues(\.stringValue))
        gatewayToken = token
        self.device = device
    }

    /// The run that a Secret was made for.
    static func run(of secret: CoreV1.Secret) -> Int? { secret.metadata.annotations[runAnnotation].flatMap(Int.init) }

    /// Makes the data of a Secret.
    ///
    /// - Parameters:
    ///   - source: what it is made of.
    ///   - random: secure random bytes.
    /// - Throws: when the random bytes are no key, which 32 bytes always are.
    static func data(_ source: Source, controlPlane: String, random: (Int) -> [UInt8]) throws -> [String: String] {
        let (tenant, settings) = (source.tenant, source.configuration.machines)
        let credential = "\(BootstrapSecret.credentialPrefix)\(tenant.metadata.uid ?? "")_\(base64URL(random(32)))"
        let token = base64URL(random(32))
        let secret = random(32)
        let device = try DeviceIdentity(secret: secret)
        let parameters = ConnectParameters(displayName: "OpenCrane", version: "1")
        let paired: JSON = [
            device.id: [
                "publicKey": .string(device.publicKey), "role": .string(parameters.role),
                "scopes": .array(parameters.scopes.map { .string($0) }), "token": .string(base64URL(random(32))),
            ]
        ]
        var files = GatewayFiles.Source(
            displayName: tenant.spec.displayName,
            owner: tenant.spec.email,
            fleet: source.fleet,
            port: source.configuration.gatewayPort,
            bind: source.entry.bind
        )
        files.channels = tenant.spec.channels ?? []
        files.overrides = tenant.spec.configOverrides ?? [:]
        files.modelProxy = source.configuration.planes.modelProxy
        let leader = source.fleet.agents.first.map { GatewayFiles.workspace(of: $0.name) }
        let secrets: JSON = [
            "gatewayToken": .string(token),
            "gatewayPort": .integer(Int64(source.configuration.gatewayPort)),
            "files": .object(GatewayFiles(files).files.mapValues { .string($0) }),
            "private": ["devices/paired.json": .string(paired.text(pretty: true) + "\n")],
            "repositories": .array(source.fleet.repositories.map { .string($0) }),
            "repositoryDirectory": leader.map { .string($0) } ?? .null,
            "environment": .object(source.environment.mapValues { .string($0) }),
        ]
        let document = BootstrapDocument(
            controlPlaneURL: controlPlane,
            certificateAuthority: settings.certificateAuthority,
            credential: credential,
            machine: source.machine,
            stateDirectory: source.entry.stateDirectory(source.machine),
            startsGateway: source.entry.startsGateway
        )
        let userData = try UserData(document, packages: source.entry.packages).text
        func base64(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }
        return [
            BootstrapSecret.credentialKey: base64(credential.utf8),
            BootstrapSecret.secretsKey: base64(secrets.serialized()),
            BootstrapSecret.userDataKey: base64(userData.utf8),
            BootstrapSecret.deviceKey: base64(secret),
        ]
    }

    private static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func hash(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
