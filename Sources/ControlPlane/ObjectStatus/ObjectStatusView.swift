import JSONValue
import KubernetesModel
import Schema

/// How an object of one of the three kinds is doing, as Kubernetes has it now.
struct ObjectStatusView: Codable, Sendable, Hashable, SchemaDescribing {
    var kind: String
    var name: String
    var phase: String
    var ready: Bool
    var message: String?
    var suspended: Bool
    var generation: Int64
    var observedGeneration: Int64?
    var createdAt: String
    var deletionTimestamp: String?
    var finalizers: [String]?
    var conditions: [ConditionView]
    var run: Int?
    var steps: [ProvisioningStepView]
    var machine: MachineStatusView?
    var gateway: GatewayStatusView?
    var ingressHost: String?
    var podName: String?
    var targetNamespace: String?
    var policy: PolicyResolutionView?
    var boundNamespace: String?
    var provisioner: String?
    var tenants: Int?
    var matchedTenants: Int?
    var cause: StatusCauseView?
    var retry: RetryView
    var advice: String

    static var schemaName: String? { "ObjectStatus" }
    static let schemaNotes: [String: SchemaNote] = [
        "kind": SchemaNote("Kind of the object.", enum: ["Tenant", "AccessPolicy", "ClusterTenant"]),
        "name": "Name of the object.",
        "phase": SchemaNote(
            "How it is doing, in one word. Tenant: Pending, Provisioning, Running, Degraded, Suspended, Terminating or Error. ClusterTenant: "
                + "pending, provisioning, ready, failed or terminating. AccessPolicy: Pending, Applied, Invalid or Terminating."
        ),
        "ready": "Whether it is as wanted: the condition Ready is True, and about the object as it is now.",
        "message": "What is in the way, for people.",
        "suspended": "Whether its spec says to stop.",
        "generation": SchemaNote("Counts the changes of its spec; 0 when Kubernetes does not say.", minimum: 0),
        "observedGeneration": SchemaNote("The generation that the operator has reported on; absent before the first report.", minimum: 0),
        "createdAt": SchemaNote("When it was created (RFC 3339, UTC).", format: "date-time"),
        "deletionTimestamp": SchemaNote("When it was asked to be deleted; absent when it was not.", format: "date-time"),
        "finalizers": "What has to be done before it goes; absent when there is nothing.",
        "conditions": "How it is doing, in detail.",
        "run": SchemaNote("Counts the attempts to provision its machine, from 1.", minimum: 0),
        "steps": "The steps of this run of provisioning, in order; empty where there is no machine.",
        "machine": "Its virtual machine.",
        "gateway": "Its gateway.",
        "ingressHost": "The host its gateway is reached under.",
        "podName": "Its pod, when that is ready.",
        "targetNamespace": "The namespace that holds its objects.",
        "policy": "Which policy holds for the tenant, and why.",
        "boundNamespace": "Namespace the customer's tenants run in.",
        "provisioner": "Who provides the customer's isolation.",
        "tenants": SchemaNote("How many tenants belong to the customer.", minimum: 0),
        "matchedTenants": SchemaNote("How many tenants the policy holds for.", minimum: 0),
        "cause": "What `retry` and `advice` are about: the first thing that is not as it should be; absent when all is well.",
        "retry": "What happens next without anybody doing anything.",
        "advice": "What to do, in one sentence.",
    ]
}

/// One aspect of an object's state.
struct ConditionView: Codable, Sendable, Hashable, SchemaDescribing {
    var type: String
    var status: String
    var reason: String
    var message: String
    var observedGeneration: Int64?
    var lastTransitionTime: String

    static var schemaName: String? { "ObjectCondition" }
    static let schemaNotes: [String: SchemaNote] = [
        "type": "Which aspect.",
        "status": SchemaNote("Whether it holds.", enum: ["True", "False", "Unknown"]),
        "reason": "Why, in one word.",
        "message": "Why, for people.",
        "observedGeneration": SchemaNote("The generation that this was said of.", minimum: 0),
        "lastTransitionTime": SchemaNote("When the status last changed.", format: "date-time"),
    ]

    init(_ condition: Condition) {
        type = condition.type
        status = condition.status.rawValue
        reason = condition.reason
        message = condition.message
        observedGeneration = condition.observedGeneration
        lastTransitionTime = condition.lastTransitionTime.description
    }
}

/// The condition that is not as it should be.
struct StatusCauseView: Codable, Sendable, Hashable, SchemaDescribing {
    var condition: String
    var reason: String

    static var schemaName: String? { "ObjectStatusCause" }
    static let schemaNotes: [String: SchemaNote] = [
        "condition": "Which condition.",
        "reason": "Its reason; NotObserved when the operator has not reported, FinalizersRemain when others keep an object that is to go.",
    ]
}

/// What happens next by itself.
enum RetryKind: String, SchemaEnum {
    /// Nothing is awaited.
    case none
    /// The operator looks again when something changes.
    case onChange
    /// Attempts fail, and are repeated.
    case backoff
    /// The operator looks again after a time.
    case poll
}

/// What happens next without anybody doing anything.
struct RetryView: Codable, Sendable, Hashable, SchemaDescribing {
    var kind: RetryKind
    var after: Int?
    var at: String?
    var says: String

    static var schemaName: String? { "ObjectRetry" }
    static let schemaNotes: [String: SchemaNote] = [
        "kind": SchemaNote(
            "none: nothing is awaited. onChange: the operator looks again as soon as the object or something it depends on changes, and not "
                + "before. backoff: attempts fail, and are repeated at growing distances. poll: the operator looks again by itself."
        ),
        "after": SchemaNote("In how many seconds at the latest, for poll and, estimated, for backoff.", minimum: 0),
        "at": SchemaNote("When something ends by itself, as a step that is under way fails then.", format: "date-time"),
        "says": "The same for people, in one sentence.",
    ]
}
