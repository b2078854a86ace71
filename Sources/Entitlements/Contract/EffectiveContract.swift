import Crypto
import JSONValue

/// Everything a tenant may use, in one document: what people are shown and what its runtime polls.
///
/// Its id is the SHA-256 of its canonical text without the id itself; equal content has an equal id, whatever order rows were read in.
public struct EffectiveContract: Sendable, Hashable {
    /// The version of the document's form.
    public static let version = "5.0.0"

    /// The tenant.
    public var tenant: Tenant
    /// What it knows.
    public var awareness: Awareness
    /// The MCP servers it may call, by name.
    public var servers: [Server]
    /// The servers it must not call, by name, whatever else allows them.
    public var deniedServers: [Reference]
    /// Where it reaches them; nil when the platform has no such gateway.
    public var gateway: String?
    /// The skills it may fetch, by name.
    public var skills: [Skill]
    /// Where it fetches them; nil when the platform has no registry.
    public var registry: String?

    /// The tenant of a contract.
    public struct Tenant: Sendable, Hashable {
        public var name: String
        public var team: String?
        public var policy: String?

        public init(name: String, team: String?, policy: String?) {
            (self.name, self.team, self.policy) = (name, team, policy)
        }
    }

    /// What a tenant knows.
    public struct Awareness: Sendable, Hashable {
        /// The datasets it is a member of, by level.
        public var memberships: [DatasetLevel: [String]]
        /// What is allowed and denied, by payload.
        public var entitlements: [Entitlement]
        /// The version of the awareness contract it runs.
        public var resolution: AwarenessRollout.Resolution

        public init(memberships: [DatasetLevel: [String]], entitlements: [Entitlement], resolution: AwarenessRollout.Resolution) {
            (self.memberships, self.entitlements, self.resolution) = (memberships, entitlements, resolution)
        }
    }

    /// The levels of datasets.
    public enum DatasetLevel: String, Sendable, Hashable, CaseIterable { case org, team, project, personal }

    /// Something by id and name.
    public struct Reference: Sendable, Hashable {
        public var id: String
        public var name: String

        public init(id: String, name: String) { (self.id, self.name) = (id, name) }
    }

    /// An MCP server.
    public struct Server: Sendable, Hashable {
        public var id: String
        public var name: String
        public var transport: String
        public var endpoint: String

        public init(id: String, name: String, transport: String, endpoint: String) {
            (self.id, self.name, self.transport, self.endpoint) = (id, name, transport, endpoint)
        }
    }

    /// A skill.
    public struct Skill: Sendable, Hashable {
        public var id: String
        public var name: String
        public var scope: String
        public var version: String
        public var digest: String

        public init(id: String, name: String, scope: String, version: String, digest: String) {
            (self.id, self.name, self.scope, self.version, self.digest) = (id, name, scope, version, digest)
        }
    }

    /// A contract.
    public init(
        tenant: Tenant,
        awareness: Awareness,
        servers: [Server],
        deniedServers: [Reference] = [],
        gateway: String?,
        skills: [Skill],
        registry: String?
    ) {
        self.tenant = tenant
        self.awareness = awareness
        self.servers = servers.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
        self.deniedServers = deniedServers.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
        self.gateway = gateway
        self.skills = skills.sorted { ($0.name, $0.version, $0.id) < ($1.name, $1.version, $1.id) }
        self.registry = registry
    }

    /// Its id: 64 hexadecimal digits.
    public var id: String { Self.digest(of: body) }

    /// The document, with its id.
    public var json: JSON {
        var document = body
        document["contractId"] = .string(Self.digest(of: body))
        return document
    }

    /// Whether a document's id is that of its content.
    public static func isIntact(_ document: JSON) -> Bool {
        guard let id = document["contractId"]?.stringValue else { return false }
        var body = document
        body["contractId"] = nil
        return digest(of: body) == id
    }

    private static func digest(of body: JSON) -> String {
        SHA256.hash(data: body.serialized()).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private var body: JSON {
        [
            "contractVersion": .string(Self.version),
            "tenant": ["name": .string(tenant.name), "team": .text(tenant.team), "policyRef": .text(tenant.policy)],
            "awareness": [
                "citationFormat": "inline",
                "memberships": .object(
                    Dictionary(
                        uniqueKeysWithValues: DatasetLevel.allCases.map { level in
                            (level.rawValue, .array((awareness.memberships[level] ?? []).sorted().map(JSON.string)))
                        }
                    )
                ),
                "grants": .array(
                    awareness.entitlements.map { entitlement in
                        [
                            "payloadId": .string(entitlement.payloadID), "access": .string(entitlement.grant.access.rawValue),
                            "scope": .string(entitlement.grant.scope.rawValue),
                        ]
                    }
                ),
                "version": .string(awareness.resolution.version), "wave": .string(awareness.resolution.wave),
                "promoted": .bool(awareness.resolution.isPromoted), "shadow": .bool(awareness.resolution.isShadow),
            ],
            "mcp": [
                "gateway": .text(gateway),
                "servers": .array(
                    servers.map { server in
                        [
                            "id": .string(server.id), "name": .string(server.name), "transport": .string(server.transport),
                            "endpoint": .string(server.endpoint),
                        ]
                    }
                ),
                "denied": .array(deniedServers.map { ["id": .string($0.id), "name": .string($0.name)] }),
            ],
            "skills": [
                "registry": .text(registry),
                "entitled": .array(
                    skills.map { skill in
                        [
                            "id": .string(skill.id), "name": .string(skill.name), "scope": .string(skill.scope),
                            "version": .string(skill.version), "digest": .string(skill.digest),
                        ]
                    }
                ),
            ],
        ]
    }
}

extension JSON {
    fileprivate static func text(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
}
