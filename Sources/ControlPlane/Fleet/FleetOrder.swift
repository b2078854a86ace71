import CraneAPI
import FleetTemplates
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesModel

/// What the provision flow is told: which machines, plans and owners it orders tenants with.
public struct FleetConfiguration: Sendable, Hashable {
    /// Who makes the machines of new fleets; nil refuses new fleets.
    public var machineProvider: MachineProviderName?
    /// The plans that can be ordered.
    public var plans: Set<String>
    /// The plan of an order that names none.
    public var defaultPlan: String
    /// The owner's address where an order has none; `{name}` becomes the tenant's name.
    public var ownerEmail: String

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - machineProvider: who makes the machines of new fleets; default nobody.
    ///   - plans: the plans that can be ordered; default free, pro, team and enterprise.
    ///   - defaultPlan: the plan of an order that names none; default free.
    ///   - ownerEmail: the owner's address where an order has none; `{name}` becomes the tenant's name. The default can get no mail.
    public init(
        machineProvider: MachineProviderName? = nil,
        plans: Set<String> = ["free", "pro", "team", "enterprise"],
        defaultPlan: String = "free",
        ownerEmail: String = "fleet@{name}.invalid"
    ) {
        self.machineProvider = machineProvider
        self.plans = plans
        self.defaultPlan = defaultPlan
        self.ownerEmail = ownerEmail
    }
}

/// An order for a fleet as the Tenant that fulfils it.
struct FleetOrder: Sendable, Hashable {
    /// Name of the tenant.
    let name: String
    /// Its spec.
    let spec: TenantSpec

    /// The name of the tenant for a fleet's id. Underscores become dashes, and what is too long for a tenant is cut and marked with a hash.
    static func tenantName(of externalID: String) -> String {
        NameRules.bounded(String(externalID.map { $0 == "_" ? "-" : $0 }), limit: NameRules.maxTenantName)
    }

    /// Reads an order.
    ///
    /// - Parameters:
    ///   - request: the order.
    ///   - configuration: what can be ordered.
    /// - Throws: 422 for a plan that does not exist, or a name that cannot be; 503 when there is nobody to make machines.
    init(_ request: CreateFleetRequest, configuration: FleetConfiguration) throws(OperationError) {
        let name = Self.tenantName(of: request.tenantId)
        if ResourceKind.reservedNames.contains(name) { throw .invalid("tenantId", "is reserved") }
        let displayName = request.name.trimmingBlanks
        guard (1...120).contains(displayName.unicodeScalars.count) else {
            throw .invalid("name", "must have 1 to 120 characters besides blanks at its ends")
        }
        let plan = request.plan ?? configuration.defaultPlan
        guard configuration.plans.contains(plan) else {
            throw Self.unknown("unknown_plan", "plan", "There is no plan \(plan)", among: configuration.plans.sorted())
        }
        let template = request.templateId ?? TemplateCatalog.defaultID
        guard let provider = configuration.machineProvider else {
            throw .unavailable(
                code: "machine_provider_not_configured",
                message: "Nobody is configured to make machines (OPENCRANE_MACHINE_PROVIDER); no fleet can be ordered.",
                retryAfter: 60
            )
        }
        self.name = name
        spec = TenantSpec(
            displayName: displayName,
            email: request.email ?? configuration.ownerEmail.replacing("{name}", with: name),
            runtime: TenantRuntime(type: .virtualMachine, machine: MachineSpec(provider: provider)),
            fleet: TenantFleet(externalId: request.tenantId, plan: plan, organization: request.clerkOrgId, template: template)
        )
    }

    /// Throws 422 when there is no such template.
    ///
    /// - Parameters:
    ///   - template: its id.
    ///   - catalog: the templates there are.
    static func require(_ template: String, in catalog: TemplateCatalog) throws(OperationError) {
        guard catalog.templates[template] != nil else {
            throw unknown("unknown_template", "templateId", "There is no template \(template)", among: catalog.templates.keys.sorted())
        }
    }

    private static func unknown(_ code: String, _ field: String, _ what: String, among known: [String]) -> OperationError {
        let list = known.joined(separator: ", ")
        return OperationError(
            .unprocessableContent,
            code: code,
            message: "\(what); there are \(list).",
            fields: [FieldViolation(field: field, message: "must be one of \(list)")]
        )
    }
}

extension String {
    /// The text without blanks at its ends.
    var trimmingBlanks: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
