/// The regular expressions of the schemas, in RE2 syntax. Lengths are bounded by `maxLength` beside them, never by look-ahead.
enum Patterns {
    static let email = "^[^ @]+@[^ @]+$"
    static let version = "^[A-Za-z0-9][A-Za-z0-9._+~^-]*$"
    /// RFC 1123 subdomain: the name of most objects.
    static let objectName = "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
    /// RFC 1123 label.
    static let label = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
    static let labelValue = "^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"
    /// A quantity that is not negative (`resource.Quantity`).
    static let quantity = #"^([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?$"#
    /// A DNS name whose labels may contain `*`.
    static let domain = #"^[a-z0-9*]([a-z0-9*-]{0,61}[a-z0-9*])?(\.[a-z0-9*]([a-z0-9*-]{0,61}[a-z0-9*])?)*$"#
    /// A DNS name of at least two labels, the last of letters only.
    static let baseDomain = #"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$"#
}

/// What a person is told when a rule between fields does not hold; the CRDs and ``SpecProblem`` say the same.
enum RuleMessages {
    static let machine = "runtime.machine must be set for runtime.type VirtualMachine, and only then"
    static let nodePool = "compute.mode dedicated needs compute.nodePool"
    static let sharedTier = "isolationTier shared cannot have compute.mode dedicated"
    static let dedicatedTier = "isolationTier dedicatedNodes needs compute.mode dedicated"
}
