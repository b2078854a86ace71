extension LocalMachine {
    /// From how many early ends in a row on a gateway that runs again is not trusted yet.
    private static let unstableAfter = 3

    /// What is seen of it.
    ///
    /// - Parameter isAlive: whether its process lives.
    func observation(isAlive: Bool) -> MachineObservation {
        let (state, word, trouble) = situation(isAlive: isAlive)
        var seen = MachineObservation(
            id: MachineID("local://\(record.name)"),
            state: state,
            providerState: word,
            addresses: [MachineAddress(.internalIP, "127.0.0.1")],
            gatewayPort: record.port,
            isProvisioned: record.isProvisioned,
            trouble: trouble,
            userDataHash: record.userDataHash
        )
        switch state {
        case .creating, .stopping, .deleting, .degraded: seen.retryAfter = .seconds(1)
        default: break
        }
        return seen
    }

    private func situation(isAlive: Bool) -> (MachineState, String, MachineTrouble?) {
        let crashed = MachineTrouble(
            "GatewayCrashed",
            "The gateway's process ended by itself; it is started again, with growing pauses. Its output is in gateway.log of the "
                + "machine's directory."
        )
        switch record.wanted {
        case .gone: return (.deleting, "removing", nil)
        case .off: return isAlive ? (.stopping, "stopping", nil) : (.stopped, "stopped", nil)
        case .on: break
        }
        if isAlive, stopping != nil { return (.stopping, "stopping", nil) }
        if let code = record.refusal {
            let message = "The bootstrap gave up with exit code \(code); what it said is in bootstrap.log of the machine's directory."
            return (.failed, "bootstrap failed", MachineTrouble("BootstrapFailed", message, isPermanent: true))
        }
        guard record.nextRole == .gateway else {
            let interrupted = MachineTrouble("BootstrapInterrupted", "The bootstrap was interrupted; it is run again.")
            return (.creating, "bootstrapping", record.failures > 0 ? interrupted : nil)
        }
        if isAlive { return record.failures < Self.unstableAfter ? (.running, "running", nil) : (.degraded, "unstable", crashed) }
        if record.failures > 0 { return (.degraded, "restarting", crashed) }
        return record.isProvisioned ? (.degraded, "restarting", nil) : (.creating, "starting", nil)
    }
}
