/// The version of the product. Chart, manifests and changelog are compared with it by tests.
public enum ProductVersion {
    /// This version (semantic versioning 2.0.0); between two releases the next one with `-dev`.
    public static let current = "0.2.0-dev"
}
