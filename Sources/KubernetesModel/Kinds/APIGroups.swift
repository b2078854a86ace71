/// Kinds of the core group, `v1`. The groups are namespaces, because names such as `Service` and `Event` mean other things elsewhere.
public enum CoreV1 {}

/// Kinds of `apps/v1`.
public enum AppsV1 {}

/// Kinds of `batch/v1`.
public enum BatchV1 {}

/// Kinds of `networking.k8s.io/v1`.
public enum NetworkingV1 {}

/// Kinds of `coordination.k8s.io/v1`.
public enum CoordinationV1 {}

/// Kinds of `events.k8s.io/v1`.
public enum EventsV1 {}

/// Kinds of `authentication.k8s.io/v1`.
public enum AuthenticationV1 {}

/// Kinds of `rbac.authorization.k8s.io/v1`.
public enum RBACV1 {}

/// Kinds of `cilium.io/v2`.
public enum CiliumV2 {}

/// Kinds of `cert-manager.io/v1`.
public enum CertManagerV1 {}
