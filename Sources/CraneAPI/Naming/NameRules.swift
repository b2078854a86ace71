import Crypto
import Foundation
import JSONValue
import KubernetesModel
import Schema

/// How long the names of the product's objects may be, and how longer ones are cut.
public enum NameRules {
    /// The longest name of a Tenant: `openclaw-<name>` is a Service, and the name is a DNS label of its host.
    public static let maxTenantName = 50
    /// The longest name of a ClusterTenant: `opencrane-<name>` is a namespace.
    public static let maxClusterTenantName = 53
    /// The longest name of an AccessPolicy: it is the value of a label.
    public static let maxPolicyName = 63

    /// The longest name of a kind.
    static func maximum(of kind: String) -> Int {
        switch kind {
        case Tenant.resourceType.kind: maxTenantName
        case ClusterTenant.resourceType.kind: maxClusterTenantName
        default: maxPolicyName
        }
    }

    /// The rules of the kind's definition about the name.
    static func validationRules(of kind: String) -> [ValidationRule] {
        let length = maximum(of: kind)
        return [
            ValidationRule("size(self.metadata.name) <= \(length)", message: tooLong(length)),
            ValidationRule("!self.metadata.name.contains('.')", message: dotted),
        ]
    }

    private static let dotted = "metadata.name must not contain a dot: it becomes part of names that cannot have one"
    private static func tooLong(_ length: Int) -> String {
        "metadata.name must be no more than \(length) characters: it becomes part of longer names"
    }

    /// What is wrong with the name of an object; empty when nothing is.
    ///
    /// - Parameters:
    ///   - name: the name.
    ///   - kind: `Tenant`, `AccessPolicy` or `ClusterTenant`.
    public static func problems(inName name: String, of kind: String) -> [SpecProblem] {
        func problem(_ message: String) -> [SpecProblem] { [SpecProblem(field: "metadata.name", message: message, value: .string(name))] }
        if name.isEmpty { return [SpecProblem(field: "metadata.name", message: "is required")] }
        if name.utf8.count > maximum(of: kind) { return problem(tooLong(maximum(of: kind))) }
        if name.contains(".") { return problem(dotted) }
        guard isLabel(name) else {
            return problem("metadata.name must consist of lower case letters, digits and hyphens, and begin and end with a letter or digit")
        }
        return []
    }

    /// Whether a text is a DNS label (RFC 1123).
    public static func isLabel(_ text: String) -> Bool {
        guard (1...63).contains(text.utf8.count), text.first != "-", text.last != "-" else { return false }
        return text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    /// A name of bounded length: `base` and `suffix`, or, when they are too long together, a shorter base with a hash of the whole.
    ///
    /// The same input always gives the same name, and different input different names.
    /// - Parameters:
    ///   - base: the beginning.
    ///   - suffix: the end, kept whole.
    ///   - limit: the greatest length, in bytes.
    public static func bounded(_ base: String, suffix: String = "", limit: Int = 63) -> String {
        let whole = base + suffix
        guard whole.utf8.count > limit else { return whole }
        let mark = "-\(hash(whole))"
        let room = max(0, limit - mark.utf8.count - suffix.utf8.count)
        var head = String(base.prefix(room))
        while head.hasSuffix("-") || head.hasSuffix(".") { head.removeLast() }
        return head + mark + suffix
    }

    /// Eight hexadecimal digits of a text's SHA-256.
    static func hash(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).prefix(4).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
