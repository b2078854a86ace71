/// For whom the tokens are that pods of tenants have mounted.
public enum PodAudiences {
    /// The control plane, which lets pods in by them.
    public static let controlPlane = "control-plane"
    /// Every audience. A token for one of them says that its bearer is a pod: people never get one.
    public static let all = ["obot-gateway", "skill-registry", controlPlane]
}
