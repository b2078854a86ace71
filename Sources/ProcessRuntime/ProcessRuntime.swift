import Foundation
import KubernetesClient
import KubernetesModel
import Logging
import NIOConcurrencyHelpers
import OperatorRuntime
import ServiceLifecycle

/// Runs pods as processes of this machine: the part of a kubelet that development needs.
///
/// Images are mapped to programs. There is no isolation: a process sees the machine's files and network, and runs as this user. Each pod has a
/// loopback address of its own.
public final class ProcessRuntime: Service {
    private let client: KubernetesClient
    private let configuration: ProcessRuntimeConfiguration
    private let logger: Logger
    private let time: TimeSource
    private let keeper = NIOLockedValueBox<PodKeeper?>(nil)
    private let ports = NIOLockedValueBox<[ServiceForward: Int]>([:])

    /// Makes a runtime; nothing runs yet.
    ///
    /// - Parameters:
    ///   - client: client of the API server, allowed to write pods' status and to ask for tokens of their accounts.
    ///   - time: clock. Default the system's.
    public init(client: KubernetesClient, configuration: ProcessRuntimeConfiguration, logger: Logger, time: TimeSource = .system) {
        self.client = client
        self.configuration = configuration
        self.logger = logger
        self.time = time
    }

    /// The port of 127.0.0.1 that leads to a Service; `nil` before it is listened at.
    public func port(of forward: ServiceForward) -> Int? { ports.withLockedValue { $0[forward] } }

    /// The file with the output of a container.
    ///
    /// - Parameter previous: whether that of its life before the present one is meant.
    /// - Returns: `nil` when nothing of it has run here.
    public func log(pod name: String, namespace: String, container: String, previous: Bool = false) -> String? {
        guard let entry = keeper.withLockedValue({ $0 })?.entry(ObjectKey(namespace: namespace, name: name)),
            let run = entry.run.container(container)
        else { return nil }
        // While a container waits for its next start, its last life is the present one.
        let present = run.running == nil && run.ended == nil && run.lastEnd != nil ? run.restarts - 1 : run.restarts
        let file = entry.files.log(container, restarts: previous ? present - 1 : present)
        return FileManager.default.fileExists(atPath: file) ? file : nil
    }

    /// Runs pods until cancelled or shut down; then ends their processes.
    ///
    /// - Throws: ``ProcessRuntimeError`` when a port is taken or a directory cannot be made.
    public func run() async throws {
        try PodFiles.makeDirectory(configuration.directory)
        let claims = PodFiles.claims(configuration.directory)
        let former = (try? FileManager.default.contentsOfDirectory(atPath: configuration.directory)) ?? []
        let formerClaims = (try? FileManager.default.contentsOfDirectory(atPath: claims)) ?? []
        let manager = Manager(
            configuration: ManagerConfiguration(name: "process-runtime", identity: configuration.nodeName),
            client: client,
            logger: logger,
            time: time
        )
        let (orders, order) = AsyncStream.makeStream(of: ProbeOrder.self)
        let keeper = try PodKeeper(
            client: client,
            configuration: configuration,
            logger: logger,
            time: time,
            order: { order.yield($0) },
            note: { [events = manager.events] in events.record($0) }
        )
        self.keeper.withLockedValue { $0 = keeper }
        let pods = manager.informer(CoreV1.Pod.self)
        let controller = Controller<ObjectKey>("process-runtime", configuration: .init(workers: 8), logger: logger, time: time) { key, _ in
            do {
                return try await keeper.reconcile(key, pods.store[key])
            } catch let error as KubernetesError where error.isNotFound || error.isConflict {
                // The pod has changed or gone meanwhile: its event brings the key back.
                return .requeue(after: .milliseconds(100))
            }
        }
        controller.reconciles(pods)
        keeper.wake { [weak controller] in controller?.enqueue($0) }
        manager.add(controller)
        try await forward(manager, pods)

        let prober = ProbeRunner(orphans: keeper.orphans)
        let outcome = await withTaskGroup(of: Void.self) { group in
            group.addTask { [configuration, client] in
                guard (try? await pods.waitUntilSynced()) != nil else { return }
                PodFiles.sweep(configuration.directory, former, keeping: Set(pods.store.objects.compactMap(\.metadata.uid)))
                guard !formerClaims.isEmpty, let known = try? await client.resource(CoreV1.PersistentVolumeClaim.self).listAll() else {
                    return
                }
                PodFiles.sweep(claims, formerClaims, keeping: Set(known.items.compactMap(\.metadata.uid)))
            }
            group.addTask { [time] in
                while (try? await time.sleep(for: .seconds(10))) != nil { await keeper.trimLogs() }
            }
            group.addTask {
                await withDiscardingTaskGroup { probes in
                    for await order in orders {
                        probes.addTask {
                            let success = await prober.run(order.job)
                            keeper.tell(order.key, .probed(order.container, pid: order.pid, order.kind, success))
                        }
                    }
                }
            }
            defer { group.cancelAll() }
            do {
                try await manager.run()
                return Result<Void, any Error>.success(())
            } catch {
                return .failure(error)
            }
        }
        // A task of its own is not cancelled with this one: processes have their time to end, which is bounded.
        await Task { await keeper.endAll() }.value
        await prober.shutdown()
        try outcome.get()
    }

    private func forward(_ manager: Manager, _ pods: Informer<CoreV1.Pod>) async throws {
        guard !configuration.forwards.isEmpty else { return }
        let services = manager.informer(CoreV1.Service.self)
        for forward in configuration.forwards {
            let key = ObjectKey(namespace: forward.namespace, name: forward.service)
            let forwarder = try await ServiceForwarder.listen(port: forward.localPort) { [configuration] in
                let here = pods.store.objects(inNamespace: forward.namespace).filter { $0.spec?.nodeName == configuration.nodeName }
                return ServiceForward.targets(services.store[key], port: forward.port, pods: here)
            }
            ports.withLockedValue { $0[forward] = forwarder.port }
            manager.add(forwarder, needsLeadership: false)
        }
    }
}
