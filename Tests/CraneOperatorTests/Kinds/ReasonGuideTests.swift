import CraneAPI
import Foundation
import KubernetesModel
import OperatorRuntime
import Testing

@testable import CraneOperator
@testable import Machines

/// What is told of a reason is what the operator does, for every reason that it can write.
@Suite struct ReasonGuideTests {
    private static let sources: URL = {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return root.appending(path: "Sources")
    }()

    private static func texts(of module: String) throws -> [String] {
        let files = try #require(FileManager.default.enumerator(at: sources.appending(path: module), includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map {
            try String(contentsOf: $0, encoding: .utf8)
        }
    }

    /// What only pods get.
    private static let ofPods: Set<TenantReason> = [
        .podReady, .workloadNotReady, .imagePullBackOff, .crashLoopBackOff, .containerConfigError, .unschedulable,
        .progressDeadlineExceeded,
    ]

    private func missing(_ reasons: [String], _ subject: ReasonSubject) -> [String] {
        reasons.filter { ReasonGuide.row($0, of: subject) == nil }
    }

    @Test func everyReasonOfTheOperatorHasARow() throws {
        #expect(missing(TenantReason.allCases.map(\.rawValue), .pod) == [])
        #expect(missing(TenantReason.allCases.filter { !Self.ofPods.contains($0) }.map(\.rawValue), .machine) == [])
        #expect(missing(MachineReason.allCases.map(\.rawValue), .machine) == [])
        #expect(missing(ClusterTenantReason.allCases.map(\.rawValue), .clusterTenant) == [])
        #expect(missing(CertificateReason.allCases.map(\.rawValue), .certificate) == [])
        // The codes of errors of providers, as conditions have them, and what providers say is wrong.
        let codes = MachineError.Code.allCases.map { MachineFinding(MachineError($0, "m")).reason }
        #expect(missing(codes, .machine) == [])
        let states = PrintableStatus.table.filter { $0.value == .degraded || $0.value == .failed }
        #expect(states.count > 4)
        #expect(missing(Array(states.keys), .machine) == [])
        var troubles: Set<String> = []
        for text in try Self.texts(of: "Machines") {
            for match in text.matches(of: /MachineTrouble\([^"]*"([A-Za-z]+)"(?: : "([A-Za-z]+)")?/) {
                troubles.insert(String(match.output.1))
                if let second = match.output.2 { troubles.insert(String(second)) }
            }
        }
        #expect(troubles.isSuperset(of: ["OperationFailed", "NoCapacity", "GatewayCrashed", "BootstrapFailed"]))
        #expect(missing(troubles.sorted(), .machine) == [])
    }

    /// A reason that is written without being a case of one of the enumerations would not be found above.
    @Test func noReasonIsWrittenByAnotherWay() throws {
        var (literals, constants): (Set<String>, Set<String>) = ([], [])
        for text in try Self.texts(of: "CraneOperator") {
            literals.formUnion(text.matches(of: /reason: "([A-Za-z]+)"/).map { String($0.output.1) })
            constants.formUnion(text.matches(of: /ConditionReason\.([A-Za-z]+)/).map { String($0.output.1) })
        }
        // That of an event, and of no condition.
        #expect(literals == ["PodTemplateRepaired"])
        // Those of policies.
        #expect(constants == ["applied", "invalidSpec", "fullyEnforced", "partlyEnforced"])
        let ofPolicies = [
            ConditionReason.applied, ConditionReason.invalidSpec, ConditionReason.fullyEnforced, ConditionReason.partlyEnforced,
        ]
        #expect(missing(ofPolicies, .policy) == [])
    }

    @Test func noRowIsThereTwiceOrSaysNothing() {
        for subject in ReasonSubject.allCases {
            let rows = ReasonGuide.rows(of: subject)
            #expect(Set(rows.map(\.reason)).count == rows.count, "\(subject)")
            for row in rows + [.notObserved, .keptByOthers] {
                #expect(row.advice.count > 15 && row.advice.hasSuffix(".") && row.advice.first?.isUppercase == true, "\(row)")
            }
        }
        // Another program's word is passed on, and something is said all the same.
        #expect(ReasonGuide.guide("DoesNotExist", of: .certificate).retry == .onChange)
        #expect(ReasonGuide.guide("SomeNewState", of: .machine).retry == .poll(.seconds(60)))
        #expect(ReasonGuide.guide("SomeNewState", of: .machine).reason == "SomeNewState")
    }

    @Test func theOperatorComesBackAsTheTableSays() {
        #expect(ReconcileResult(.stateNotOwned, of: .pod) == .requeue(after: .seconds(10)))
        #expect(ReconcileResult(.stateNotOwned, of: .machine) == .done)
        #expect(ReconcileResult(.namespaceNotBound, of: .pod) == .done)
        #expect(ReconcileResult(.namespaceNotBound, of: .machine) == .requeue(after: MachineTenantReconciler.patience))
        #expect(ReconcileResult(.moving, of: .machine) == .requeue(after: MachineTenantReconciler.patience))
        #expect(MachineTenantReconciler.patience == .seconds(5))
        #expect(ReasonGuide.row("Unreachable", of: .machine)?.retry == .poll(MachineTenantReconciler.providerPause))
        #expect(MachineSettings().resync == .seconds(60))
        #expect(ReasonGuide.row("AllChecksPassed", of: .machine)?.retry == .poll(MachineSettings().resync))
        // What stops a workload, and what waits for somebody, waits for a change.
        for reason in [TenantReason.invalidSpec, .policyNotFound, .policyConflict, .credentialsNotAllowed, .encryptionKeyMissing] {
            #expect(ReconcileResult(reason, of: .pod) == .done, "\(reason)")
        }
        // Refusals are thrown, so that they are repeated with the queue's own distances; that is no pause of a reconcile.
        #expect(ReasonGuide.row(TenantReason.childRefused.rawValue, of: .pod)?.retry == .backoff)
        #expect(ReasonGuide.row(ClusterTenantReason.childRefused.rawValue, of: .clusterTenant)?.retry == .backoff)
    }

    @Test func stepsOfProvisioningEndWhenTheyAreSaidTo() {
        for name in ProvisioningStepName.allCases {
            let end = name.deadline(from: .init(microseconds: 1_000_000))
            #expect(end.microseconds == 1_000_000 + name.limit.components.seconds * 1_000_000)
        }
    }
}
