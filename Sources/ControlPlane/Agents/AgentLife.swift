import Foundation
import Projection

/// What changes an agent's row: decisions without effects.
extension AgentRow {
    /// What the gateway is asked to call an agent.
    static func key(of id: UUID) -> String { "mc-\(id.text)" }

    /// Its status as people see it: who has not called for too long is offline.
    func status(at now: Date) -> AgentStatus {
        switch status {
        case .ready, .active, .idle:
            guard let lastSeenAt, now.timeIntervalSince(lastSeenAt) > TimeInterval(missingTolerance) else { return status }
            return .offline
        default: return status
        }
    }

    /// Whether somebody may begin to work on it.
    func isFree(at now: Date) -> Bool { leaseUntil.map { $0 <= now } ?? true }

    /// Whether it is what it was last asked to be, as far as is known.
    var isSettled: Bool { ![.provisioning, .updating, .error, .deleting, .deleted].contains(status) && lastProvisionError == nil }

    /// Whether it is going or gone.
    var isEnding: Bool { status == .deleting || status == .deleted }

    /// Takes it for some work.
    mutating func take(_ holder: UUID, until: Date) {
        leaseHolder = holder
        leaseUntil = until
        // If whoever works on it is gone then, somebody else goes on.
        nextAttemptAt = until
    }

    private mutating func release(lookingAgain next: Date?) {
        leaseHolder = nil
        leaseUntil = nil
        nextAttemptAt = next
    }

    /// Begins to make it anew, or to bring it up to date. What was asked for before and is not done yet is still wanted.
    mutating func begin(_ options: ProvisionOptions) {
        var options = options
        if [.provisioning, .updating, .error].contains(status) { options.add(ProvisionOptions(self.options)) }
        generation += 1
        status = readyAt == nil ? .provisioning : .updating
        self.options = options.json
        step = nil
        attempts = 0
        wakeAttempts = 0
        checkInDeadline = nil
        lastProvisionError = nil
    }

    /// It is what it should be.
    ///
    /// - Parameters:
    ///   - wasWoken: whether it was told to call.
    ///   - limit: how long it may take to.
    ///   - now: the time.
    mutating func finish(wasWoken: Bool, checkInLimit limit: TimeInterval, now: Date) {
        let isHeard = lastSeenAt.map { now.timeIntervalSince($0) <= TimeInterval(missingTolerance) } ?? false
        status = isPaused ? .paused : isHeard ? .active : .ready
        readyAt = readyAt ?? now
        attempts = 0
        lastProvisionError = nil
        // One that calls anyway need not be waited for.
        let waits = wasWoken && !isHeard
        wakeAttempts = waits ? wakeAttempts + 1 : 0
        checkInDeadline = waits ? now.addingTimeInterval(limit) : nil
        release(lookingAgain: checkInDeadline)
    }

    /// It could not be made, or brought up to date, at the moment or for good.
    mutating func fail(_ trouble: ProvisionTrouble, retryAt: Date) {
        lastProvisionError = trouble.message
        if !trouble.isTransient { status = .error }
        release(lookingAgain: trouble.isTransient ? retryAt : nil)
    }

    /// It was woken often enough and does not call.
    mutating func giveUpWaiting() {
        status = .offline
        checkInDeadline = nil
        lastProvisionError = "Agent did not check in after wake; max wake attempts reached"
        release(lookingAgain: nil)
    }

    /// Nobody works on it.
    ///
    /// - Parameter next: when somebody has to look at it again; nil for never.
    mutating func leaveAlone(until next: Date? = nil) { release(lookingAgain: next) }

    /// It is to go.
    mutating func requestDeletion(now: Date) {
        status = .deleting
        deleteRequestedAt = deleteRequestedAt ?? now
        checkInDeadline = nil
        attempts = 0
        nextAttemptAt = now
    }

    /// It could not be taken from the gateway at the moment.
    mutating func failDeletion(_ message: String, retryAt: Date) {
        lastProvisionError = message
        release(lookingAgain: retryAt)
    }

    /// It is gone.
    mutating func end(now: Date) {
        status = .deleted
        deletedAt = now
        (tokenHash, nextTokenHash) = (nil, nil)
        lastProvisionError = nil
        release(lookingAgain: nil)
    }

    /// It said how it is doing.
    mutating func report(_ reported: String?, now: Date) {
        lastSeenAt = now
        wakeAttempts = 0
        if let reported { reportedStatus = reported }
        switch status {
        case .ready, .active, .idle, .offline:
            if status == .offline { lastProvisionError = nil }
            status = reported?.lowercased() == "idle" ? .idle : .active
            checkInDeadline = nil
            nextAttemptAt = leaseUntil
        default: break
        }
    }
}
