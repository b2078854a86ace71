import Machines

/// Which machines have nobody any more, and for how long that has been so.
struct OrphanWatch: Sendable {
    /// Who there is.
    struct Tenants: Sendable {
        /// Their uids, as labels have them.
        var owners: Set<String> = []
        /// The names of their machines. One that was made anew under its name, as from a backup, may want the machine of its name.
        var machineNames: Set<String> = []
    }

    /// How long a machine has to be without a tenant before it goes.
    static let patience: Duration = .seconds(600)

    private struct Sighting: Sendable {
        var owner: String
        var first: Duration
    }

    private var orphans: [MachineID: Sighting] = [:]

    /// How many machines have nobody.
    var count: Int { orphans.count }

    /// Looks at all machines of a provider.
    ///
    /// - Parameters:
    ///   - machines: all that there are.
    ///   - tenants: who there is, asked for after the machines.
    ///   - installation: who we are; machines of others are not ours to judge, nor those that do not say.
    ///   - now: the time, on a clock that is never set.
    /// - Returns: those that may be taken away: seen without a tenant twice or more, for long enough.
    mutating func look(at machines: [MachineListing], tenants: Tenants, installation: String, now: Duration) -> [MachineListing] {
        let alone = machines.filter { machine in
            machine.installation == installation && !machine.ownerLabel.isEmpty && !tenants.owners.contains(machine.ownerLabel)
                && !tenants.machineNames.contains(machine.name)
        }
        let before = orphans
        orphans = [:]
        for machine in alone {
            // Another one of the name is another machine.
            let earlier = before[machine.id].flatMap { $0.owner == machine.ownerLabel ? $0.first : nil }
            orphans[machine.id] = Sighting(owner: machine.ownerLabel, first: earlier ?? now)
        }
        return alone.filter { machine in
            guard let first = before[machine.id], first.owner == machine.ownerLabel else { return false }
            return now - first.first >= Self.patience
        }
    }
}
