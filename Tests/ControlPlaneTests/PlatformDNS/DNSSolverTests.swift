import HTTPOperations
import HTTPTypes
import JSONValue
import Testing

@testable import ControlPlane

@Suite struct DNSSolverTests {
    private static let account: JSON = ["private_key": "k", "client_email": "a@b.example"]
    private static let reference: JSON = ["name": "mine", "key": "k"]

    private func plan(
        _ provider: String,
        _ configuration: [String: JSON]? = nil,
        token: String? = nil,
        zone: String = "ai.example.com",
        issuer: String? = nil,
        live: LiveIssuer? = nil,
        settings: PlatformDNSSettings = PlatformDNSSettings()
    ) throws(OperationError) -> PlatformDNSPlan {
        let order = PlatformDNSOrder(
            provider: provider,
            zone: zone,
            email: " ops@example.com ",
            issuerName: issuer,
            apiToken: token,
            solverConfig: configuration
        )
        return try PlatformDNSPlan(order, live: live, settings: settings)
    }

    private func fields(_ provider: String, _ configuration: [String: JSON]? = nil, token: String? = nil) -> [String] {
        do {
            _ = try plan(provider, configuration, token: token)
            return []
        } catch {
            #expect(error.status == .unprocessableContent && error.code == "DNS_PROVIDER_MISCONFIGURED")
            return error.fields.map(\.field)
        }
    }

    /// Each provider's configuration and the member that its credential goes into.
    private static let accepted: [(provider: String, configuration: [String: JSON]?, token: String?, member: String?)] = [
        ("cloudflare", nil, "t", "apiTokenSecretRef"), ("CloudFlare", nil, "t", "apiTokenSecretRef"),
        ("cloudflare", ["apiKeySecretRef": reference, "email": "a@b.example"], nil, nil),
        ("digitalocean", nil, "t", "tokenSecretRef"), ("digitalocean", ["tokenSecretRef": reference], nil, nil),
        ("route53", ["region": "eu-west-1", "accessKeyID": "AKIA"], "t", "secretAccessKeySecretRef"),
        ("route53", ["region": "eu-west-1", "role": "arn:aws:iam::1:role/dns"], nil, nil),
        ("clouddns", ["project": "p"], account.text(), "serviceAccountSecretRef"), ("cloudDNS", ["project": "p"], nil, nil),
        (
            "azuredns", ["subscriptionID": "s", "resourceGroupName": "g", "clientID": "c", "tenantID": "t"], "t",
            "clientSecretSecretRef"
        ),
        (
            "azureDNS",
            ["subscriptionID": "s", "resourceGroupName": "g", "managedIdentity": ["clientID": "c"], "environment": "AzurePublicCloud"],
            nil, nil
        ),
        ("rfc2136", ["nameserver": "10.0.0.1:53", "tsigKeyName": "k", "tsigAlgorithm": "HMACSHA256"], "t", "tsigSecretSecretRef"),
        ("rfc2136", ["nameserver": "10.0.0.1"], nil, nil),
        ("acmedns", ["host": "https://dns.example.com"], account.text(), "accountSecretRef"),
        (
            "akamai",
            [
                "serviceConsumerDomain": "d", "clientTokenSecretRef": reference, "clientSecretSecretRef": reference,
                "accessTokenSecretRef": reference,
            ], nil, nil
        ),
        ("webhook", ["groupName": "acme.example.com", "solverName": "hetzner", "config": ["a": 1]], nil, nil),
        (
            "webhook", ["groupName": "g", "solverName": "s", "config": ["secretName": "opencrane-dns01-webhook", "zoneName": "x"]], "t", nil
        ),
    ]

