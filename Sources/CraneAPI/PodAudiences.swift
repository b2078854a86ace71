/// For whom the tokens are that pods of tenants have mounted.
public enum PodAudiences {
    /// The control plane, which lets pods in by them.
    public static let controlPlane = "control-plane"
    /// Whoever delivers skills, which is the control plane unless another is named.
    public static let skillRegistry = "skill-registry"
    /// Every audience. A token for one of them says that its bearer is a pod: people never get one.
    public static let all = ["obot-gateway", skillRegistry, controlPlane]
}
