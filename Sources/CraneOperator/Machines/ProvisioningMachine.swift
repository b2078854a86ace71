import CraneAPI
import KubernetesModel

/// The provisioning of one machine as a state machine without I/O: the status so far and what is seen now go in, the status to write and what to look at next
/// come out.
///
/// A run goes through the steps once. A step that fails ends the run, and nothing repeats it by itself: a new run begins when its number is raised.
/// What is lost after a step was done does not undo the step.
struct ProvisioningMachine: Sendable, Hashable {
    /// How a run stands.
    enum Stand: Sendable, Hashable {
        /// A step is under way; look at it again.
        case underway(ProvisioningStepName)
        /// A step failed.
        case failed(ProvisioningStepName, String)
        /// The run is complete.
        case complete
    }

    /// The status to write.
    private(set) var status: ProvisioningStatus
    /// How the run stands.
    private(set) var stand: Stand
    /// When to look again at the latest; `nil` when nothing is awaited.
    private(set) var deadline: Timestamp?

    /// Takes the status a step further, or several when their evidence is there.
    ///
    /// - Parameters:
    ///   - status: what was written last; `nil` before the first run.
    ///   - run: the number of the run that is wanted, from 1; a run of a higher number than the status begins anew.
    ///   - evidence: what is seen. The evidence of a step counts only when all steps before it are done.
    ///   - now: the time.
    init(_ status: ProvisioningStatus?, run: Int, evidence: ProvisioningEvidence, now: Timestamp) {
        var steps = status.flatMap { $0.run >= run ? Self.complete($0.steps ?? []) : nil } ?? Self.complete([])
        let number = max(status?.run ?? 0, run)
        var stand = Stand.complete
        var deadline: Timestamp?
        for (index, name) in ProvisioningStepName.allCases.enumerated() {
            var step = steps[index]
            if step.status == .succeeded || step.status == .skipped { continue }
            if step.status == .failed {
                stand = .failed(name, step.message ?? "")
                break
            }
            if step.status == .pending || step.startedAt == nil {
                step.status = .running
                step.startedAt = now
                step.attempt = (step.attempt ?? 0) + 1
            }
            Self.judge(&step, name, evidence[name], now)
            steps[index] = step
            if step.status == .succeeded { continue }
            if step.status == .failed {
                stand = .failed(name, step.message ?? "")
            } else {
                stand = .underway(name)
                deadline = Self.end(of: step, name)
            }
            break
        }
        self.status = ProvisioningStatus(run: number, steps: steps)
        self.stand = stand
        self.deadline = deadline
    }

    /// Whether a step of a run is done.
    static func isDone(_ name: ProvisioningStepName, in status: ProvisioningStatus?) -> Bool {
        let step = status?.steps?.first { $0.name == name.rawValue }
        return step?.status == .succeeded || step?.status == .skipped
    }

    /// Whether nobody waits for the gateway of a run any more: it was verified, or the run has failed.
    static func isVerified(_ status: ProvisioningStatus?) -> Bool { isDone(.connectivity, in: status) || hasFailed(status) }

    /// Whether a run has ended with a failure.
    static func hasFailed(_ status: ProvisioningStatus?) -> Bool { status?.steps?.contains { $0.status == .failed } ?? false }

    /// The run while it is not worked on: the step under way waits, and its time begins anew afterwards.
    static func paused(_ status: ProvisioningStatus?) -> ProvisioningStatus? {
        guard var status else { return nil }
        status.steps = status.steps?.map { step in
            guard step.status == .running else { return step }
            var step = step
            step.status = .pending
            step.startedAt = nil
            return step
        }
        return status
    }

    private static func judge(
        _ step: inout ProvisioningStep,
        _ name: ProvisioningStepName,
        _ finding: ProvisioningEvidence.Finding?,
        _ now: Timestamp
    ) {
        switch finding {
        case .good(let message):
            step.status = .succeeded
            step.message = message
            step.finishedAt = now
        case .bad(let message):
            step.status = .failed
            step.message = message
            step.finishedAt = now
        case .pending(let message):
            step.message = message
            expire(&step, name, now)
        case nil:
            expire(&step, name, now)
        }
    }

    /// A step that took too long has failed, with what it waited for.
    private static func expire(_ step: inout ProvisioningStep, _ name: ProvisioningStepName, _ now: Timestamp) {
        guard let end = end(of: step, name), end <= now else { return }
        step.status = .failed
        step.finishedAt = now
        let minutes = name.limit.components.seconds / 60
        step.message = "took longer than \(minutes) minutes\(step.message.map { ": \($0)" } ?? "")"
    }

    private static func end(of step: ProvisioningStep, _ name: ProvisioningStepName) -> Timestamp? {
        step.startedAt.map { name.deadline(from: $0) }
    }

    /// The steps in their order, those that are not there yet as pending.
    private static func complete(_ steps: [ProvisioningStep]) -> [ProvisioningStep] {
        ProvisioningStepName.allCases.map { name in
            steps.first { $0.name == name.rawValue } ?? ProvisioningStep(name: name.rawValue, status: .pending)
        }
    }
}