    @Test func everyProviderIsWrittenAsCertManagerReadsIt() throws {
        for (name, configuration, token, member) in Self.accepted {
            let plan = try plan(name, configuration, token: token)
            let provider = try #require(DNSProvider(named: name))
            let solver = plan.issuer[at: ["spec", "acme", "solvers"]]?[0]
            let written = try #require(solver?["dns01"]?[provider.rawValue]?.objectValue)
            for (key, value) in configuration ?? [:] { #expect(written[key] == value) }
            #expect(solver?[at: ["selector", "dnsZones"]] == ["ai.example.com"])
            let secret = "opencrane-dns01-\(provider.rawValue.lowercased())"
            #expect(plan.secretName == (token == nil ? nil : secret))
            if let member { #expect(written[member] == ["name": .string(secret), "key": "api-token"]) }
            #expect((plan.secret != nil) == (token != nil))
            #expect(!plan.issuer.text().contains("private_key"))
        }
        #expect(Set(Self.accepted.compactMap { DNSProvider(named: $0.provider) }) == Set(DNSProvider.allCases))
    }

    @Test func whatIsMissingOrTooMuchIsNamed() {
        #expect(fields("gandi", [:], token: "t") == ["provider"])
        #expect(fields("cloudflare") == ["apiToken"])
        #expect(fields("cloudflare", ["apiKeySecretRef": Self.reference]) == ["solverConfig.email"])
        #expect(fields("cloudflare", ["apiTokenSecretRef": Self.reference], token: "t") == ["solverConfig.apiTokenSecretRef"])
        #expect(fields("cloudflare", ["zone": "x"], token: "t") == ["solverConfig.zone"])
        #expect(fields("cloudflare", nil, token: "a b") == ["apiToken"])
        #expect(fields("digitalocean", ["tokenSecretRef": "mine"]) == ["solverConfig.tokenSecretRef"])
        #expect(fields("digitalocean", ["tokenSecretRef": ["name": "m", "x": "y"]]) == ["solverConfig.tokenSecretRef"])
        #expect(fields("digitalocean", ["tokenSecretRef": ["name": "opencrane-dns01-x"]]) == ["solverConfig.tokenSecretRef"])
        #expect(fields("route53", nil, token: "t") == ["solverConfig.region"])
        #expect(fields("route53", ["region": "eu-west-1"], token: "t") == ["solverConfig.accessKeyID"])
        #expect(fields("route53", ["region": "eu-west-1", "accessKeyID": "AKIA"]) == ["solverConfig.accessKeyID"])
        #expect(fields("route53", ["region": 1]) == ["solverConfig.region"])
        #expect(fields("clouddns") == ["solverConfig.project"])
        #expect(fields("clouddns", ["project": "p"], token: "not json") == ["apiToken"])
        #expect(fields("azuredns", ["subscriptionID": "s", "resourceGroupName": .null], token: "t") == ["solverConfig.resourceGroupName"])
        #expect(
            fields("azuredns", ["subscriptionID": "s", "resourceGroupName": "g"], token: "t")
                == ["solverConfig.clientID", "solverConfig.tenantID"]
        )
        #expect(
            fields("azuredns", ["subscriptionID": "s", "resourceGroupName": "g", "environment": "Moon"]) == ["solverConfig.environment"]
        )
        #expect(fields("rfc2136", ["nameserver": "n"], token: "t") == ["solverConfig.tsigKeyName"])
        #expect(fields("acmedns", ["host": "h"]) == ["apiToken"])
        #expect(fields("akamai", ["serviceConsumerDomain": "d"], token: "t") == ["apiToken"])
        #expect(fields("webhook", ["groupName": "g"]) == ["solverConfig.solverName"])
        #expect(fields("webhook", ["groupName": "g", "solverName": "s", "config": [:]], token: "t") == ["solverConfig.config"])
    }

    @Test func zonesAreDomains() throws {
        #expect(try PlatformDNSPlan.zones(" AI.Example.com., corp.example ,corp.example") == ["ai.example.com", "corp.example"])
        let long = (0..<21).map { "a\($0).example" }.joined(separator: ",")
        for text in ["", ",", "example", "*.example.com", "a..b", "-a.example", "a.example/b", "exämple.com", long] {
            #expect(throws: OperationError.self) { try PlatformDNSPlan.zones(text) }
        }
    }

    /// An issuer as it would stand in Kubernetes.
    private func live(_ plan: PlatformDNSPlan, more: [JSON] = []) -> LiveIssuer {
        var json = plan.issuer
        json[at: ["spec", "acme", "solvers"]] = .array((json[at: ["spec", "acme", "solvers"]]?.arrayValue ?? []) + more)
        return LiveIssuer(json: json)
    }

