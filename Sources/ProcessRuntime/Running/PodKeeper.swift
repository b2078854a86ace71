import Foundation
import KubernetesClient
import KubernetesModel
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import OperatorRuntime

/// Runs pods: asks ``PodRun`` what is to be done, does it, and reports.
///
/// One call at a time is at a pod. What happens meanwhile waits in a mailbox and brings the pod back.
final class PodKeeper: Sendable {
    let client: KubernetesClient
    let configuration: ProcessRuntimeConfiguration
    let logger: Logger
    let time: TimeSource
    let order: @Sendable (ProbeOrder) -> Void
    let note: @Sendable (EventNote) -> Void
    let orphans: OrphanGuard
    private let applier: Applier
    private let entries = NIOLockedValueBox<[ObjectKey: PodEntry]>([:])
    private let mailbox = NIOLockedValueBox<[ObjectKey: [PodEvent]]>([:])
    private let wake = NIOLockedValueBox<(@Sendable (ObjectKey) -> Void)?>(nil)

    /// - Parameters:
    ///   - order: has a probe tried; the result is told by ``tell(_:_:)``.
    ///   - note: reports an event.
    init(
        client: KubernetesClient,
        configuration: ProcessRuntimeConfiguration,
        logger: Logger,
        time: TimeSource,
        order: @escaping @Sendable (ProbeOrder) -> Void,
        note: @escaping @Sendable (EventNote) -> Void
    ) throws {
        self.client = client
        self.configuration = configuration
        self.logger = logger
        self.time = time
        self.order = order
        self.note = note
        orphans = try OrphanGuard()
        applier = Applier(client: client, fieldManager: configuration.nodeName)
    }

    var now: Moment { Moment(clock: time.now, wall: time.timestamp) }

    /// Says who is called for a pod to which something happened.
    func wake(by body: @escaping @Sendable (ObjectKey) -> Void) { wake.withLockedValue { $0 = body } }

    /// Something happened to a container.
    func tell(_ key: ObjectKey, _ event: PodEvent) {
        mailbox.withLockedValue { $0[key, default: []].append(event) }
        wake.withLockedValue { $0 }?(key)
    }

    /// A pod that is run here.
    func entry(_ key: ObjectKey) -> PodEntry? { entries.withLockedValue { $0[key] } }

    /// Brings a pod nearer to what is wanted.
    ///
    /// - Parameter pod: `nil` when it is gone.
    func reconcile(_ key: ObjectKey, _ pod: CoreV1.Pod?) async throws -> ReconcileResult {
        guard let pod, configuration.images.runs(pod), pod.metadata.annotations[configuration.ignoreAnnotation] != "true" else {
            return await release(key)
        }
        if let entry = entry(key), entry.uid != pod.metadata.uid {
            let result = await release(key)
            return result == .done ? .requeue(after: .milliseconds(1)) : result
        }
        guard let node = pod.spec?.nodeName, !node.isEmpty else {
            try await bind(pod)
            return .done
        }
        guard node == configuration.nodeName else { return .done }
        var entry: PodEntry
        if let known = self.entry(key) {
            entry = known
        } else if pod.metadata.isBeingDeleted {
            try await remove(pod)
            return .done
        } else if ["Succeeded", "Failed"].contains(pod.status?.phase ?? "") {
            return .done
        } else {
            entry = begin(pod)
        }
        entry.pod = pod
        if pod.metadata.isBeingDeleted { entry.run.end(within: .seconds(pod.metadata.deletionGracePeriodSeconds ?? 30), now) }
        await advance(key, &entry)
        // What happened has left the mailbox: it must be known when something fails below.
        keep(key, entry)
        if entry.run.isEnding, entry.run.isIdle {
            try await remove(pod)
            forget(key)
            return .done
        }
        var desired = pod
        var status = entry.run.status(now)
        status.qosClass = pod.status?.qosClass
        status.observedGeneration = pod.status?.observedGeneration
        desired.status = status
        keep(key, entry)
        _ = try await applier.writeStatus(of: pod, to: desired)
        return entry.wake.map { .requeue(after: max($0 - time.now, .milliseconds(1))) } ?? .done
    }

    /// Ends everything that runs: SIGTERM, SIGKILL within ``ProcessRuntimeConfiguration/shutdownBound``, and 5 s later it returns in any case.
    ///
    /// The task that calls it must not be cancelled: it waits.
    func endAll() async {
        let began = time.now
        var left = entries.withLockedValue { Set($0.keys) }
        while !left.isEmpty {
            let spent = time.now - began
            // Nobody waits for a process that does not listen to SIGKILL either.
            guard spent < configuration.shutdownBound + .seconds(5) else { return }
            let limit = max(.zero, configuration.shutdownBound - spent)
            for key in left {
                guard var entry = entry(key) else {
                    left.remove(key)
                    continue
                }
                let own = Duration.seconds(entry.pod.spec?.terminationGracePeriodSeconds ?? 30)
                entry.run.end(within: min(own, limit), now)
                await advance(key, &entry)
                keep(key, entry)
                if entry.run.isIdle { left.remove(key) }
            }
            do { try await time.sleep(for: .milliseconds(20)) } catch { return }
        }
    }

    /// Keeps the output of containers within its bound.
    func trimLogs() async {
        let files = entries.withLockedValue { $0.values.map(\.files) }
        let bound = configuration.logBound
        _ = try? await NIOThreadPool.singleton.runIfActive { for pod in files { pod.trimLogs(over: bound) } }
    }

