import JSONValue
import LocalCluster

extension World {
    /// How often the Lease changed hands.
    var leaderChanges: Int64 {
        cluster.objects("leases.coordination.k8s.io").first?[at: ["spec", "leaseTransitions"]]?.integerValue ?? 0
    }

    /// Takes the leadership from whoever has it, in one way after the other.
    func changeLeader(_ turn: Int) {
        guard let leader = instances.first(where: { OperatorInstance.identity($0.number) == Self.leader(cluster) }) else { return }
        switch turn % 6 {
        case 0, 3: depose(leader.number)
        case 1: stop(leader.number)
        case 2: leader.transport.silence(for: .seconds(20))
        case 4: crash(leader.number, staleRevisions: 0)
        default:
            leader.process.freeze(for: .seconds(20))
            ledger.died(leader.number)
        }
    }

    /// Lets each instance list so many kinds anew when their watches end.
    func forgetLists(_ count: Int) {
        for instance in instances { for _ in 0..<count { instance.transport.forget { random.below($0) } } }
    }
}
