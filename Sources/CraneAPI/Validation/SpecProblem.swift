import JSONValue
import KubernetesModel
import Schema

/// Something wrong with a resource's spec or name.
public struct SpecProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The field, for instance `spec.email`.
    public var field: String
    /// What is wrong, as the end of a sentence that begins with the field, or a sentence of its own.
    public var message: String
    /// The value that is wrong; `nil` when it is absent.
    public var value: JSON?

    /// Makes a problem.
    public init(field: String, message: String, value: JSON? = nil) {
        self.field = field
        self.message = message
        self.value = value
    }

    /// Field and message.
    public var description: String { "\(field): \(message)" }
}

/// A spec that can tell what is wrong with it, by its schema and by the rules between its fields.
public protocol CheckableSpec: Codable, Sendable, SchemaDescribing {
    /// The schema of the spec, prepared for use.
    static var validator: SchemaValidator { get }
    /// What is wrong between the fields. Fields are relative to the object: `spec.runtime`.
    func ruleProblems() -> [SpecProblem]
}

extension CheckableSpec {
    /// What is wrong with the spec: the same findings as an API server's with the kind's definition, in the same words in REST and operator.
    ///
    /// Rules between fields are looked at when every field by itself is right.
    public func problems() -> [SpecProblem] {
        guard let json = try? JSON(encoding: self) else {
            return [SpecProblem(field: "spec", message: "cannot be written as JSON")]
        }
        let violations = Self.validator.violations(in: Self.validator.defaulting(json), at: ["spec"])
        guard violations.isEmpty else {
            return violations.map { SpecProblem(field: $0.path.fieldPath, message: $0.message, value: $0.badValue) }
        }
        return ruleProblems()
    }
}

extension TenantSpec: CheckableSpec {
    /// The schema of a tenant's spec.
    public static let validator = ResourceSchemas.validator(for: TenantSpec.self)

    /// A machine belongs to a virtual machine and to nothing else.
    public func ruleProblems() -> [SpecProblem] {
        guard (runtimeType == .virtualMachine) != (runtime?.machine != nil) else { return [] }
        return [SpecProblem(field: "spec.runtime", message: RuleMessages.machine)]
    }
}

extension AccessPolicySpec: CheckableSpec {
    /// The schema of a policy's spec.
    public static let validator = ResourceSchemas.validator(for: AccessPolicySpec.self)

    /// A policy has no rules between fields.
    public func ruleProblems() -> [SpecProblem] { [] }
}

extension ClusterTenantSpec: CheckableSpec {
    /// The schema of a customer's spec.
    public static let validator = ResourceSchemas.validator(for: ClusterTenantSpec.self)

    /// A pool goes with dedicated compute, and compute with the tier.
    public func ruleProblems() -> [SpecProblem] {
        let isDedicated = compute?.effectiveMode == .dedicated
        var problems: [SpecProblem] = []
        if isDedicated && (compute?.nodePool ?? "").isEmpty {
            problems.append(SpecProblem(field: "spec.compute", message: RuleMessages.nodePool))
        }
        if isolationTier == .shared && isDedicated { problems.append(SpecProblem(field: "spec", message: RuleMessages.sharedTier)) }
        if isolationTier == .dedicatedNodes && !isDedicated {
            problems.append(SpecProblem(field: "spec", message: RuleMessages.dedicatedTier))
        }
        return problems
    }
}

extension Tenant {
    /// What is wrong with name and spec; empty when nothing is.
    public func problems() -> [SpecProblem] { NameRules.problems(inName: metadata.name, of: Self.resourceType.kind) + spec.problems() }
}

extension AccessPolicy {
    /// What is wrong with name and spec; empty when nothing is.
    public func problems() -> [SpecProblem] { NameRules.problems(inName: metadata.name, of: Self.resourceType.kind) + spec.problems() }
}

extension ClusterTenant {
    /// What is wrong with name and spec; empty when nothing is.
    public func problems() -> [SpecProblem] { NameRules.problems(inName: metadata.name, of: Self.resourceType.kind) + spec.problems() }
}
