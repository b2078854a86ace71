import CraneAPI
import Machines
import Testing

@testable import CraneOperator

@Suite("Settings of virtual machines")
struct MachineSettingsTests {
    private static let base = ["TENANT_DEFAULT_IMAGE": "openclaw:1", "INGRESS_DOMAIN": "crane.test"]

    private static func read(_ variables: [String: String]) throws(OperatorConfigurationError) -> MachineSettings {
        try OperatorConfiguration(environment: base.merging(variables) { $1 }).machines
    }

    @Test("Without variables no provider is enabled")
    func none() throws {
        #expect(try Self.read([:]) == MachineSettings())
    }

    @Test("All variables are read")
    func all() throws {
        let settings = try Self.read([
            "MACHINE_PROVIDERS": "gce, local", "MACHINE_CONTROL_PLANE_URL": "https://crane.test", "MACHINE_GATEWAY_ADDRESS": "external",
            "MACHINE_TEMPLATES_CONFIGMAP": "fleets", "MACHINE_MAX_GATEWAYS": "7", "GCE_PROJECT": "p", "GCE_ZONE": "z",
            "MACHINE_REMOVE_ORPHANS": "false",
            "GOOGLE_APPLICATION_CREDENTIALS": "/key", "GCE_METADATA_HOST": "127.0.0.1:1", "LOCAL_MACHINES_DIRECTORY": "/m",
            "LOCAL_GATEWAY_COMMAND": "openclaw gateway --port {port}",
        ])
        #expect(settings.providers == [.gce, .local] && settings.controlPlane == "https://crane.test")
        #expect(settings.addressKind == .external && settings.templates == "fleets" && settings.maximumGateways == 7)
        #expect(settings.computeProject == "p" && settings.computeZone == "z" && settings.computeKeyFile == "/key")
        #expect(settings.computeMetadataHost == "127.0.0.1:1" && settings.localDirectory == "/m")
        #expect(!settings.removesOrphans)
        #expect(settings.localGateway == ["openclaw", "gateway", "--port", "{port}"])
    }

    @Test(
        "What is wrong is named",
        arguments: [
            (["MACHINE_PROVIDERS": "aws"], "MACHINE_PROVIDERS"), (["MACHINE_PROVIDERS": "local"], "MACHINE_CONTROL_PLANE_URL"),
            (["MACHINE_CONTROL_PLANE_URL": "nowhere"], "MACHINE_CONTROL_PLANE_URL"),
            (["MACHINE_PROVIDERS": "gce", "MACHINE_CONTROL_PLANE_URL": "https://crane.test"], "GCE_ZONE"),
            (["MACHINE_GATEWAY_ADDRESS": "both"], "MACHINE_GATEWAY_ADDRESS"), (["MACHINE_MAX_GATEWAYS": "0"], "MACHINE_MAX_GATEWAYS"),
        ]
    )
    func wrong(_ variables: [String: String], _ name: String) {
        let error = #expect(throws: OperatorConfigurationError.self) { try Self.read(variables) }
        #expect(error?.problems.map(\.variable) == [name])
    }

    @Test("The address of the wanted kind is taken, else any")
    func address() {
        var settings = MachineSettings()
        let both = [MachineAddress(.externalIP, "1.2.3.4"), MachineAddress(.internalIP, "10.0.0.1")]
        func address(_ addresses: [MachineAddress]) -> String? {
            settings.address(of: MachineObservation(state: .running, addresses: addresses))
        }
        #expect(address(both) == "10.0.0.1" && address([both[0]]) == "1.2.3.4" && address([]) == nil)
        settings.addressKind = .external
        #expect(address(both) == "1.2.3.4" && address([both[1]]) == "10.0.0.1")
    }
}
