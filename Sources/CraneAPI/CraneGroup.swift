/// The API group of the product's custom resources.
public enum CraneGroup {
    /// The group's name.
    public static let name = "opencrane.io"
    /// The version that is served and stored.
    public static let version = "v1alpha1"
    /// Group and version as objects state them.
    public static let apiVersion = "\(name)/\(version)"
    /// The category that lists all kinds of the group: `kubectl get opencrane`.
    public static let category = "opencrane"
    /// A second, short category: `kubectl get crane`.
    public static let shortCategory = "crane"
}

/// The names under which the product's parts write to the API server (server-side apply, KEP-555).
public enum FieldManagers {
    /// The operator.
    public static let `operator` = "opencrane-operator"
    /// The control plane.
    public static let controlPlane = "opencrane-control-plane"
}

/// The finalizer of the product's objects.
public enum CraneFinalizer {
    /// Keeps an object until what it owns elsewhere is gone.
    public static let cleanup = "opencrane.io/cleanup"
}
