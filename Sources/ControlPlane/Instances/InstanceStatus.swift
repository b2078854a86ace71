import Schema

/// How an instance is doing.
enum InstanceStatus: String, SchemaEnum {
    /// Recorded, not begun.
    case pending
    /// Being made.
    case provisioning
    /// It works, as far as the control plane knows; see its health.
    case running
    /// It works, and a change is on its way to it.
    case updating
    /// It is stopped because somebody wants that.
    case stopped
    /// It never came up, and nothing goes on by itself.
    case failed
    /// It ran, and will not again by itself.
    case error
    /// It is being taken away.
    case deleting
    /// It is gone.
    case deleted
}

/// How far the making of an instance is. It only ever goes forward, except that a new run begins anew.
enum InstanceStage: String, SchemaEnum, Comparable {
    /// Its tenant is not made yet.
    case queued
    /// The operator looks at what is wanted.
    case validating
    /// Its machine is being made.
    case creatingServer = "creating_server"
    /// Its machine is there and has no address.
    case waitingForIP = "waiting_for_ip"
    /// Its machine has an address and does not run yet.
    case configuringNetwork = "configuring_network"
    /// Its machine sets itself up.
    case waitingForBootstrap = "waiting_for_bootstrap"
    /// Its gateway is being looked at.
    case healthCheck = "health_check"
    /// It came up.
    case complete

    static func < (left: InstanceStage, right: InstanceStage) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// How an instance's gateway is doing.
enum InstanceHealth: String, SchemaEnum {
    /// Nobody has looked, or there is nothing to look at.
    case unknown
    /// It answers, and so do its channels.
    case healthy
    /// It answers, and something of it does not work.
    case degraded
    /// Its machine is not as it should be.
    case unhealthy
    /// It does not answer.
    case unreachable
}

/// What can be wrong with an instance, for programs.
enum InstanceTroubleCode: String, SchemaEnum {
    /// Its machine was silent for too long at its first start.
    case bootstrapTimeout = "bootstrap_timeout"
    /// Its machine gave up at its first start.
    case bootstrapFailed = "bootstrap_failed"
    /// Another step of provisioning failed.
    case provisioningFailed = "provisioning_failed"
    /// The operator cannot work on its tenant.
    case notProvisionable = "not_provisionable"
    /// Its tenant was refused.
    case createRefused = "create_refused"
    /// Its tenant could not be made in time.
    case createExpired = "create_expired"
    /// Its tenant was deleted by somebody.
    case tenantMissing = "tenant_missing"
    /// It ran, and its machine is not as it should be.
    case machineLost = "machine_lost"
    /// It ran, and cannot go on without somebody's help.
    case runtimeError = "runtime_error"
}
