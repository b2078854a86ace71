import CraneAPI

extension OperatorConfiguration {
    /// Reads what concerns tenants in virtual machines.
    mutating func readMachines(_ reader: inout EnvironmentReader) {
        for name in reader.names("MACHINE_PROVIDERS").sorted() {
            guard let provider = MachineProviderName(rawValue: name) else {
                reader.report("MACHINE_PROVIDERS", "'\(name)' is unknown; there are gce, kubevirt and local")
                continue
            }
            machines.providers.insert(provider)
        }
        machines.controlPlane = reader.text("MACHINE_CONTROL_PLANE_URL")
        if let address = machines.controlPlane, PlaneEndpoint(address) == nil {
            reader.report("MACHINE_CONTROL_PLANE_URL", "must be an http or https URL with a host")
        }
        if !machines.providers.isEmpty, machines.controlPlane == nil {
            reader.report("MACHINE_CONTROL_PLANE_URL", "is missing although MACHINE_PROVIDERS is set; machines report there")
        }
        machines.certificateAuthority = reader.text("MACHINE_CONTROL_PLANE_CA")
        machines.templates = reader.text("MACHINE_TEMPLATES_CONFIGMAP")
        if let kind = reader.text("MACHINE_GATEWAY_ADDRESS") {
            if let known = MachineSettings.AddressKind(rawValue: kind) {
                machines.addressKind = known
            } else {
                reader.report("MACHINE_GATEWAY_ADDRESS", "must be internal or external")
            }
        }
        machines.maximumGateways = reader.number("MACHINE_MAX_GATEWAYS", default: machines.maximumGateways, in: 1...100_000)
        machines.removesOrphans = reader.flag("MACHINE_REMOVE_ORPHANS", default: machines.removesOrphans)
        machines.computeProject = reader.text("GCE_PROJECT")
        machines.computeZone = reader.text("GCE_ZONE")
        machines.computeKeyFile = reader.text("GOOGLE_APPLICATION_CREDENTIALS")
        machines.computeMetadataHost = reader.text("GCE_METADATA_HOST")
        if machines.providers.contains(.gce), machines.computeZone == nil {
            reader.report("GCE_ZONE", "is missing although MACHINE_PROVIDERS has gce; it is the zone of machines that name none")
        }
        machines.localDirectory = reader.text("LOCAL_MACHINES_DIRECTORY") ?? machines.localDirectory
        machines.localGateway = (reader.text("LOCAL_GATEWAY_COMMAND") ?? "").split(separator: " ").map(String.init)
    }
}
