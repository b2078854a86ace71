import ArgumentParser
import JSONValue

enum GroupResource: CLIResource {
    static var declaration: ResourceDeclaration { .group }

    struct Fields: BodyFields {
        @Option(help: "What the group is for.")
        var description: String?
        @Option(help: "org, department, project or personal.")
        var scope: String?
        @Option(
            name: .customLong("member"),
            help: "tenant:NAME, user:NAME or department:TEAM; repeat for more. In an update all members are given."
        )
        var groupMembers: [String] = []

        var members: [(path: [String], value: JSON?)] {
            [(["description"], Members.text(description)), (["scope"], Members.text(scope)), (["members"], Members.list(groupMembers))]
        }
    }
}

enum MCPServerResource: CLIResource {
    static var declaration: ResourceDeclaration { .mcpServer }

    struct Fields: BodyFields {
        @Option(help: "Its address, for instance https://mcp.example.com/mcp.")
        var endpoint: String?
        @Option(help: "streamable-http, sse or websocket.")
        var transport: String?
        @Option(help: "What it does.")
        var description: String?
        @Option(help: "active, degraded or draft.")
        var status: String?
        @Option(help: "org, department, project or personal.")
        var scope: String?
        @Option(name: .customLong("capability"), help: "What it can do, in a word; repeat for more.")
        var capabilities: [String] = []

        var members: [(path: [String], value: JSON?)] {
            [
                (["endpoint"], Members.text(endpoint)), (["transport"], Members.text(transport)),
                (["description"], Members.text(description)), (["status"], Members.text(status)), (["scope"], Members.text(scope)),
                (["capabilities"], Members.list(capabilities)),
            ]
        }
    }
}

enum CredentialResource: CLIResource {
    static var declaration: ResourceDeclaration { .credential }
    static var createdName: String? { "displayName" }

    struct Fields: BodyFields {
        @Option(help: "static (the same for everybody, from a Secret) or obo (on behalf of the user).")
        var mode: String?
        @Option(help: "The Secret in the gateway's namespace; its name, not what is in it.")
        var secretRef: String?

        var members: [(path: [String], value: JSON?)] {
            [(["brokeringMode"], Members.text(mode)), (["secretRef"], Members.text(secretRef))]
        }
    }
}

enum SkillResource: CLIResource {
    static var declaration: ResourceDeclaration { .skill }

    struct Fields: BodyFields {
        @Option(help: "The version of the skill.")
        var version: String?
        @Option(help: "What it is for.")
        var description: String?
        @Option(help: "draft, review, published or deprecated.")
        var status: String?
        @Option(help: "org, department, project or personal.")
        var scope: String?
        @Option(help: "The digest of its text.")
        var digest: String?
        @Option(name: .customLong("tag"), help: "A word to find it by; repeat for more.")
        var tags: [String] = []

        var members: [(path: [String], value: JSON?)] {
            [
                (["version"], Members.text(version)), (["description"], Members.text(description)), (["status"], Members.text(status)),
                (["scope"], Members.text(scope)), (["digest"], Members.text(digest)), (["tags"], Members.list(tags)),
            ]
        }
    }
}

enum SkillContentResource: CLIResource {
    static var declaration: ResourceDeclaration { .skillContent }
    typealias Fields = NoFields
}

enum SourceResource: CLIResource {
    static var declaration: ResourceDeclaration { .source }

    struct Fields: BodyFields {
        @Option(help: "mcp-registry, anthropic-skills, git-repository or manual-upload.")
        var type: String?
        @Option(help: "Where it is.")
        var url: String?
        @Option(name: .customLong("ref"), help: "The branch or tag of a repository.")
        var reference: String?
        @Option(help: "The folder of a repository.")
        var path: String?
        @Option(help: "scheduled or manual.")
        var syncMode: String?
        @Option(help: "Seconds between two fetches.")
        var syncInterval: Int?
        @Option(help: "A note for people.")
        var notes: String?

        var members: [(path: [String], value: JSON?)] {
            [
                (["type"], Members.text(type)), (["url"], Members.text(url)), (["ref"], Members.text(reference)),
                (["path"], Members.text(path)),
                (["syncMode"], Members.text(syncMode)), (["intervalSeconds"], Members.count(syncInterval)),
                (["notes"], Members.text(notes)),
            ]
        }
    }
}
