/// Tenants: what holds of pods and of virtual machines alike, and of pods.
extension ReasonGuide {
    /// How often a machine is looked at that nothing is expected of.
    public static let machineInterval: Duration = .seconds(60)
    /// How long the operator waits for objects that are going away.
    private static let goingAway: RetryRule = .poll(.seconds(10))
    /// How long it waits for what has to be done before a machine.
    private static let beforeMachine: RetryRule = .poll(.seconds(5))

    /// A reason of any tenant, with what the operator does for each runtime.
    private struct Shared {
        var reason: String
        var pod: RetryRule
        var machine: RetryRule
        var advice: String

        init(_ reason: String, _ pod: RetryRule, machine: RetryRule, _ advice: String) {
            self.reason = reason
            self.pod = pod
            self.machine = machine
            self.advice = advice
        }
    }

    static let podRows: [ReasonGuide] = shared.map { ReasonGuide($0.reason, $0.pod, $0.advice) } + workloadRows
    static let sharedMachineRows: [ReasonGuide] = shared.map { ReasonGuide($0.reason, $0.machine, $0.advice) }

    private static let shared: [Shared] = [
        Shared(ConditionReason.allChecksPassed, .none, machine: .poll(machineInterval), "Nothing needs to be done."),
        Shared(
            ConditionReason.suspended,
            .none,
            machine: .poll(machineInterval),
            "Resume the tenant when it is to run again; its state is kept."
        ),
        Shared("Suspending", .onChange, machine: .poll(.seconds(10)), "Wait until what runs has ended."),
        Shared(ConditionReason.deleting, goingAway, machine: beforeMachine, "Wait until the tenant's objects are gone."),
        Shared("Moving", goingAway, machine: beforeMachine, "Wait until what stands in the tenant's place is gone."),
        Shared(ConditionReason.invalidSpec, .onChange, machine: .onChange, "Change the member of the spec that the message names."),
        Shared(
            "RuntimeNotSupported",
            .onChange,
            machine: .onChange,
            "Choose another runtime or provider, or have the operator started with what the message names."
        ),
        Shared(
            ConditionReason.clusterTenantNotFound,
            .onChange,
            machine: .onChange,
            "Create the cluster tenant, or correct spec.clusterTenantRef."
        ),
        Shared(
            "ClusterTenantTerminating",
            .onChange,
            machine: .onChange,
            "Move the tenant to another cluster tenant by spec.clusterTenantRef, or delete it."
        ),
        Shared("ClusterTenantFailed", .onChange, machine: .onChange, "Mend the cluster tenant first: its own status says what is wrong."),
        Shared(
            ConditionReason.namespaceNotBound,
            .onChange,
            machine: beforeMachine,
            "Wait until the cluster tenant has its namespace; when it stays so, look at the cluster tenant's status."
        ),
        Shared(
            "NamespaceNotAllowed",
            .onChange,
            machine: .poll(machineInterval),
            "Add the tenant's namespace to spec.allowedNamespaces of the cluster tenant, or make the tenant in a namespace that is listed."
        ),
        Shared(
            "CredentialsNotAllowed",
            .onChange,
            machine: .poll(machineInterval),
            "Make the Secret that the message names in the target namespace, and put the label on it that the message names."
        ),
        Shared(
            ConditionReason.nameConflict,
            .onChange,
            machine: .onChange,
            "Rename one of the two tenants, or remove what the message names if nobody needs it."
        ),
        Shared(
            "StateNotOwned",
            .poll(.seconds(10)),
            machine: .onChange,
            "Hand the object that the message names over as it says there, or delete the object to start without that state."
        ),
        Shared(
            "EncryptionKeyMissing",
            .onChange,
            machine: .onChange,
            "Restore the Secret with the encryption key from a backup; only when the state may be lost, delete the claim instead."
        ),
        Shared(
            "BootstrapSecretMissing",
            .onChange,
            machine: .onChange,
            "Restore the Secret from a backup, or raise the run by the annotation that the message names to have the machine made anew."
        ),
        Shared(
            ConditionReason.applyFailed,
            .backoff,
            machine: .backoff,
            "Read the tenant's events for what the API server refused: a quota, a policy of the cluster or a missing right."
        ),
        Shared(ConditionReason.resolved, .none, machine: .none, "Nothing needs to be done."),
        Shared(
            ConditionReason.noPolicy,
            .onChange,
            machine: .onChange,
            "Nothing needs to be done, unless the tenant is to reach more than the platform: then have a policy select it."
        ),
        Shared(
            ConditionReason.policyNotFound,
            .onChange,
            machine: .onChange,
            "Create the policy that spec.policyRef names, or correct the name."
        ),
        Shared(
            ConditionReason.policyConflict,
            .onChange,
            machine: .onChange,
            "Name one of the policies in spec.policyRef, or change the selectors so that one is left."
        ),
        Shared(
            ConditionReason.defaultPolicyNotFound,
            .onChange,
            machine: .onChange,
            "Create the platform's default policy under the name that the message gives."
        ),
    ]

    private static let workloadRows: [ReasonGuide] = [
        ReasonGuide(ConditionReason.podReady, .none, "Nothing needs to be done."),
        ReasonGuide(
            ConditionReason.podNotReady,
            .onChange,
            "Wait until the pod is ready; when it stays so, read the events of the pod and its log."
        ),
        ReasonGuide(
            "ImagePullBackOff",
            .onChange,
            "See that the image exists under its name and tag, and that the nodes may pull it; the kubelet tries again by itself."
        ),
        ReasonGuide(
            "CrashLoopBackOff",
            .onChange,
            "Read the log of the container that ended, and mend what it says; the kubelet starts it again by itself."
        ),
        ReasonGuide(
            "CreateContainerConfigError",
            .onChange,
            "Create the Secret or ConfigMap that the pod's events name; the kubelet tries again by itself."
        ),
        ReasonGuide(
            "Unschedulable",
            .onChange,
            "Make room: add nodes, free quota, or change what the pod asks for; the scheduler tries again by itself."
        ),
        ReasonGuide(
            ConditionReason.progressDeadlineExceeded,
            .onChange,
            "Read the events of the pod for what keeps it from being ready, and mend that; the roll-out goes on by itself."
        ),
    ]
}
