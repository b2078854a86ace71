import ArgumentParser
import JSONValue

enum DNSResource: CLIResource {
    static var declaration: ResourceDeclaration { .dns }

    struct Fields: BodyFields {
        @Option(help: "Who keeps the zone, for instance cloudDNS, route53, cloudflare.")
        var provider: String?
        @Option(help: "The zone that certificates are proved in.")
        var zone: String?
        @Option(help: "The address of the ACME account.")
        var email: String?
        @Option(help: "The directory of the ACME server.")
        var acmeServer: String?
        @Option(name: .customLong("issuer"), help: "The name of the issuer.")
        var issuer: String?

        var members: [(path: [String], value: JSON?)] {
            [
                (["provider"], Members.text(provider)), (["zone"], Members.text(zone)), (["email"], Members.text(email)),
                (["server"], Members.text(acmeServer)), (["issuerName"], Members.text(issuer)),
            ]
        }

        static var secret: (member: String, prompt: String)? { ("apiToken", "The provider's credential") }
    }
}

enum RolloutResource: CLIResource {
    static var declaration: ResourceDeclaration { .rollout }

    struct Fields: BodyFields {
        @Option(help: "The version to roll out.")
        var target: String?
        @Option(help: "The version everybody else runs.")
        var stable: String?
        @Option(help: "The waves, first to last, with commas.")
        var waves: String?
        @Option(help: "true: promoted waves run the stable version, and only try the target.")
        var shadow: Bool?

        var members: [(path: [String], value: JSON?)] {
            [
                (["targetVersion"], Members.text(target)), (["stableVersion"], Members.text(stable)), (["waves"], Members.commas(waves)),
                (["shadowMode"], Members.flag(shadow)),
            ]
        }
    }
}

enum AwarenessVersionResource: CLIResource {
    static var declaration: ResourceDeclaration { .awarenessVersion }

    struct Fields: BodyFields {
        @Option(help: "The wave; an empty text for none of its own.")
        var wave: String?

        var members: [(path: [String], value: JSON?)] { [(["wave"], Members.text(wave))] }
    }
}

enum DatasetsResource: CLIResource {
    static var declaration: ResourceDeclaration { .datasets }

    struct Fields: BodyFields {
        @Option(name: .customLong("org"), help: "A dataset of the organization; repeat for more. All four scopes are replaced together.")
        var org: [String] = []
        @Option(name: .customLong("team"), help: "A dataset of the team.")
        var team: [String] = []
        @Option(name: .customLong("project"), help: "A dataset of projects.")
        var project: [String] = []
        @Option(name: .customLong("personal"), help: "A dataset of the owner.")
        var personal: [String] = []

        var members: [(path: [String], value: JSON?)] {
            let given = [("org", org), ("team", team), ("project", project), ("personal", personal)]
            // All four are there or none: what is not named is emptied, as the server has it.
            guard given.contains(where: { !$0.1.isEmpty }) else { return [] }
            return given.map { (path: [$0.0], value: JSON.array($0.1.map(JSON.string))) }
        }
    }
}
