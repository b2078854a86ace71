import ArgumentParser
import JSONValue

enum AccessTokenResource: CLIResource {
    static var declaration: ResourceDeclaration { .accessToken }

    struct Fields: BodyFields {
        @Option(help: "Whom the token stands for; you, unless told otherwise.")
        var owner: String?
        @Option(help: "The organization its bearer acts in.")
        var organization: String?
        @Option(name: .customLong("role"), help: "What its bearer is; repeat for more. All that you are, unless told otherwise.")
        var roles: [String] = []
        @Option(name: .customLong("scope"), help: "read or write; repeat for more.")
        var scopes: [String] = []
        @Option(help: "When it ends, for instance 2027-01-31T00:00:00Z.")
        var expiresAt: String?

        var members: [(path: [String], value: JSON?)] {
            [
                (["owner"], Members.text(owner)), (["organization"], Members.text(organization)), (["roles"], Members.list(roles)),
                (["scopes"], Members.list(scopes)), (["expiresAt"], Members.text(expiresAt)),
            ]
        }
    }
}

enum APIKeyResource: CLIResource {
    static var declaration: ResourceDeclaration { .apiKey }

    struct Fields: BodyFields {
        @Option(help: "admin or member.")
        var role: String?
        @Option(help: "The customer it is for, for a member.")
        var customer: String?
        @Option(name: .customLong("scope"), help: "What it may be used for; repeat for more.")
        var scopes: [String] = []
        @Option(help: "When it ends, for instance 2027-01-31T00:00:00Z.")
        var expiresAt: String?

        var members: [(path: [String], value: JSON?)] {
            [
                (["role"], Members.text(role)), (["customer_id"], Members.text(customer)), (["scopes"], Members.list(scopes)),
                (["expires_at"], Members.text(expiresAt)),
            ]
        }
    }
}

enum SessionScopeResource: CLIResource {
    static var declaration: ResourceDeclaration { .sessionScope }

    struct Fields: BodyFields {
        @Option(help: "For whom: a subject or an address.")
        var principal: String?
        @Option(
            name: .customLong("scope"),
            help: ArgumentHelp("What the session is to reach; repeat for more.", valueName: "scope:payload"),
            transform: ScopeSelection.init
        )
        var scopes: [ScopeSelection] = []

        var members: [(path: [String], value: JSON?)] {
            [(["principal"], Members.text(principal)), (["scopes"], scopes.isEmpty ? nil : .array(scopes.map(\.json)))]
        }
    }
}

/// `project:apollo`: a scope and what is meant in it.
struct ScopeSelection: Sendable {
    var json: JSON

    /// Reads `scope:payload`.
    init(_ text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw ValidationError("--scope takes scope:payload, for instance project:apollo, not \"\(text)\"") }
        json = ["scope": .string(parts[0]), "payloadId": .string(parts[1])]
    }
}
