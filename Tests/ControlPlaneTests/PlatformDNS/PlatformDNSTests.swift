import CraneAPI
import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct PlatformDNSTests {
    private static let token = "cf-VERY-SECRET-0123456789"
    private static let order: JSON = [
        "provider": "cloudflare", "zone": "ai.corp.test", "email": "ops@corp.test", "apiToken": .string(token),
    ]

    private func order(_ change: (inout JSON) -> Void = { _ in }) -> JSON {
        var order = Self.order
        change(&order)
        return order
    }

    private func withCertManager(
        configure: @escaping @Sendable (inout ControlPlaneConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (Stage, CertManager) async throws -> Void
    ) async throws {
        try await withStage(configure: configure) { stage in try await body(stage, try await CertManager(stage)) }
    }

    @Test func anIssuerIsSetUpAndItsCredentialNeverShown() async throws {
        try await withCertManager { stage, manager in
            let none = try await stage.send(.GET, "/platform/dns")
            #expect(none.status == 200 && none.body["configured"] == false && none.body["reason"] == "NotConfigured")
            #expect(none.body["provider"] == .null && none.body["issuerName"] == "opencrane-issuer")
            let key = [("Idempotency-Key", "one")]
            let set = try await stage.send(.PUT, "/platform/dns", Self.order, headers: key)
            #expect(
                set.status == 200
                    && set.body == [
                        "status": "configured", "issuerName": "opencrane-issuer", "issuerKind": "ClusterIssuer", "issuerNamespace": .null,
                        "provider": "cloudflare", "zone": "ai.corp.test", "secretName": "opencrane-dns01-cloudflare",
                    ],
                "\(set.body.text())"
            )
            #expect(try await manager.credential("opencrane-dns01-cloudflare") == Self.token)
            let issuer = try #require(try await manager.issuer())
            #expect(
                issuer[at: ["spec", "acme"]] == [
                    "server": "https://acme-v02.api.letsencrypt.org/directory", "email": "ops@corp.test",
                    "privateKeySecretRef": ["name": "opencrane-issuer-account-key"],
                    "solvers": [
                        [
                            "selector": ["dnsZones": ["ai.corp.test"]],
                            "dns01": ["cloudflare": ["apiTokenSecretRef": ["name": "opencrane-dns01-cloudflare", "key": "api-token"]]],
                        ]
                    ],
                ]
            )
            #expect(issuer[at: ["metadata", "managedFields"]]?[0]?["manager"] == "opencrane-control-plane")
            // Once, however often it comes.
            #expect(try await stage.send(.PUT, "/platform/dns", Self.order, headers: key).body == set.body)
            #expect(
                try await stage.send(.PUT, "/platform/dns", order { $0["zone"] = "x.test" }, headers: key).code == "IDEMPOTENCY_KEY_REUSED"
            )
            #expect(try await stage.trail("PlatformDNS/opencrane-issuer") == ["PlatformDNSConfigured static-token"])
            // Neither answers nor rows hold the credential or a part of it.
            let shown = try await stage.send(.GET, "/platform/dns").body
            #expect(shown["provider"] == "cloudflare" && shown["zone"] == "ai.corp.test" && shown["email"] == "ops@corp.test")
            for text in [set.body.text(), shown.text()] { #expect(!text.contains("SECRET")) }
            for table in ["audit_entries", "outbox", "idempotency_keys"] {
                let rows = try await stage.rows("select t::text from \(unescaped: table) t")
                #expect(rows.allSatisfy { !$0.contains("SECRET") }, "\(table)")
            }
        }
    }

    @Test func readinessIsWhatCertManagerSays() async throws {
        try await withCertManager { stage, manager in
            let set = try await stage.send(.PUT, "/platform/dns", Self.order)
            let key = ObjectKey(name: "opencrane-issuer")
            #expect(try await stage.send(.GET, "/platform/dns").body["reason"] == "Pending")
            try await manager.say(CertManager.clusterIssuers, key, ready: false, reason: "ErrRegisterACMEAccount", message: "no account")
            let failing = try await stage.send(.GET, "/platform/dns").body
            #expect(failing["ready"] == false && failing["reason"] == "ErrRegisterACMEAccount" && failing["message"] == "no account")
            try await manager.say(CertManager.clusterIssuers, key, ready: true, reason: "ACMEAccountRegistered", message: "registered")
            let ready = try await stage.send(.GET, "/platform/dns")
            #expect(ready.body["ready"] == true && ready.body["configured"] == true)
            #expect(ready.headers.first(name: "ETag") != set.headers.first(name: "ETag"), "a read shows everything")
            // What was said of another specification does not count any more.
            #expect(try await stage.send(.PUT, "/platform/dns", order { $0["email"] = "dns@corp.test" }).status == 200)
            #expect(try await stage.send(.GET, "/platform/dns").body["reason"] == "Pending")
            // The certificates of two customers' domains.
            for (name, isReady) in [("acme", true), ("corp", false)] {
                try await stage.makeNamespace("opencrane-\(name)")
                let place = ObjectKey(namespace: "opencrane-\(name)", name: "opencrane-base-domain")
                _ = try await stage.client.resource(CertManagerV1.Certificate.self, namespace: place.namespace).create(
                    CertManagerV1.Certificate(
                        metadata: ObjectMeta(name: place.name, labels: CraneLabels.clusterTenantObject(name)),
                        spec: .init(
                            secretName: "s",
                            dnsNames: ["*.\(name).test"],
                            issuerRef: .init(name: "opencrane-issuer", kind: "ClusterIssuer")
                        )
                    )
                )
                try await manager.say(
                    CertManager.certificates,
                    place,
                    ready: isReady,
                    reason: isReady ? "Ready" : "DoesNotExist",
                    message: "so it is",
                    more: isReady ? ["notAfter": "2026-06-01T10:00:00Z"] : [:]
                )
            }
            let certificates = try await stage.send(.GET, "/platform/dns").body["certificates"]
            #expect(
                certificates?[0] == [
                    "clusterTenant": "acme", "namespace": "opencrane-acme", "name": "opencrane-base-domain", "domains": ["*.acme.test"],
                    "ready": true, "reason": "Ready", "message": "so it is", "expiresAt": "2026-06-01T10:00:00Z",
                ]
            )
            #expect(certificates?[1]?["ready"] == false && certificates?[1]?["reason"] == "DoesNotExist")
            #expect(try await stage.send(.GET, "/platform/dns?issuerName=other").body["certificates"] == [])
        }
    }

    @Test func theCredentialIsWrittenOnlyAfterTheSolverWasChecked() async throws {
        try await withCertManager { stage, manager in
            let bad: [(JSON, code: String, fields: [String])] = [
                (["provider": "cloudflare"], "VALIDATION_ERROR", ["email", "zone"]),
                (order { $0["zone"] = "*.corp.test" }, "VALIDATION_ERROR", ["zone"]),
                (order { $0["email"] = "nobody" }, "VALIDATION_ERROR", ["email"]),
                (order { $0["server"] = "http://acme.test" }, "VALIDATION_ERROR", ["server"]),
                (order { $0["issuerName"] = "Not/A/Name" }, "VALIDATION_ERROR", ["issuerName"]),
                (order { $0["solverConfig"] = "x" }, "VALIDATION_ERROR", ["solverConfig"]),
                (order { $0["provider"] = "gandi" }, "DNS_PROVIDER_MISCONFIGURED", ["provider"]),
                (order { $0["provider"] = "route53" }, "DNS_PROVIDER_MISCONFIGURED", ["solverConfig.region"]),
                (order { $0["solverConfig"] = ["apiTokn": "x"] }, "DNS_PROVIDER_MISCONFIGURED", ["solverConfig.apiTokn"]),
                // Only the API server knows this one.
                (
                    order {
                        $0["provider"] = "route53"
                        $0["solverConfig"] = ["region": "a-region-that-is-nowhere", "accessKeyID": "AKIA"]
                    }, "DNS_PROVIDER_MISCONFIGURED", ["spec.acme.solvers[0].dns01.route53.region"]
                ),
            ]
            for (body, code, fields) in bad {
                let answer = try await stage.send(.PUT, "/platform/dns", body)
                #expect(answer.status == 422 && answer.code == code && answer.fields == fields, "\(body.text()): \(answer.body.text())")
                #expect(!answer.body.text().contains("SECRET"))
            }
            #expect(try await manager.secrets().isEmpty)
            #expect(try await manager.issuer() == nil)
            #expect(try await stage.trail("PlatformDNS/opencrane-issuer").isEmpty)
        }
    }

    @Test func anotherProviderTakesOverAndWhatIsNotNamedStays() async throws {
        try await withCertManager { stage, manager in
            let first = try await stage.send(.PUT, "/platform/dns", order { $0["server"] = "https://acme.corp.test/directory" })
            let old = try #require(first.headers.first(name: "ETag"))
            // Somebody adds a way of their own, and a mark.
            let api = stage.client.dynamic(CertManager.clusterIssuers)
            let solvers = try await manager.issuer()?[at: ["spec", "acme", "solvers"]]?.arrayValue ?? []
            let http: JSON = ["http01": ["ingress": ["ingressClassName": "nginx"]]]
            _ = try await api.mergePatch(
                "opencrane-issuer",
                [
                    "metadata": ["annotations": ["theirs": "yes"]],
                    "spec": ["acme": ["solvers": .array(solvers + [http]), "preferredChain": "X"]],
                ]
            )
            // An order without a credential keeps it, and the server.
            let mail: JSON = ["provider": "CLOUDFLARE", "zone": "ai.corp.test, acme.test", "email": "dns@corp.test"]
            #expect(try await stage.send(.PUT, "/platform/dns", mail, headers: [("If-Match", old)]).code == "PRECONDITION_FAILED")
            let seen = try #require(try await stage.send(.GET, "/platform/dns").headers.first(name: "ETag"))
            let kept = try await stage.send(.PUT, "/platform/dns", mail, headers: [("If-Match", seen)])
            #expect(kept.status == 200 && kept.body["secretName"] == "opencrane-dns01-cloudflare", "\(kept.body.text())")
            #expect(kept.body["zone"] == "ai.corp.test,acme.test")
            #expect(try await manager.credential("opencrane-dns01-cloudflare") == Self.token)
            // Another provider: its credential comes, the former one goes.
            let route: JSON = [
                "provider": "route53", "zone": "ai.corp.test", "email": "dns@corp.test", "apiToken": "aws-secret",
                "solverConfig": ["region": "eu-west-1", "accessKeyID": "AKIA"],
            ]
            #expect(try await stage.send(.PUT, "/platform/dns", route).status == 200)
            #expect(try await manager.secrets() == ["opencrane-dns01-route53"])
            let issuer = try #require(try await manager.issuer())
            #expect(
                issuer[at: ["spec", "acme", "solvers"]] == [
                    [
                        "selector": ["dnsZones": ["ai.corp.test"]],
                        "dns01": [
                            "route53": [
                                "region": "eu-west-1", "accessKeyID": "AKIA",
                                "secretAccessKeySecretRef": ["name": "opencrane-dns01-route53", "key": "api-token"],
                            ]
                        ],
                    ], http,
                ]
            )
            #expect(issuer[at: ["spec", "acme", "server"]] == "https://acme.corp.test/directory")
            #expect(issuer[at: ["spec", "acme", "preferredChain"]] == "X" && issuer[at: ["metadata", "annotations", "theirs"]] == "yes")
            // A new credential alone is a change that whoever looked before is told of.
            let before = try #require(try await stage.send(.GET, "/platform/dns").headers.first(name: "ETag"))
            var newer = route
            newer["apiToken"] = "newer-secret"
            #expect(try await stage.send(.PUT, "/platform/dns", newer, headers: [("If-Match", before)]).status == 200)
            #expect(try await manager.credential("opencrane-dns01-route53") == "newer-secret")
            #expect(try await stage.send(.PUT, "/platform/dns", route, headers: [("If-Match", before)]).status == 412)
            #expect(try await manager.credential("opencrane-dns01-route53") == "newer-secret")
            #expect(try await stage.trail("PlatformDNS/opencrane-issuer").count == 4)
            let before4 = try await stage.rows(
                "select before->>'provider' from audit_entries where resource like 'PlatformDNS/%' order by id limit 1 offset 2"
            )
            #expect(before4 == ["cloudflare"])
        }
    }

    @Test func withoutCertManagerNothingIsWritten() async throws {
        try await withStage { stage in
            try await stage.makeNamespace(CertManager.namespace)
            let answer = try await stage.send(.PUT, "/platform/dns", Self.order)
            #expect(answer.status == 503 && answer.code == "CERT_MANAGER_NOT_INSTALLED", "\(answer.body.text())")
            let shown = try await stage.send(.GET, "/platform/dns")
            #expect(shown.status == 200 && shown.body["configured"] == false && shown.body["reason"] == "CertManagerNotInstalled")
            let secrets = stage.client.dynamic(CoreV1.Secret.resourceType, namespace: CertManager.namespace)
            #expect(try await secrets.list().items.isEmpty)
            // Once it is there, so is the issuer.
            _ = try await stage.client.dynamic(CoreV1.Namespace.resourceType).delete(CertManager.namespace)
            try await eventually("the namespace is gone") {
                try await stage.client.dynamic(CoreV1.Namespace.resourceType).getIfPresent(CertManager.namespace) == nil
            }
            let manager = try await CertManager(stage)
            #expect(try await stage.send(.PUT, "/platform/dns", Self.order).status == 200)
            #expect(try await manager.issuer() != nil)
        }
    }

    @Test func anAPIServerThatDoesNotAnswerLeavesNothingHalfDone() async throws {
        try await withCertManager { stage, manager in
            func fault(_ verb: String?, _ resource: String, _ status: Int, skipping: Int = 0, times: Int? = 1) -> FaultInjector.ID {
                stage.cluster.faults.add(
                    Fault(
                        match: RequestMatch(verb: verb, resource: resource, userAgent: "opencrane-control-plane"),
                        action: .status(status),
                        times: times,
                        skipping: skipping
                    )
                )
            }
            // Away altogether.
            let down = fault(nil, "clusterissuers", 503, times: nil)
            for answer in [try await stage.send(.PUT, "/platform/dns", Self.order), try await stage.send(.GET, "/platform/dns")] {
                #expect(answer.status == 503 && answer.code == "KUBERNETES_UNAVAILABLE" && answer.headers.contains(name: "Retry-After"))
            }
            stage.cluster.faults.remove(down)
            // The credential is refused, when it is tried and when it is written: no issuer.
            for skipping in [0, 1] {
                _ = fault("patch", "secrets", 403, skipping: skipping)
                #expect(try await stage.send(.PUT, "/platform/dns", Self.order).code == "UPSTREAM_ERROR")
                #expect(try await manager.secrets().isEmpty)
                #expect(try await manager.issuer() == nil)
            }
            // The issuer is refused after it was accepted a moment ago: the credential goes again.
            _ = fault("patch", "clusterissuers", 403, skipping: 1)
            #expect(try await stage.send(.PUT, "/platform/dns", Self.order).code == "UPSTREAM_ERROR")
            #expect(try await manager.secrets().isEmpty)
            #expect(try await stage.trail("PlatformDNS/opencrane-issuer").isEmpty)
            // Gone between the two: nobody claims that nothing happened, and the same order completes it.
            _ = fault("patch", "clusterissuers", 503, skipping: 1)
            let half = try await stage.send(.PUT, "/platform/dns", Self.order, headers: [("Idempotency-Key", "k")])
            #expect(half.status == 503 && half.code == "OUTCOME_UNKNOWN", "\(half.body.text())")
            #expect(try await stage.send(.PUT, "/platform/dns", Self.order, headers: [("Idempotency-Key", "k")]).status == 200)
            #expect(try await manager.issuer() != nil)
            let outcomes = try await stage.rows("select outcome from audit_entries where resource like 'PlatformDNS/%' order by id")
            #expect(outcomes == ["failed", "succeeded"])
            // A refused change leaves the credential that works.
            _ = fault("patch", "clusterissuers", 403, skipping: 1)
            #expect(try await stage.send(.PUT, "/platform/dns", order { $0["apiToken"] = "another" }).code == "UPSTREAM_ERROR")
            #expect(try await manager.credential("opencrane-dns01-cloudflare") == Self.token)
        }
    }

    @Test func whatOthersMadeIsLeftAlone() async throws {
        try await withCertManager { stage, manager in
            let api = stage.client.dynamic(CertManager.clusterIssuers)
            _ = try await api.create(
                DynamicObject([
                    "apiVersion": "cert-manager.io/v1", "kind": "ClusterIssuer", "metadata": ["name": "opencrane-issuer"],
                    "spec": [
                        "acme": [
                            "server": "https://acme.test", "email": "a@b.test", "privateKeySecretRef": ["name": "x"],
                            "solvers": [["dns01": ["cnameStrategy": "Follow", "digitalocean": ["tokenSecretRef": ["name": "theirs"]]]]],
                        ]
                    ],
                ])
            )
            let shown = try await stage.send(.GET, "/platform/dns").body
            #expect(shown["configured"] == true && shown["provider"] == "digitalocean" && shown["zone"] == .null)
            #expect(try await stage.send(.PUT, "/platform/dns", Self.order).code == "DNS_ISSUER_NOT_OURS")
            #expect(try await manager.secrets().isEmpty)
            #expect(try await stage.send(.PUT, "/platform/dns", order { $0["issuerName"] = "second" }).status == 200)
            #expect(try await manager.secrets() == ["opencrane-dns01-cloudflare-second"])
            // Handed over, it is changed, and what it had of others stays.
            _ = try await api.mergePatch(
                "opencrane-issuer",
                ["metadata": ["labels": ["app.kubernetes.io/managed-by": "opencrane-control-plane"]]]
            )
            let secrets = stage.client.dynamic(CoreV1.Secret.resourceType, namespace: CertManager.namespace)
            _ = try await secrets.create(
                DynamicObject(["apiVersion": "v1", "kind": "Secret", "metadata": ["name": "opencrane-dns01-cloudflare"]])
            )
            #expect(try await stage.send(.PUT, "/platform/dns", Self.order).code == "DNS_SECRET_NOT_OURS")
            #expect(try await manager.issuer()?[at: ["spec", "acme", "email"]] == "a@b.test")
            _ = try await secrets.delete("opencrane-dns01-cloudflare")
            #expect(try await stage.send(.PUT, "/platform/dns", Self.order).status == 200)
            #expect(try await stage.send(.GET, "/platform/dns").body["server"] == "https://acme.test")
            // The credential of the one is nothing to the other.
            #expect(try await manager.secrets() == ["opencrane-dns01-cloudflare", "opencrane-dns01-cloudflare-second"])
        }
    }

    @Test func anIssuerOfANamespaceHasItsCredentialThere() async throws {
        try await withCertManager(configure: { $0.platformDNS = .init(kind: .issuer, issuerNamespace: Stage.namespace) }) {
            stage,
            manager in
            let set = try await stage.send(.PUT, "/platform/dns", Self.order)
            #expect(set.status == 200 && set.body["issuerKind"] == "Issuer" && set.body["issuerNamespace"] == .string(Stage.namespace))
            #expect(try await stage.client.dynamic(CertManager.issuers, namespace: Stage.namespace).getIfPresent("opencrane-issuer") != nil)
            #expect(try await manager.credential("opencrane-dns01-cloudflare", in: Stage.namespace) == Self.token)
            #expect(try await manager.secrets().isEmpty)
            #expect(try await stage.send(.GET, "/platform/dns").body["issuerKind"] == "Issuer")
        }
    }

    @Test func onlyThePlatformsAdministratorsSeeAndChangeIt() async throws {
        try await withCertManager { stage, manager in
            let operations = PlatformDNSOperations(
                service: PlatformDNSService(client: stage.planeClient, settings: PlatformDNSSettings(), limit: .seconds(10)),
                writer: MutationWriter(pool: stage.pool, now: { .now })
            ).operations
            try await RoleTokens.serving(operations) { base in
                for token in [RoleTokens.viewer, RoleTokens.customer, RoleTokens.customersViewer, RoleTokens.owner] {
                    #expect(try await Stage.send(.GET, base + "/platform/dns", token: token).status == 403)
                    #expect(try await Stage.send(.PUT, base + "/platform/dns", Self.order.text(), token: token).status == 403)
                }
                #expect(try await Stage.send(.PUT, base + "/platform/dns", Self.order.text()).status == 401)
                #expect(try await manager.issuer() == nil)
                let set = try await Stage.send(.PUT, base + "/platform/dns", Self.order.text(), token: RoleTokens.administrator)
                #expect(set.status == 200)
            }
        }
    }
}

extension PlatformDNSSettings {
    /// Settings of a test.
    init(kind: Kind, issuerNamespace: String) {
        self.init()
        self.kind = kind
        self.issuerNamespace = issuerNamespace
    }
}
