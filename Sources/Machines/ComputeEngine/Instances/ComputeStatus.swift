/// What Compute Engine's words for an instance's status mean.
enum ComputeStatus {
    /// Status of the instances resource (v1), and our word for it. A stopped instance says `TERMINATED` or `STOPPED`.
    static let table: [String: MachineState] = [
        "PENDING": .creating,
        "PROVISIONING": .creating,
        "STAGING": .creating,
        "RUNNING": .running,
        "PENDING_STOP": .stopping,
        "STOPPING": .stopping,
        "SUSPENDING": .stopping,
        "TERMINATED": .stopped,
        "STOPPED": .stopped,
        "SUSPENDED": .stopped,
        "REPAIRING": .degraded,
        "DEPROVISIONING": .deleting,
    ]

    /// Our word for a status; words that are new to us are ``MachineState/unknown``.
    static func state(of status: String) -> MachineState { table[status] ?? .unknown }

    /// Which call brings an instance to a goal: one row of what is wanted and what is seen. No row: nothing is to be done, or it is to be
    /// waited.
    static func step(to goal: MachineGoal, from state: MachineState, status: String) -> MachineOperation.Kind? {
        switch (goal, state) {
        case (.gone, .absent), (.gone, .deleting): nil
        case (.gone, _): .delete
        case (.power(.on), .absent): .insert
        case (.power(.on), .stopped): status == "SUSPENDED" ? .resume : .start
        case (.power(.off), .running), (.power(.off), .degraded): .stop
        case (.power(.suspended), .running): .suspend
        default: nil
        }
    }
}
