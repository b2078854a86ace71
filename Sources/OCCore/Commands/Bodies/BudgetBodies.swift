import ArgumentParser
import JSONValue

enum BudgetResource: CLIResource {
    static var declaration: ResourceDeclaration { .budget }

    struct Fields: BodyFields {
        @Option(help: "What may be spent in a month, in US dollars; 0 refuses everything, none takes the ceiling away.")
        var monthly: String?

        var members: [(path: [String], value: JSON?)] { [(["monthlyLimitUsd"], (try? Members.limit(monthly)) ?? nil)] }

        func validate() throws {
            do { _ = try Members.limit(monthly) } catch { throw ValidationError(error.message) }
        }
    }
}

enum AccountBudgetResource: CLIResource {
    static var declaration: ResourceDeclaration { .accountBudget }

    struct Fields: BodyFields {
        @Option(help: "What may be spent in a month, in US dollars; 0 refuses everything.")
        var monthly: Double?

        var members: [(path: [String], value: JSON?)] { [(["monthlyLimitUsd"], Members.amount(monthly))] }
    }
}

enum ProviderKeyResource: CLIResource {
    static var declaration: ResourceDeclaration { .providerKey }

    struct Fields: BodyFields {
        var members: [(path: [String], value: JSON?)] { [] }
        static var secret: (member: String, prompt: String)? { ("apiKey", "The provider's key") }
        static var needsSecret: Bool { true }
    }
}
