import CraneAPI
import Foundation
import JSONValue
import KubernetesModel
import LocalCluster
import NIOConcurrencyHelpers
import OperatorRuntime

/// Keeps account of a run: who wrote when, which rules were broken, and a digest that two runs of one seed share.
final class Ledger: Sendable {
    fileprivate struct Reconcile: Hashable, Sendable {
        var controller: String
        var key: String
    }

    fileprivate struct State: Sendable {
        var violations: [String] = []
        var lastWrite = Duration.zero
        var operatorWrites = 0
        var writeLog: [String] = []
        var digest: UInt64 = 0xcbf2_9ce4_8422_2325
        var rules = ClusterRules()
        var underWay: [Reconcile: Set<Int>] = [:]
        var reconciles = 0
    }

    private let clock: VirtualClock
    /// Whom the Lease names; `nil` when there is no election.
    private let leader: (@Sendable () -> String)?
    private let state = NIOLockedValueBox(State())

    init(clock: VirtualClock, leader: (@Sendable () -> String)?) {
        self.clock = clock
        self.leader = leader
    }

    /// The rules that were broken.
    var violations: [String] { state.withLockedValue { $0.violations } }
    /// When somebody last asked for a change of state.
    var lastWrite: Duration { state.withLockedValue { $0.lastWrite } }
    /// Changes of state that the operator asked for.
    var operatorWrites: Int { state.withLockedValue { $0.operatorWrites } }
    /// The latest of them.
    func latestWrites(_ count: Int) -> [String] { state.withLockedValue { Array($0.writeLog.suffix(count)) } }
    /// Depends on all changes of the cluster, their order and their times.
    var digest: UInt64 { state.withLockedValue { $0.digest } }
    /// How many reconciles began.
    var reconciles: Int { state.withLockedValue { $0.reconciles } }

    /// A rule was broken.
    func violate(_ text: String) {
        state.withLockedValue { state in
            guard state.violations.count < 20, !state.violations.contains(where: { $0.hasSuffix(text) }) else { return }
            state.violations.append("at \(Self.text(clock.elapsed)): \(text)")
        }
    }

    /// A process asked for a change of state.
    func wrote(_ record: RequestRecord, byOperator: Bool) {
        state.withLockedValue { state in
            state.lastWrite = clock.elapsed
            guard byOperator else { return }
            state.operatorWrites += 1
            let place = [record.namespace, record.name].filter { !$0.isEmpty }.joined(separator: "/")
            let resource = record.subresource.isEmpty ? record.resource : "\(record.resource)/\(record.subresource)"
            state.writeLog.append("\(Self.text(clock.elapsed)) \(record.verb) \(resource) \(place)")
            if state.writeLog.count > 400 { state.writeLog.removeFirst(200) }
        }
    }

    /// Follows the cluster's changes and checks the rules that hold at every moment.
    func follow(_ observation: InProcessObservation) async {
        while let changes = await observation.next() {
            for change in changes {
                if Self.isTracing { trace(change) }
                let broken = state.withLockedValue { state in
                    state.count(change, at: clock.elapsed)
                    return state.rules.broken(by: change)
                }
                for text in broken { violate(text) }
            }
        }
    }

    /// Whether each change of the cluster is printed: `SIMULATION_LOG=1`.
    private static let isTracing = ProcessInfo.processInfo.environment["SIMULATION_LOG"] != nil

    private func trace(_ change: InProcessObservation.Change) {
        let object = ClusterObject(change.resource, change.object)
        guard !["events.events.k8s.io", "leases.coordination.k8s.io"].contains(change.resource) else { return }
        let state = change.isDeletion ? "gone" : object.isBeingDeleted ? "ending" : "written"
        print("\(Self.text(clock.elapsed)) \(change.revision) \(object.title) \(state)")
    }

    /// A write of an instance is stored now: it must be the leader's.
    func stores(_ record: RequestRecord, instance: Int) {
        guard let leader = leader?(), leader != OperatorInstance.identity(instance) else { return }
        violate("Instance \(instance) writes \(record.verb) \(record.resource) \(record.name) while the Lease names \(leader)")
    }

    /// A reconcile began or ended.
    ///
    /// - Parameter isFrozen: whether the instance stands still, so that it only began and goes on later.
    func reconciles(_ event: ReconcileObservation.Event, instance: Int, isFrozen: Bool = false) {
        if !event.isEnd, let leader = leader?(), leader != OperatorInstance.identity(instance) {
            violate("Instance \(instance) reconciles \(event.controller) \(event.key) while the Lease names \(leader)")
        }
        let rivals = state.withLockedValue { state -> Set<Int> in
            let reconcile = Reconcile(controller: event.controller, key: event.key)
            if event.isEnd {
                state.underWay[reconcile]?.remove(instance)
                return []
            }
            state.reconciles += 1
            if isFrozen { return [] }
            let rivals = state.underWay[reconcile] ?? []
            state.underWay[reconcile, default: []].insert(instance)
            return rivals
        }
        if !rivals.isEmpty {
            let all = (rivals + [instance]).sorted().map(String.init).joined(separator: " and ")
            violate("Instances \(all) reconcile \(event.controller) \(event.key) at once")
        }
    }

    /// An instance was killed, or stands still: what it was doing is over, or can do nothing for now. That it does nothing afterwards
    /// either is what ``stores(_:instance:)`` checks.
    func died(_ instance: Int) {
        state.withLockedValue { state in
            for key in state.underWay.keys { state.underWay[key]?.remove(instance) }
        }
    }

    static func text(_ time: Duration) -> String {
        let (seconds, fraction) = time.components
        let milliseconds = String(fraction / 1_000_000_000_000_000)
        return "\(seconds).\(String(repeating: "0", count: 3 - milliseconds.count))\(milliseconds)s"
    }
}

extension Ledger.State {
    fileprivate mutating func count(_ change: InProcessObservation.Change, at time: Duration) {
        let name = change.object[at: ["metadata", "name"]]?.stringValue ?? ""
        for byte in "\(time) \(change.resource) \(change.revision) \(name) \(change.isDeletion)".utf8 {
            digest = (digest ^ UInt64(byte)) &* 0x100_0000_01b3
        }
    }
}