    @Test func whatAnOrderDoesNotNameStays() throws {
        let http: JSON = ["http01": ["ingress": [:]]]
        let route: [String: JSON] = ["region": "eu-west-1", "accessKeyID": "AKIA"]
        let first = live(try plan("route53", route, token: "t"), more: [http])
        let again = try plan("route53", live: first)
        #expect(again.secret == nil && again.secretName == "opencrane-dns01-route53")
        #expect(again.issuer == first.json, "nothing was named, so nothing changes")
        // Another configuration that goes with the credential keeps it; one that does not lets it go.
        let moved = try plan("route53", ["region": "us-east-1", "accessKeyID": "AKIA"], live: first)
        #expect(moved.secretName == "opencrane-dns01-route53")
        let ambient = try plan("route53", ["region": "us-east-1"], live: first)
        #expect(ambient.secretName == nil && ambient.formerSecrets(PlatformDNSSettings()).contains("opencrane-dns01-route53"))
        // Another provider has neither.
        #expect(throws: OperationError.self) { try plan("cloudflare", live: first) }
        let other = try plan("cloudflare", token: "u", live: first)
        #expect(other.issuer[at: ["spec", "acme", "solvers"]]?.arrayValue?.count == 2)
        #expect(other.issuer[at: ["spec", "acme", "solvers"]]?[1] == http)
        #expect(!other.formerSecrets(PlatformDNSSettings()).contains("opencrane-dns01-cloudflare"))
        #expect(live(other).revision == 2 && live(again).revision == 1)
        // A credential of one's own makes way for one that is given.
        let own = live(try plan("digitalocean", ["tokenSecretRef": Self.reference]))
        #expect(try plan("digitalocean", token: "t", live: own).secretName == "opencrane-dns01-digitalocean")
    }

    @Test func issuersHaveCredentialsOfTheirOwn() throws {
        var settings = PlatformDNSSettings()
        settings.kind = .issuer
        settings.issuerNamespace = "crane"
        let plan = try plan("cloudflare", token: "t", issuer: "staging", settings: settings)
        #expect(plan.secretName == "opencrane-dns01-cloudflare-staging")
        #expect(plan.secret?[at: ["metadata", "namespace"]] == "crane" && plan.issuer[at: ["metadata", "namespace"]] == "crane")
        #expect(
            plan.issuer["kind"] == "Issuer" && plan.issuer[at: ["spec", "acme", "privateKeySecretRef", "name"]] == "staging-account-key"
        )
        #expect(plan.issuer[at: ["spec", "acme", "email"]] == "ops@example.com")
        #expect(throws: ConfigurationError.self) {
            try PlatformDNSSettings(EnvironmentReader(environment: ["PLATFORM_DNS_ISSUER_KIND": "issuer"]), namespace: "x")
        }
        let read = try PlatformDNSSettings(
            EnvironmentReader(environment: ["PLATFORM_DNS_ISSUER_KIND": "Issuer", "CERT_MANAGER_NAMESPACE": "certs"]),
            namespace: "x"
        )
        #expect(read.kind == .issuer && read.namespace == "x" && read.certManagerNamespace == "certs")
    }

    @Test func whatCertManagerSaidOfAnEarlierSpecificationDoesNotCount() {
        func issuance(_ generation: JSON, _ condition: JSON) -> Issuance {
            Issuance(["metadata": ["generation": generation], "status": ["conditions": [condition]]])
        }
        let ready: JSON = ["type": "Ready", "status": "True", "reason": "ACMEAccountRegistered", "observedGeneration": 2]
        #expect(issuance(2, ready).isReady)
        #expect(!issuance(3, ready).isReady && issuance(3, ready).reason == "Pending")
        let failing: JSON = [
            "type": "Ready", "status": "False", "reason": "ErrRegister", "message": .string(String(repeating: "x", count: 900)),
        ]
        #expect(!issuance(2, failing).isReady && issuance(2, failing).reason == "ErrRegister")
        #expect(issuance(2, failing).message?.count == 500)
        #expect(!Issuance(["metadata": ["generation": 1]]).isReady)
    }
}
