import ArgumentParser
import JSONValue

enum FleetTenantResource: CLIResource {
    static var declaration: ResourceDeclaration { .fleetTenant }
    static var createdName: String? { "tenantId" }

    struct Fields: BodyFields {
        @Option(help: "The name for people.")
        var displayName: String?
        @Option(help: "The owner's address.")
        var email: String?
        @Option(help: "The organization it is for.")
        var organization: String?
        @Option(help: "The plan.")
        var plan: String?
        @Option(help: "The template of the fleet.")
        var template: String?

        var members: [(path: [String], value: JSON?)] {
            [
                (["name"], Members.text(displayName)), (["email"], Members.text(email)), (["clerkOrgId"], Members.text(organization)),
                (["plan"], Members.text(plan)), (["templateId"], Members.text(template)),
            ]
        }
    }
}

enum AgentResource: CLIResource {
    static var declaration: ResourceDeclaration { .agent }

    struct Fields: BodyFields {
        @Option(help: "The board it is to be on.")
        var board: String?
        @Option(help: "What it is for, as its profile says.")
        var role: String?
        @Option(help: "How it speaks, as its profile says.")
        var communicationStyle: String?

        var members: [(path: [String], value: JSON?)] {
            [
                (["board_id"], Members.text(board)), (["identity_profile", "role"], Members.text(role)),
                (["identity_profile", "communication_style"], Members.text(communicationStyle)),
            ]
        }
    }
}

enum InstanceResource: CLIResource {
    static var declaration: ResourceDeclaration { .instance }
    static var createdName: String? { nil }

    struct Fields: BodyFields {
        @Option(help: "The tier of the catalogue: how large.")
        var tier: String?
        @Option(help: "The region of the catalogue: where.")
        var region: String?
        @Option(help: "The preset of the catalogue: what for.")
        var preset: String?
        @Option(help: "The customer it is for.")
        var customer: String?
        @Option(help: "The agent's name.")
        var agentName: String?
        @Option(help: "The key of the order: the same key with the same order gives the same instance.")
        var orderKey: String?

        var members: [(path: [String], value: JSON?)] {
            [
                (["tier_id"], Members.text(tier)), (["region_id"], Members.text(region)), (["preset_id"], Members.text(preset)),
                (["customer_id"], Members.text(customer)), (["agent_name"], Members.text(agentName)),
                (["idempotency_key"], Members.text(orderKey)),
            ]
        }
    }
}

enum InstanceConfigResource: CLIResource {
    static var declaration: ResourceDeclaration { .instanceConfig }
    typealias Fields = NoFields
}

enum PlatformConfigResource: CLIResource {
    static var declaration: ResourceDeclaration { .platformConfig }
    typealias Fields = NoFields
}

enum ConsentResource: CLIResource {
    static var declaration: ResourceDeclaration { .consent }

    struct Fields: BodyFields {
        @Option(help: "true: conversations may be read.")
        var debugAccess: Bool?

        var members: [(path: [String], value: JSON?)] { [(["consent_debug_access"], Members.flag(debugAccess))] }
    }
}

enum ModelPolicyResource: CLIResource {
    static var declaration: ResourceDeclaration { .modelPolicy }

    struct Fields: BodyFields {
        @Option(help: "The model to use.")
        var primary: String?
        @Option(help: "Models to use when it is not there, with commas.")
        var fallbacks: String?
        @Option(help: "Models that may be used, with commas.")
        var allowed: String?

        var members: [(path: [String], value: JSON?)] {
            [(["primary"], Members.text(primary)), (["fallbacks"], Members.commas(fallbacks)), (["allowed"], Members.commas(allowed))]
        }
    }
}
