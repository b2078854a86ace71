/// Tenants in virtual machines: what is said of the machine, of its making and of its gateway.
extension ReasonGuide {
    /// How long the operator leaves a provider alone that could not answer and did not say for how long.
    public static let providerInterval: Duration = .seconds(10)
    private static let looking: RetryRule = .poll(machineInterval)
    private static let asking: RetryRule = .poll(providerInterval)

    static let machineRows: [ReasonGuide] = sharedMachineRows + lifeRows + gatewayRows + providerRows + troubleRows

    private static let lifeRows: [ReasonGuide] = [
        ReasonGuide(ConditionReason.notChecked, looking, "Wait until the operator has looked."),
        ReasonGuide(ConditionReason.waiting, looking, "Wait until the machine has been made; the steps say how far it is."),
        ReasonGuide("Provisioning", looking, "Wait: the running step says what it waits for, and fails by itself when it takes too long."),
        ReasonGuide(
            "ProvisioningFailed",
            .onChange,
            "Mend what the failed step names, then raise the run by the annotation opencrane.io/provisioning-run: it is not repeated by itself."
        ),
        ReasonGuide("MachineRunning", looking, "Nothing needs to be done."),
        ReasonGuide("MachineNotReady", looking, "Wait for the machine; when it stays so, look at it with its provider's own tools."),
        ReasonGuide(
            "MachineGone",
            looking,
            "Raise the run by the annotation opencrane.io/provisioning-run to have the machine made anew; what was only on it is lost."
        ),
        ReasonGuide(
            "UserDataDiffers",
            looking,
            "Remove the machine of that name if it is nobody's, then raise the run by the annotation opencrane.io/provisioning-run."
        ),
    ]

    private static let gatewayRows: [ReasonGuide] = [
        ReasonGuide(ConditionReason.gatewayAnswered, looking, "Nothing needs to be done."),
        ReasonGuide(
            ConditionReason.gatewayUnreachable,
            looking,
            "See that the operator reaches the machine's address and port, and that the gateway runs there."
        ),
        ReasonGuide("ChannelsConnected", looking, "Nothing needs to be done."),
        ReasonGuide("ChannelsNotConnected", looking, "See that the credentials of the channel that the message names are right."),
    ]

    /// What a call of a provider ended with.
    private static let providerRows: [ReasonGuide] = [
        ReasonGuide("ForeignMachine", asking, "Remove the machine of that name if it is nobody's, or make the tenant under another name."),
        ReasonGuide("Refused", asking, "Change what the provider refuses: the message has its words."),
        ReasonGuide("Unauthorized", asking, "Give the operator's identity the rights with the provider that it lacks."),
        ReasonGuide("InvalidRequest", asking, "Change the member of spec.runtime.machine that the message names."),
        ReasonGuide("Unavailable", asking, "Wait until the provider takes requests again; it is asked again by itself."),
        ReasonGuide(
            "NoCapacity",
            asking,
            "Have the quota raised, or choose another zone or machine type; the provider is asked again by itself."
        ),
        ReasonGuide("Conflict", asking, "Wait: the machine was changed by somebody else at the same time, and is looked at again."),
        ReasonGuide("Unreachable", asking, "See that the operator reaches the provider's API: DNS, proxy and network policies."),
        ReasonGuide("BadAnswer", asking, "See whether something between the operator and the provider answers in its place."),
        ReasonGuide("Busy", asking, "Stop the other operator that looks after the machines of this host."),
        ReasonGuide("HostFailure", asking, "Look at the host that the message is about: its disk, its processes, its rights."),
    ]

    /// What a provider said is wrong with a machine.
    private static let troubleRows: [ReasonGuide] = [
        ReasonGuide(
            "OperationFailed",
            looking,
            "Change what the provider's message names; it is tried again when the provider may be asked."
        ),
        ReasonGuide("AddressPending", looking, "Wait until the provider has given the machine an address."),
        ReasonGuide("Repairing", looking, "Wait until the provider has repaired its host."),
        ReasonGuide("UnknownStatus", looking, "Look at the machine with its provider's own tools; its host may be unreachable."),
        ReasonGuide("GatewayCrashed", looking, "Read gateway.log in the machine's directory for why the gateway ends."),
        ReasonGuide("BootstrapFailed", looking, "Read bootstrap.log in the machine's directory, mend what it says, then raise the run."),
        ReasonGuide("BootstrapInterrupted", looking, "Wait: the bootstrap is run again by itself."),
        ReasonGuide("CrashLoopBackOff", looking, "Read the console of the virtual machine for why its guest crashes."),
        ReasonGuide("ErrImagePull", looking, "See that the machine's image exists, and that the nodes may pull it."),
        ReasonGuide("ImagePullBackOff", looking, "See that the machine's image exists, and that the nodes may pull it."),
        ReasonGuide("ErrorUnschedulable", looking, "Make room on the nodes that run virtual machines, or choose a smaller machine type."),
        ReasonGuide(
            "ErrorPvcNotFound",
            looking,
            "Restore the volume of the machine's disk, or raise the run to have the machine made anew."
        ),
        ReasonGuide("ErrorDataVolumeNotFound", looking, "Restore the DataVolume of the machine's disk, or raise the run."),
        ReasonGuide("DataVolumeError", looking, "Read the events of the DataVolume for why the disk could not be filled from its image."),
    ]
}
