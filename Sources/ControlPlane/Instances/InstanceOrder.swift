import CraneAPI
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue

/// An order for an instance, checked against the catalogue.
struct InstanceOrder: Sendable, Hashable {
    /// The row there will be; its host's name is chosen when it is made.
    let row: InstanceRow
    /// Runtime manifest, as it was named.
    let manifestID: String?
    /// Template of a website, as it was named.
    let websiteTemplateSlug: String?
    /// Name of the user, for people.
    let userDisplayName: String?
    /// The owner's address, where `{name}` becomes the host's name.
    let ownerEmail: String

    /// Reads an order.
    ///
    /// - Parameters:
    ///   - request: the order.
    ///   - caller: who orders.
    ///   - context: the request.
    ///   - catalog: what can be ordered; nil when there is nobody to make machines.
    ///   - namespace: where its tenant will be.
    ///   - ownerEmail: the owner's address where nobody's is known; `{name}` becomes the host's name.
    ///   - makeID: makes ids.
    ///   - now: the time.
    /// - Throws: ``OperationError``: 422 for what the catalogue does not have; 403 for another customer; 503 without a catalogue.
    init(
        _ request: CreateInstanceRequest,
        caller: InstanceCaller,
        context: OperationContext,
        catalog: InstanceCatalog?,
        namespace: String,
        ownerEmail: String,
        makeID: () -> UUID,
        now: Date
    ) throws {
        guard let catalog else {
            throw OperationError.unavailable(
                code: "MACHINE_PROVIDER_NOT_CONFIGURED",
                message: "Nobody is configured to make machines (OPENCRANE_MACHINE_PROVIDER or INSTANCE_CATALOG_FILE).",
                retryAfter: 60
            )
        }
        var problems: [FieldViolation] = []
        func find<Entry>(_ entries: [String: Entry], _ id: String, _ field: String) -> Entry? {
            if let entry = entries[id] { return entry }
            let known = entries.keys.sorted().joined(separator: ", ")
            problems.append(FieldViolation(field: field, message: "should be one of \(known)", kind: .enum))
            return nil
        }
        let presetID = request.presetID
        let found = (
            find(catalog.regions, request.regionID, "region_id"), find(catalog.tiers, request.tierID, "tier_id"),
            find(catalog.presets, presetID, "preset_id")
        )
        let agentName = (request.agentName ?? "Assistant").trimmingBlanks
        if agentName.isEmpty { problems.append(FieldViolation(field: "agent_name", message: "must not be blank", kind: .stringTooShort)) }
        guard problems.isEmpty, case (let region?, let tier?, let preset?) = found else { throw OperationError.invalid(problems) }
        let customer = request.customerID ?? caller.customer
        guard caller.isAdministrator || caller.customer == nil || customer == caller.customer else {
            throw OperationError(.forbidden, code: "NOT_YOUR_CUSTOMER", message: "Only administrators order for other customers.")
        }
        let email = customer == caller.customer ? caller.email : customer.flatMap { Self.isAddress($0) ? $0 : nil }
        let id = makeID()
        let spec = TenantSpec(
            displayName: agentName,
            email: "",
            runtime: TenantRuntime(
                type: .virtualMachine,
                machine: MachineSpec(
                    provider: region.provider,
                    machineType: tier.machineType,
                    zone: region.zone,
                    diskGb: tier.diskGb
                )
            ),
            fleet: TenantFleet(externalId: id.uuidString.lowercased(), plan: tier.id, template: preset.template)
        )
        var platform: [String: JSON] = ["workflow_slugs": .array((request.workflowSlugs ?? []).map { .string($0) })]
        if let recipe = request.recipeID { platform["recipe_id"] = .string(recipe) }
        row = InstanceRow(
            id: id,
            taskID: makeID(),
            organization: caller.organization,
            customerID: customer,
            customerEmail: email,
            agentName: agentName,
            idempotencyKey: request.idempotencyKey ?? makeID().uuidString.lowercased(),
            requestHash: try request.digest(customer: customer),
            regionID: region.id,
            tierID: tier.id,
            tierName: tier.name,
            presetID: preset.id,
            hostname: Self.hostname(agentName),
            namespace: namespace,
            tenantSpec: try JSON(encoding: spec),
            agentConfig: ["platform": .object(platform)],
            consentsToDebugAccess: false,
            actor: caller.subject,
            requestID: context.requestID,
            snapshot: [:],
            createdAt: now,
            updatedAt: now,
            attempts: 0
        )
        manifestID = request.manifestID
        websiteTemplateSlug = request.websiteTemplateSlug
        userDisplayName = request.userDisplayName
        self.ownerEmail = email.flatMap { Self.isAddress($0) ? $0 : nil } ?? ownerEmail
    }

    /// The name of the host that an agent's name stands for: lower case letters, digits and dashes.
    static func hostname(_ agentName: String) -> String {
        var name = ""
        for scalar in agentName.lowercased().unicodeScalars {
            if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
                name.unicodeScalars.append(scalar)
            } else if !name.isEmpty, !name.hasSuffix("-") {
                name += "-"
            }
        }
        name = String(name.prefix(40))
        while name.hasSuffix("-") { name.removeLast() }
        return name.isEmpty || ResourceKind.reservedNames.contains(name) ? "agent" : name
    }

    /// The names to try, the wanted one first; the others end in random letters.
    ///
    /// - Parameters:
    ///   - hostname: the wanted name.
    ///   - random: random numbers from 0 to 1.
    static func candidates(_ hostname: String, random: () -> Double) -> [String] {
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return [hostname]
            + (0..<8).map { _ in
                hostname + "-" + String((0..<5).map { _ in letters[min(letters.count - 1, Int(random() * Double(letters.count)))] })
            }
    }

    /// What a tenant of a name is made from.
    func tenantSpec(_ hostname: String) -> JSON {
        var spec = row.tenantSpec
        spec["email"] = .string(ownerEmail.replacing("{name}", with: hostname))
        return spec
    }

    private static func isAddress(_ text: String) -> Bool {
        text.wholeMatch(of: /[^ @]+@[^ @.]+(\.[^ @.]+)*/) != nil && text.utf8.count <= 254
    }
}
