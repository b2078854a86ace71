import JSONValue

/// The body that makes an instance.
enum ComputeInsertBody {
    /// The metadata key that keeps the fingerprint of the user data.
    static let hashKey = "opencrane-user-data-sha256"
    /// The longest value of a metadata item, in bytes.
    static let longestValue = 256 * 1024

    /// - Throws: ``MachineError`` with `invalidRequest` for what Compute Engine would refuse.
    static func make(
        _ request: MachineRequest,
        zone: String,
        configuration: ComputeEngineConfiguration
    ) throws(MachineError) -> JSON {
        try check(request)
        var network: JSON = ["network": .string(path(request.network ?? configuration.network, in: "global/networks"))]
        if let subnetwork = configuration.subnetwork, request.network == nil { network["subnetwork"] = .string(subnetwork) }
        if configuration.hasPublicAddress {
            network["accessConfigs"] = [["type": "ONE_TO_ONE_NAT", "name": "External NAT"]]
        }
        let machineType = request.machineType ?? configuration.machineType
        var body: JSON = [
            "name": .string(request.target.name),
            "description": .string("OpenCrane machine of \(request.target.owner.name)"),
            "machineType": .string(path(machineType, in: "zones/\(zone)/machineTypes")),
            "labels": .object(ComputeLabels.all(of: request).mapValues { .string($0) }),
            "tags": ["items": .array(configuration.tags.map { .string($0) })],
            "disks": [
                [
                    "boot": true, "autoDelete": true,
                    "initializeParams": [
                        "sourceImage": .string(path(request.image ?? configuration.image, in: "global/images")),
                        // 64-bit numbers travel as text.
                        "diskSizeGb": .string(String(request.diskGb ?? configuration.diskGb)),
                        "diskType": .string(path(configuration.diskType, in: "zones/\(zone)/diskTypes")),
                    ],
                ]
            ],
            "networkInterfaces": [network],
            "metadata": [
                "items": [
                    ["key": "user-data", "value": .string(request.userData)],
                    ["key": .string(hashKey), "value": .string(request.userDataHash)],
                ]
            ],
            "shieldedInstanceConfig": ["enableSecureBoot": true, "enableVtpm": true, "enableIntegrityMonitoring": true],
            "scheduling": ["automaticRestart": true, "onHostMaintenance": "MIGRATE"],
        ]
        if let account = request.serviceAccount ?? configuration.serviceAccount {
            body["serviceAccounts"] = [["email": .string(account), "scopes": ["https://www.googleapis.com/auth/cloud-platform"]]]
        }
        return body
    }

    /// A name alone lies in the usual place; a path is taken as it is.
    private static func path(_ name: String, in place: String) -> String { name.contains("/") ? name : "\(place)/\(name)" }

    private static func check(_ request: MachineRequest) throws(MachineError) {
        func refuse(_ message: String) -> MachineError { MachineError(.invalidRequest, message, isPermanent: true) }
        guard MachineName.isLegal(request.target.name) else {
            throw refuse("\(request.target.name) is no name of an instance: at most 63 lower-case letters, digits and -, a letter first")
        }
        guard request.userData.utf8.count <= longestValue else {
            throw refuse("The user data is larger than the 256 KiB that Compute Engine takes; shorten the template's files")
        }
        let labels = ComputeLabels.all(of: request)
        guard labels.count <= 64 else { throw refuse("An instance has at most 64 labels, this one would have \(labels.count)") }
        for (key, value) in labels where !OwnerLabels.isLegalKey(key) || !OwnerLabels.isLegalValue(value) {
            throw refuse("\(key)=\(value) is no label of Compute Engine: lower-case letters, digits, - and _, at most 63, a letter first")
        }
        if let size = request.diskGb, size < 1 { throw refuse("A disk of \(size) GB cannot be made") }
    }
}
