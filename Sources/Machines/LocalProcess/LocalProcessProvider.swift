import KubernetesClient
import Logging
import NIOPosix
import ServiceLifecycle

/// Machines that are processes of this host: each has a directory and a loopback port of its own, runs its user data's commands once and
/// then the gateway, is started again when it ends by itself, and outlives whoever started it.
///
/// Nothing needs to be stored before a call: the directory says what there is. Run the provider as a service beside its use; one process at a
/// time looks after a directory.
public final class LocalProcessProvider: MachineProvider, Service {
    /// `local`.
    public let name = "local"
    private let supervisor: LocalSupervisor
    private let time: TimeSource
    private let logger: Logger

    /// A provider.
    ///
    /// - Parameters:
    ///   - configuration: what is run, and where.
    ///   - logger: gets ends and restarts, at `info`.
    ///   - time: the clock of pauses. Default: the system's.
    public init(configuration: LocalProcessConfiguration, logger: Logger, time: TimeSource = .system) {
        supervisor = LocalSupervisor(configuration: configuration, time: time, logger: logger)
        self.time = time
        self.logger = logger
    }

    /// Where a machine's gateway keeps its state: what a bootstrap document names as its state directory.
    public static func stateDirectory(of name: String, root: String) -> String { MachineDirectory(path: "\(root)/\(name)").state }

    /// Makes the machine if there is none, and starts it.
    public func ensure(_ request: MachineRequest, operation: MachineOperation?) async throws(MachineError) -> MachineObservation {
        try await blocking { supervisor throws(MachineError) in try supervisor.ensure(request) }
    }

    /// Looks at the machine's process.
    public func observe(_ target: MachineTarget, operation: MachineOperation?) async throws(MachineError) -> MachineObservation {
        try await blocking { supervisor throws(MachineError) in try supervisor.observe(target) }
    }

    /// Starts or ends the process. There is no sleep: ``MachinePower/suspended`` ends it.
    public func power(
        _ power: MachinePower,
        of target: MachineTarget,
        operation: MachineOperation?
    ) async throws(MachineError) -> MachineObservation {
        try await blocking { supervisor throws(MachineError) in try supervisor.set(.init(power), target) }
    }

    /// Ends the process, then removes the machine's directory.
    public func destroy(_ target: MachineTarget, operation: MachineOperation?) async throws(MachineError) -> MachineObservation {
        try await blocking { supervisor throws(MachineError) in try supervisor.set(.gone, target) }
    }

    /// The machines of the directory.
    public func machines() async throws(MachineError) -> [MachineListing] {
        try await blocking { supervisor throws(MachineError) in try supervisor.listing() }
    }

    /// Looks after the machines until shutdown. They go on running then, unless the configuration says otherwise.
    public func run() async throws {
        let configuration = supervisor.configuration
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.tick()
                try? await self.time.sleep(for: configuration.interval)
            }
        }
        if configuration.endsWithService { await endAll(within: configuration.grace + .seconds(2)) }
        supervisor.release()
    }

    private func tick() async {
        do throws(MachineError) {
            _ = try await blocking { supervisor throws(MachineError) in try supervisor.tick() }
        } catch {
            logger.warning("The machines of this host are not looked after", metadata: ["error": "\(error)"])
        }
    }

    /// Ends all processes; a task of its own, as this one is cancelled by now.
    private func endAll(within limit: Duration) async {
        let (supervisor, time) = (supervisor, time)
        await Task {
            let end = time.now + limit
            while time.now < end {
                let count = try? await NIOThreadPool.singleton.runIfActive { try supervisor.tick(isEnding: true) }
                if count ?? 0 == 0 { return }
                try? await time.sleep(for: .milliseconds(50))
            }
        }.value
    }

    /// Files block, so they are read and written on a thread that may.
    private func blocking<Result: Sendable>(
        _ body: @escaping @Sendable (LocalSupervisor) throws(MachineError) -> Result
    ) async throws(MachineError) -> Result {
        let supervisor = supervisor
        do {
            return try await NIOThreadPool.singleton.runIfActive { try body(supervisor) }
        } catch let error as MachineError {
            throw error
        } catch {
            throw MachineError(.hostFailure, "The machines of this host cannot be looked at", cause: error)
        }
    }
}
