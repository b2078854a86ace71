import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import OperatorRuntime

// snippet: cluster
/// A Kubernetes API for the time of a closure: in memory, on a free port, with HTTPS. Everything may run at once, each with its own.
public func whatIsThere(logger: Logger) async throws -> [String] {
    try await withClusterServer { server in
        let client = try KubernetesClient(kubeconfig: server.kubeconfig, logger: logger)
        let namespaces = try await client.resource(CoreV1.Namespace.self).list()
        await client.shutdown()
        return namespaces.items.map(\.metadata.name).sorted()
    }
}
// end

// snippet: faults
/// How the client stands a server that is busy twice: it waits and sends the call again.
public func callsUntilAnswered(logger: Logger) async throws -> Int {
    try await withClusterServer { server in
        let client = try KubernetesClient(kubeconfig: server.kubeconfig, logger: logger)
        server.faults.add(Fault(match: RequestMatch(verb: "list", resource: "pods"), action: .status(503), times: 2))
        _ = try await client.resource(CoreV1.Pod.self, namespace: "default").list()
        await client.shutdown()
        return server.requests.count { $0.resource == "pods" && $0.verb == "list" }
    }
}
// end

// snippet: clock
/// A key that is due in an hour, on a clock that moves only when told: no test waits.
public func hourPasses() async -> String? {
    let clock = ManualClock()
    let queue = WorkQueue<String>(name: "jobs", time: clock.timeSource)
    queue.add("nightly", after: .seconds(3600))
    return await withTaskGroup(of: String?.self) { group in
        group.addTask {
            await queue.runTimers()
            return nil
        }
        await clock.untilSleeping()
        clock.advance(by: .seconds(3599))
        guard queue.count == 0 else { return nil }
        clock.advance(by: .seconds(1))
        let item = await queue.next()
        group.cancelAll()
        return item?.key
    }
}
// end
