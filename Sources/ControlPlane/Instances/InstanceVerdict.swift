import CraneAPI
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesModel
import Projection

/// What the reconciler has to do for an instance. Pure.
enum InstanceTask: Sendable, Hashable {
    /// Its tenant has to be made.
    case create
    /// Its tenant has to be taken away.
    case remove
    /// Its tenant has to be looked at.
    case watch
    /// Nothing.
    case none

    /// The task of an instance.
    init(_ row: InstanceRow) {
        if row.deletedAt != nil {
            self = .none
        } else if row.deleteRequestedAt != nil {
            self = .remove
        } else if row.tenantUID != nil {
            self = .watch
        } else {
            self = row.failure == nil ? .create : .none
        }
    }
}

/// The object that has the name of an instance's tenant.
struct InstanceObject: Sendable, Hashable {
    /// Its unique id.
    var uid: String
    /// Whether it was made for the instance.
    var isOurs: Bool
    /// Whether it waits for its finalizers.
    var isGoing: Bool

    /// Reads an object.
    init(uid: String, isOurs: Bool, isGoing: Bool) {
        self.uid = uid
        self.isOurs = isOurs
        self.isGoing = isGoing
    }

    /// Reads a tenant.
    ///
    /// - Parameters:
    ///   - object: the tenant.
    ///   - row: the instance.
    init(_ object: DynamicObject, of row: InstanceRow) {
        uid = object.metadata.uid ?? ""
        isOurs = uid == row.tenantUID || object.json[at: ["spec", "fleet", "externalId"]]?.stringValue == row.idText
        isGoing = object.metadata.deletionTimestamp != nil
    }
}

/// What a failed attempt to make a tenant means. Pure.
enum CreationVerdict: Sendable, Hashable {
    /// It is there, by an earlier attempt.
    case adopt(uid: String)
    /// Somebody else's has the name.
    case rename
    /// It will never be.
    case fail(InstanceTroubleCode, String)
    /// Later, perhaps.
    case again

    /// Judges a refusal.
    ///
    /// - Parameters:
    ///   - error: the refusal.
    ///   - holder: the object that has the name now.
    init(_ error: OperationError, holder: InstanceObject?) {
        if let holder, holder.isOurs, !holder.isGoing {
            self = .adopt(uid: holder.uid)
        } else if error.code == "TENANT_ALREADY_EXISTS" {
            // One that is going may be another's, or this instance's of a former life: the name is not free for now.
            self = .rename
        } else if error.code == "WRITE_EXPIRED" {
            self = .fail(.createExpired, "The tenant could not be made in time: Kubernetes did not take it.")
        } else if error.status.kind == .clientError, error.status != .conflict, error.status != .tooManyRequests {
            self = .fail(.createRefused, error.detail ?? error.message)
        } else {
            self = .again
        }
    }
}

/// What there is left to do for an instance that is being deleted. Pure.
enum RemovalVerdict: Sendable, Hashable {
    /// A write to its tenant is on its way: that has to end first.
    case wait
    /// Its tenant has to be deleted, or its tenant's row.
    case delete
    /// Its tenant is going; finalizers are at work.
    case going
    /// Nothing is left.
    case finished

    /// Judges what was seen, in this order.
    ///
    /// - Parameters:
    ///   - isWriting: whether a write to the tenant has not ended. It was asked first: what it makes is seen after.
    ///   - holder: the object that has the tenant's name.
    ///   - hasRow: whether the projection shows the instance's tenant.
    init(isWriting: Bool, holder: InstanceObject?, hasRow: Bool) {
        if isWriting {
            self = .wait
        } else if let holder, holder.isOurs {
            self = holder.isGoing ? .going : .delete
        } else if hasRow, holder == nil {
            self = .delete
        } else {
            self = .finished
        }
    }
}

extension InstanceState {
    /// Why a machine that sets itself up has to be given up: it was silent for too long. Nil while it has time.
    ///
    /// - Parameters:
    ///   - tenant: the instance's tenant.
    ///   - limit: how long it may be silent.
    ///   - now: the time.
    func silence(of tenant: InstanceTenant, limit: Duration, now: Date) -> InstanceRow.Failure? {
        guard status == .provisioning, stage == .waitingForBootstrap else { return nil }
        let signs = [
            tenant.bootstrap?.reportedAt, tenant.step("workspace_bootstrap")?.startedAt, tenant.step("agent_config")?.startedAt,
            tenant.step("vm_create")?.finishedAt,
        ]
        guard let last = signs.compactMap({ $0?.date }).max(), now.timeIntervalSince(last) > limit.seconds else { return nil }
        let minutes = Int((limit.seconds / 60).rounded())
        let stage = bootstrapStage.map { "since it reported \($0)" } ?? "at its first start"
        return InstanceRow.Failure(
            code: InstanceTroubleCode.bootstrapTimeout.rawValue,
            message: "The machine was silent for \(minutes) minutes \(stage).",
            run: tenant.status.provisioning?.run
        )
    }

    /// What is to be remembered of an instance, for when its tenant is gone.
    func snapshot(_ tenant: InstanceTenant) -> JSON {
        var snapshot: JSON = ["stage": .string(stage.rawValue)]
        if let address { snapshot["address"] = .string(address) }
        if let machine = tenant.status.machine?.id { snapshot["machine"] = .string(machine) }
        if let zone = tenant.status.machine?.zone { snapshot["zone"] = .string(zone) }
        return snapshot
    }
}