    // MARK: - One pod

    private func begin(_ pod: CoreV1.Pod) -> PodEntry {
        let uid = pod.metadata.uid ?? ""
        let taken = entries.withLockedValue { Set($0.values.map(\.run.address)) }
        return PodEntry(
            pod: pod,
            files: PodFiles(
                root: configuration.directory,
                namespace: pod.metadata.namespace ?? "",
                name: pod.metadata.name,
                uid: uid
            ),
            run: PodRun(pod, address: PodAddress.choose(uid: uid, taken: taken), now)
        )
    }

    private func keep(_ key: ObjectKey, _ entry: PodEntry) { entries.withLockedValue { $0[key] = entry } }

    private func forget(_ key: ObjectKey) {
        let entry = entries.withLockedValue { $0.removeValue(forKey: key) }
        mailbox.withLockedValue { $0[key] = nil }
        entry?.files.remove()
    }

    /// Ends what runs of a pod that is gone, or is not run here any more.
    private func release(_ key: ObjectKey) async -> ReconcileResult {
        guard var entry = entry(key) else {
            mailbox.withLockedValue { $0[key] = nil }
            return .done
        }
        entry.run.end(within: .seconds(2), now)
        await advance(key, &entry)
        guard !entry.run.isIdle else {
            keep(key, entry)
            forget(key)
            return .done
        }
        keep(key, entry)
        // After SIGKILL there is nothing to be done at any time: the end of the process brings the pod back.
        return .requeue(after: entry.run.wake.map { max($0 - time.now, .milliseconds(1)) } ?? .seconds(1))
    }

    /// Takes in what happened, and does what is to be done now.
    private func advance(_ key: ObjectKey, _ entry: inout PodEntry) async {
        for event in mailbox.withLockedValue({ $0.removeValue(forKey: key) }) ?? [] { deliver(event, &entry) }
        // A start that fails at once may let another step follow; more than a few do not.
        for _ in 0..<4 {
            let actions = entry.run.step(now)
            guard !actions.isEmpty else { break }
            for action in actions {
                switch action {
                case .start(let name): await launch(key, name, &entry)
                case .signal(let name, _, let hard): entry.processes[name]?.signal(hard: hard)
                case .probe(let name, let pid, let kind): probe(key, name, pid, kind, entry)
                }
            }
        }
        if entry.run.outcome == nil, !entry.run.isEnding { await renew(&entry) }
    }

    private func deliver(_ event: PodEvent, _ entry: inout PodEntry) {
        switch event {
        case .exited(let name, let pid, let exit):
            entry.run.exited(name, pid: pid, exit, now)
            logger.info("A container ended", metadata: ["pod": "\(entry.pod.key)", "container": "\(name)", "exitCode": "\(exit.code)"])
            if !exit.isSuccess, !entry.run.isEnding {
                let text = "Container \(name) ended with exit code \(exit.code)"
                report(entry.pod, .warning, "BackOff", text)
            }
        case .probed(let name, let pid, let kind, let success):
            let before = entry.run.container(name)
            entry.run.probed(name, pid: pid, kind, success, now)
            guard before?.stop == nil, entry.run.container(name)?.stop != nil else { return }
            report(entry.pod, .warning, "Unhealthy", "Container \(name) failed its \(kind.rawValue) probe, will be restarted")
        }
    }

    private func probe(_ key: ObjectKey, _ name: String, _ pid: Int32, _ kind: ProbeKind, _ entry: PodEntry) {
        guard let state = entry.run.container(name)?.probes[kind], let command = entry.commands[name] else { return }
        let job = ProbeRunner.Job(
            probe: state.probe,
            timeout: state.timeout,
            address: entry.run.address,
            // A name of a port is looked for in the container of the probe first.
            containers: [entry.run.container(name)?.container].compactMap { $0 } + (entry.pod.spec?.containers ?? []),
            command: command
        )
        order(ProbeOrder(key: key, container: name, pid: pid, kind: kind, job: job))
    }

    func report(_ pod: CoreV1.Pod, _ type: EventNote.Kind, _ reason: String, _ text: String) {
        note(EventNote(regarding: .init(pod), type: type, reason: reason, action: "Running", note: text))
    }

    // MARK: - The API server

    /// What a scheduler does.
    private func bind(_ pod: CoreV1.Pod) async throws {
        let path = CoreV1.Pod.resourceType.path(namespace: pod.metadata.namespace, name: pod.metadata.name, subresource: "binding")
        let uid = pod.metadata.uid.map { ",\"uid\":\"\($0)\"" } ?? ""
        let body = """
            {"apiVersion":"v1","kind":"Binding","metadata":{"name":"\(pod.metadata.name)"\(uid)},\
            "target":{"apiVersion":"v1","kind":"Node","name":"\(configuration.nodeName)"}}
            """
        _ = try await client.raw(
            RawRequest(.POST, path: path, headers: ["Content-Type": "application/json"], body: .init(string: body), verb: "create")
        )
    }

    private func remove(_ pod: CoreV1.Pod) async throws {
        let options = DeleteOptions(preconditions: DeleteOptions.Preconditions(uid: pod.metadata.uid), gracePeriodSeconds: 0)
        _ = try await client.resource(CoreV1.Pod.self, namespace: pod.metadata.namespace).deleteIfPresent(pod.key, options)
    }
}
