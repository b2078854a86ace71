import FleetTemplates
import Machines

enum Samples {
    static let owner = MachineOwner(uid: "6f1c4f2e-0000-4000-8000-000000000001", name: "team-a/acme")
    static let stranger = MachineOwner(uid: "6f1c4f2e-0000-4000-8000-00000000000f", name: "team-b/acme")
    static let target = MachineTarget(name: "acme-01", owner: owner)

    static var request: MachineRequest {
        MachineRequest(
            target: target,
            userData: "#cloud-config\n{}\n",
            userDataHash: "hash-1",
            installation: "ours",
            labels: ["tenant": "acme-01"]
        )
    }
}
