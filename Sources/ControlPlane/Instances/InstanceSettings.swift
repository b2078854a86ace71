import HTTPOperations
import JSONValue
import KubernetesModel
import Schema

/// A change of the platform's settings of an instance: what is absent stays.
struct PlatformConfigRequest: Codable, Sendable, Hashable, SchemaDescribing {
    var advanced: JSON?
    var channels: JSON?
    var integrations: [JSON]?
    var recipeID: Change<String>
    var skills: [JSON]?
    var workflowSlugs: [String]?

    enum CodingKeys: String, CodingKey {
        case advanced
        case channels
        case integrations
        case recipeID = "recipe_id"
        case skills
        case workflowSlugs = "workflow_slugs"
    }

    static func == (left: Self, right: Self) -> Bool {
        left.advanced == right.advanced && left.channels == right.channels && left.integrations == right.integrations
            && left.recipeID == right.recipeID && left.skills == right.skills && left.workflowSlugs == right.workflowSlugs
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(advanced)
        hasher.combine(channels)
        hasher.combine(integrations)
        hasher.combine(skills)
        hasher.combine(workflowSlugs)
    }

    static let schemaNotes: [String: SchemaNote] = [
        "advanced": SchemaNote("Merged into what is there (RFC 7386): null removes a member.", type: .object, preserveUnknownFields: true),
        "channels": SchemaNote(
            "Merged into what is there (RFC 7386): null removes a member. Secrets are sealed and not shown again; what is shown in their place "
                + "says, sent back, that they stay.",
            type: .object,
            preserveUnknownFields: true
        ),
        "integrations": SchemaNote("Takes the place of the whole list.", maxItems: 256),
        "recipe_id": SchemaNote("null clears it.", minLength: 1, maxLength: 253, nullable: true),
        "skills": SchemaNote("Takes the place of the whole list.", maxItems: 256),
        "workflow_slugs": SchemaNote(
            "Takes the place of the whole list.",
            maxItems: 64,
            items: SchemaNote(minLength: 1, maxLength: 253)
        ),
    ]
}

/// The platform's settings of an instance.
struct PlatformConfigAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var advanced: JSON
    var channels: JSON
    var instanceID: String
    var integrations: [JSON]
    var recipeID: Nullable<String>
    var skills: [JSON]
    var workflowSlugs: [String]

    enum CodingKeys: String, CodingKey {
        case advanced
        case channels
        case instanceID = "instance_id"
        case integrations
        case recipeID = "recipe_id"
        case skills
        case workflowSlugs = "workflow_slugs"
    }

    static let schemaNotes: [String: SchemaNote] = [
        "advanced": SchemaNote("Further settings.", type: .object, preserveUnknownFields: true),
        "channels": SchemaNote("Settings of chat channels.", type: .object, preserveUnknownFields: true),
        "instance_id": InstanceNotes.id, "integrations": "Integrations.", "recipe_id": "Recipe; null for none.", "skills": "Skills.",
        "workflow_slugs": "Workflows.",
    ]
}

/// A change of the models an instance uses: what is absent stays, null clears.
struct ModelPolicyRequest: Codable, Sendable, SchemaDescribing {
    var primary: Change<String>
    var fallbacks: Change<[String]>
    var allowed: Change<[String]>

    enum CodingKeys: String, CodingKey {
        case primary
        case fallbacks
        case allowed
    }

    static let schemaNotes: [String: SchemaNote] = [
        "primary": SchemaNote("The model to use.", minLength: 1, maxLength: 253, nullable: true),
        "fallbacks": SchemaNote(
            "Models to use when it is not there, in order.",
            maxItems: 32,
            nullable: true,
            items: SchemaNote(minLength: 1, maxLength: 253)
        ),
        "allowed": SchemaNote(
            "Models that may be used; none says all.",
            maxItems: 256,
            nullable: true,
            items: SchemaNote(minLength: 1, maxLength: 253)
        ),
    ]
}

/// The answer to a change of the model policy.
struct ModelPolicyAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var instanceID: String
    var message: String
    var modelPolicy: JSON

    enum CodingKeys: String, CodingKey {
        case instanceID = "instance_id"
        case message
        case modelPolicy = "model_policy"
    }

    static let schemaNotes: [String: SchemaNote] = [
        "instance_id": InstanceNotes.id, "message": "Whether the machine has it too, for people.",
        "model_policy": SchemaNote(
            "What is stored now: primary, fallbacks, allowed, as far as they are set.",
            type: .object,
            preserveUnknownFields: true
        ),
    ]
}

/// The settings of an instance that the database has: pure changes of them.
enum InstanceSettings {
    /// Most bytes of all settings of an instance.
    static let limit = 262_144

    /// The settings after a change of the platform's; its secrets are not sealed yet: see ``InstanceSecrets``.
    ///
    /// - Throws: ``OperationError`` 422 when they are too large.
    static func merged(_ request: PlatformConfigRequest, into config: JSON) throws(OperationError) -> JSON {
        var config = config
        var platform = config["platform"] ?? [:]
        if let advanced = request.advanced { platform["advanced"] = MergePatch.apply(advanced, to: platform["advanced"] ?? [:]) }
        if let channels = request.channels { platform["channels"] = MergePatch.apply(channels, to: platform["channels"] ?? [:]) }
        if let integrations = request.integrations { platform["integrations"] = .array(integrations) }
        if let skills = request.skills { platform["skills"] = .array(skills) }
        if let workflows = request.workflowSlugs { platform["workflow_slugs"] = .array(workflows.map { .string($0) }) }
        if !request.recipeID.isKeep { platform["recipe_id"] = request.recipeID.value.map { .string($0) } }
        config["platform"] = platform
        return try bounded(config)
    }

    /// The settings after a change of the model policy.
    ///
    /// - Throws: ``OperationError`` 422 when they are too large.
    static func merged(_ request: ModelPolicyRequest, into config: JSON) throws(OperationError) -> JSON {
        var config = config
        var policy = config["model_policy"] ?? [:]
        func list(_ names: [String]) -> JSON { .array(names.map { .string($0) }) }
        if !request.primary.isKeep { policy["primary"] = request.primary.value.map { .string($0) } }
        if !request.fallbacks.isKeep { policy["fallbacks"] = request.fallbacks.value.map(list) }
        if !request.allowed.isKeep { policy["allowed"] = request.allowed.value.map(list) }
        config["model_policy"] = policy
        return try bounded(config)
    }

    /// The platform's settings as they are answered: without their secrets.
    static func platform(_ row: InstanceRow) -> PlatformConfigAnswer {
        let platform = InstanceSecrets.shown(row.agentConfig)["platform"]
        return PlatformConfigAnswer(
            advanced: platform?["advanced"] ?? [:],
            channels: platform?["channels"] ?? [:],
            instanceID: row.idText,
            integrations: platform?["integrations"]?.arrayValue ?? [],
            recipeID: Nullable(platform?["recipe_id"]?.stringValue),
            skills: platform?["skills"]?.arrayValue ?? [],
            workflowSlugs: (platform?["workflow_slugs"]?.arrayValue ?? []).compactMap(\.stringValue)
        )
    }

    /// The model policy as it is stored.
    static func modelPolicy(_ row: InstanceRow) -> JSON { row.agentConfig["model_policy"] ?? [:] }

    /// The settings, unless they are too large.
    ///
    /// - Throws: ``OperationError`` 422.
    static func bounded(_ config: JSON) throws(OperationError) -> JSON {
        guard config.serialized().count <= limit else {
            throw .invalid("", "makes the settings of the instance larger than \(limit) bytes")
        }
        return config
    }
}
