/// Reasons of a Tenant's conditions that are about its machine, besides ``TenantReason``, the codes of providers' errors and what providers say is
/// wrong: one word for programs.
enum MachineReason: String, Sendable, Hashable, CaseIterable {
    /// Everything is as it should be.
    case allChecksPassed = "AllChecksPassed"
    /// Nobody has looked yet.
    case notChecked = "NotChecked"
    /// The machine is waited for.
    case waiting = "Waiting"
    /// A step of provisioning is under way.
    case provisioning = "Provisioning"
    /// A step of provisioning has failed.
    case provisioningFailed = "ProvisioningFailed"
    /// The machine runs.
    case machineRunning = "MachineRunning"
    /// The machine does not run.
    case machineNotReady = "MachineNotReady"
    /// The machine was there and is not any more.
    case machineGone = "MachineGone"
    /// The machine was made for something else.
    case userDataDiffers = "UserDataDiffers"
    /// The machine is stopped.
    case suspended = "Suspended"
    /// The machine is being stopped.
    case suspending = "Suspending"
    /// The gateway answers.
    case gatewayAnswered = "GatewayAnswered"
    /// The gateway does not answer.
    case gatewayUnreachable = "GatewayUnreachable"
    /// All channels are connected.
    case channelsConnected = "ChannelsConnected"
    /// A channel is not connected.
    case channelsNotConnected = "ChannelsNotConnected"
}
