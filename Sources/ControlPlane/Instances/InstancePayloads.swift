import HTTPOperations
import JSONValue
import Schema

/// An order for an instance.
struct CreateInstanceRequest: Codable, Sendable, Hashable, SchemaDescribing {
    var regionID: String
    var tierID: String
    var agentName: String?
    var userDisplayName: String?
    var customerID: String?
    var presetID: String
    var manifestID: String?
    var recipeID: String?
    var workflowSlugs: [String]?
    var websiteTemplateSlug: String?
    var idempotencyKey: String?

    enum CodingKeys: String, CodingKey {
        case regionID = "region_id"
        case tierID = "tier_id"
        case agentName = "agent_name"
        case userDisplayName = "user_display_name"
        case customerID = "customer_id"
        case presetID = "preset_id"
        case manifestID = "manifest_id"
        case recipeID = "recipe_id"
        case workflowSlugs = "workflow_slugs"
        case websiteTemplateSlug = "website_template_slug"
        case idempotencyKey = "idempotency_key"
    }

    static let schemaNotes: [String: SchemaNote] = [
        "region_id": SchemaNote("Region of the catalogue.", minLength: 1, maxLength: 63),
        "tier_id": SchemaNote("Tier of the catalogue: how large the machine is.", minLength: 1, maxLength: 63),
        "agent_name": SchemaNote(
            "Name of the agent, for people; its host is named after it.",
            minLength: 1,
            maxLength: 120,
            nullable: true
        ),
        "user_display_name": SchemaNote("Name of the user, for people.", minLength: 1, maxLength: 120, nullable: true),
        "customer_id": SchemaNote(
            "Customer of the organisation the instance is for; the caller's own unless an administrator or a key of the whole organisation "
                + "says otherwise.",
            minLength: 1,
            maxLength: 253,
            nullable: true
        ),
        "preset_id": SchemaNote(
            "Preset of the catalogue: what the instance is for.",
            default: .string(InstanceCatalog.defaultPreset),
            minLength: 1,
            maxLength: 63
        ),
        "manifest_id": SchemaNote("Runtime manifest; kept as a note.", minLength: 1, maxLength: 253, nullable: true),
        "recipe_id": SchemaNote("Recipe, as the platform configuration shows it.", minLength: 1, maxLength: 253, nullable: true),
        "workflow_slugs": SchemaNote(
            "Workflows, as the platform configuration shows them.",
            maxItems: 64,
            nullable: true,
            items: SchemaNote(minLength: 1, maxLength: 253)
        ),
        "website_template_slug": SchemaNote("Template of a website; kept as a note.", minLength: 1, maxLength: 253, nullable: true),
        "idempotency_key": SchemaNote(
            "Key of the order: the same key with the same order gives the same instance. Made when it is missing.",
            minLength: 1,
            maxLength: 255,
            nullable: true
        ),
    ]

    /// Digest of what is ordered for whom; the key is no part of it.
    func digest(customer: String?) throws -> String {
        var order = self
        order.idempotencyKey = nil
        order.customerID = customer
        return ContentDigest.hexadecimal(of: try JSON(encoding: order).serialized())
    }
}

/// The answer to an order.
struct CreateInstanceAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var idempotencyKey: String
    var instanceID: String
    var message: String
    var taskID: String

    enum CodingKeys: String, CodingKey {
        case idempotencyKey = "idempotency_key"
        case instanceID = "instance_id"
        case message
        case taskID = "task_id"
    }

    static let schemaNotes: [String: SchemaNote] = [
        "idempotency_key": "Key of the order.", "instance_id": "Id of the instance.", "message": "What happens now, for people.",
        "task_id": "Id of the task that makes the instance.",
    ]
}

/// An instance in the path.
struct InstanceParameters: Decodable, Sendable, SchemaDescribing {
    var instanceID: String

    enum CodingKeys: String, CodingKey {
        case instanceID = "instance_id"
    }

    static let schemaNotes: [String: SchemaNote] = ["instance_id": SchemaNote("Id of the instance.", format: "uuid")]
}

/// Which page of instances is asked for.
struct InstanceListParameters: Decodable, Sendable, SchemaDescribing {
    var limit: Int
    var cursor: String?

    static let schemaNotes: [String: SchemaNote] = ["limit": .pageLimit(default: 1000, maximum: 1000), "cursor": .pageCursor]
}

/// Which page of an instance's log is asked for.
struct InstanceLogParameters: Decodable, Sendable, SchemaDescribing {
    var instanceID: String
    var limit: Int
    var cursor: String?

    enum CodingKeys: String, CodingKey {
        case instanceID = "instance_id"
        case limit, cursor
    }

    static let schemaNotes: [String: SchemaNote] = [
        "instance_id": SchemaNote("Id of the instance.", format: "uuid"), "limit": .pageLimit(default: 1000, maximum: 1000),
        "cursor": .pageCursor,
    ]
}

/// A key in the path.
struct InstanceKeyParameters: Decodable, Sendable, SchemaDescribing {
    var idempotencyKey: String

    enum CodingKeys: String, CodingKey {
        case idempotencyKey = "idempotency_key"
    }

    static let schemaNotes: [String: SchemaNote] = [
        "idempotency_key": SchemaNote("Key of the order.", minLength: 1, maxLength: 255)
    ]
}

/// A switch for the platform's access to conversations.
struct ConsentRequest: Codable, Sendable, Hashable, SchemaDescribing {
    var consentDebugAccess: Bool

    enum CodingKeys: String, CodingKey {
        case consentDebugAccess = "consent_debug_access"
    }

    static let schemaNotes: [String: SchemaNote] = ["consent_debug_access": "Whether conversations may be read through the API."]
}

/// The answer to ``ConsentRequest``.
struct ConsentAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var consentDebugAccess: Bool
    var instanceID: String
    var message: String

    enum CodingKeys: String, CodingKey {
        case consentDebugAccess = "consent_debug_access"
        case instanceID = "instance_id"
        case message
    }

    static let schemaNotes: [String: SchemaNote] = [
        "consent_debug_access": "Whether conversations may be read through the API now.", "instance_id": "Id of the instance.",
        "message": "What is so now, for people.",
    ]
}

/// The answer to a deletion.
struct DeleteInstanceAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var alreadyDeleted: Bool
    var instanceID: String
    var message: String
    var status: InstanceStatus

    enum CodingKeys: String, CodingKey {
        case alreadyDeleted = "already_deleted"
        case instanceID = "instance_id"
        case message
        case status
    }

    static let schemaNotes: [String: SchemaNote] = [
        "already_deleted": "Whether it was gone before.", "instance_id": "Id of the instance.",
        "message": "What happens now, for people.", "status": "deleting until everything of it is gone, then deleted.",
    ]
}

/// The answer to the deletion of everything that failed.
struct CleanupAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var cleaned: Int
    var errors: Int
    var message: String

    static let schemaNotes: [String: SchemaNote] = [
        "cleaned": "How many instances are being taken away now.", "errors": "Of how many that could not be begun.",
        "message": "What happened, for people.",
    ]
}

/// The answer to a renewed key.
struct RotateKeyAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var instanceID: String
    var status: String

    enum CodingKeys: String, CodingKey {
        case instanceID = "instance_id"
        case status
    }

    static let schemaNotes: [String: SchemaNote] = [
        "instance_id": "Id of the instance.",
        "status": SchemaNote(
            "rotated: the machine may fetch its secrets again; unchanged: it had not fetched them, and may.",
            enum: ["rotated", "unchanged"]
        ),
    ]
}
