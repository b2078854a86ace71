import ArgumentParser
import JSONValue

enum TenantResource: CLIResource {
    static var declaration: ResourceDeclaration { .tenant }

    struct Fields: BodyFields {
        @Option(help: "The name for people.")
        var displayName: String?
        @Option(help: "The owner's address.")
        var email: String?
        @Option(help: "The team; an empty text clears it.")
        var team: String?
        @Option(help: "The cluster tenant it belongs to; an empty text detaches it.")
        var clusterTenant: String?
        @Option(help: "What it may spend in a month, in US dollars.")
        var budget: Double?
        @Option(help: "The access policy it names; an empty text clears it.")
        var policyRef: String?
        @Option(help: "Processor time its pod asks for, for instance 500m.")
        var cpu: String?
        @Option(help: "Memory its pod asks for, for instance 2Gi.")
        var memory: String?
        @Option(name: .customLong("skill"), help: "A skill it may use; repeat for more.")
        var skills: [String] = []
        @Option(help: "The OpenClaw release it runs.")
        var openclawVersion: String?

        var members: [(path: [String], value: JSON?)] {
            [
                (["displayName"], displayName.map(JSON.string)), (["email"], email.map(JSON.string)), (["team"], team.map(JSON.string)),
                (["clusterTenantRef"], clusterTenant.map(JSON.string)),
                (["monthlyBudgetUsd"], budget.map { Int64(exactly: $0).map(JSON.integer) ?? .number($0) }),
                (["policyRef"], policyRef.map(JSON.string)), (["resources", "cpu"], cpu.map(JSON.string)),
                (["resources", "memory"], memory.map(JSON.string)),
                (["skillAllowlist"], skills.isEmpty ? nil : .array(skills.map(JSON.string))),
                (["openclawVersion"], openclawVersion.map(JSON.string)),
            ]
        }
    }
}

enum PolicyResource: CLIResource {
    static var declaration: ResourceDeclaration { .policy }

    struct Fields: BodyFields {
        @Option(help: "What the policy is for.")
        var description: String?
        @Option(help: "The team it applies to; an empty text clears it.")
        var matchTeam: String?
        @Option(name: .customLong("allow-domain"), help: "A host that may be reached; repeat for more.")
        var allowedDomains: [String] = []
        @Option(name: .customLong("deny-domain"), help: "A host that may not be reached; repeat for more.")
        var deniedDomains: [String] = []
        @Option(name: .customLong("allow-mcp"), help: "An MCP server that may be used; repeat for more.")
        var allowedServers: [String] = []
        @Option(name: .customLong("deny-mcp"), help: "An MCP server that may not be used; repeat for more.")
        var deniedServers: [String] = []

        var members: [(path: [String], value: JSON?)] {
            func list(_ values: [String]) -> JSON? { values.isEmpty ? nil : .array(values.map(JSON.string)) }
            return [
                (["description"], description.map(JSON.string)), (["tenantSelector", "matchTeam"], matchTeam.map(JSON.string)),
                (["domains", "allow"], list(allowedDomains)), (["domains", "deny"], list(deniedDomains)),
                (["mcpServers", "allow"], list(allowedServers)), (["mcpServers", "deny"], list(deniedServers)),
            ]
        }
    }
}

enum ClusterTenantResource: CLIResource {
    static var declaration: ResourceDeclaration { .clusterTenant }

    struct Fields: BodyFields {
        @Option(help: "The name for people.")
        var displayName: String?
        @Option(help: "shared, dedicatedNodes or dedicatedCluster.")
        var tier: String?
        @Option(help: "The domain below which its tenants are reached; an empty text clears it.")
        var baseDomain: String?
        @Option(help: "shared or dedicated.")
        var compute: String?
        @Option(help: "The pool of its nodes, for dedicated compute.")
        var nodePool: String?
        @Option(help: "Processor time all its pods may ask for, for instance 8.")
        var quotaCpu: String?
        @Option(help: "Memory all its pods may ask for, for instance 16Gi.")
        var quotaMemory: String?
        @Option(help: "Storage it may claim, for instance 100Gi.")
        var quotaStorage: String?
        @Option(help: "Pods it may have.")
        var quotaPods: Int?
        @Option(help: "Graphics processors it may use.")
        var quotaGpu: Int?

        var members: [(path: [String], value: JSON?)] {
            func count(_ value: Int?) -> JSON? { value.map { .integer(Int64($0)) } }
            return [
                (["displayName"], displayName.map(JSON.string)), (["isolationTier"], tier.map(JSON.string)),
                (["baseDomain"], baseDomain.map(JSON.string)), (["compute", "mode"], compute.map(JSON.string)),
                (["compute", "nodePool"], nodePool.map(JSON.string)), (["resources", "quota", "cpu"], quotaCpu.map(JSON.string)),
                (["resources", "quota", "memory"], quotaMemory.map(JSON.string)),
                (["resources", "quota", "storage"], quotaStorage.map(JSON.string)), (["resources", "quota", "pods"], count(quotaPods)),
                (["resources", "quota", "gpu"], count(quotaGpu)),
            ]
        }
    }
}
