import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Testing

@testable import CraneOperator

@Suite("Certificates of customers' domains on an API server", .serialized, .timeLimit(.minutes(15)))
struct CertificateTests {
    private static var configuration: OperatorConfiguration {
        var configuration = Stage.configuration
        configuration.ingress.tlsSecretName = "opencrane-wildcard-tls"
        configuration.ingress.wildcardIssuer = "opencrane-issuer"
        return configuration
    }

    @Test("Two customers have certificates for their domains, and their tenants use them")
    func twoDomains() async throws {
        try await Stage.set { stage in
            try await stage.serveCertManager()
            try await stage.operating(Self.configuration) {
                for (name, domain) in [("acme", "acme.test"), ("corp", "ai.corp.test")] {
                    try await stage.createClusterTenant(name) { $0.baseDomain = domain }
                    try await stage.awaitClusterTenant(name)
                    try await stage.awaitCertificate(name, .false, "Progressing")
                    let certificate = try await stage.certificates(name).get("opencrane-base-domain")
                    #expect(certificate.spec?.dnsNames == ["*.\(domain)", domain])
                    #expect(certificate.spec?.secretName == "opencrane-base-domain-tls")
                }
                try await stage.say("acme", ready: true, reason: "Ready", message: "up to date")
                try await stage.say("corp", ready: false, reason: "DoesNotExist", message: "no challenge for the zone")
                try await stage.awaitCertificate("acme", .true, "Issued")
                let failing = try await stage.awaitCertificate("corp", .false, "DoesNotExist")
                #expect(failing.message == "no challenge for the zone")
                // A customer without a certificate is ready all the same, and so are its tenants.
                try await stage.createTenant { $0.clusterTenantRef = "corp" }
                try await stage.awaitTenant()
                let ingress = try await stage.client.resource(NetworkingV1.Ingress.self, namespace: "opencrane-corp").get("openclaw-mia")
                #expect(ingress.spec?.tls == [.init(hosts: ["mia.ai.corp.test"], secretName: "opencrane-base-domain-tls")])
                #expect(try await stage.clusterTenants.get("corp").status?.phase == .ready)
                try await stage.settle()
                let writes = stage.operatorWrites
                try await stage.say("acme", ready: true, reason: "Ready", message: "up to date")
                try await stage.settle()
                #expect(stage.operatorWrites == writes, "nothing new was said")
            }
        }
    }

    @Test("Another domain is asked for anew; without one Certificate and Secret go; they go with the customer")
    func changes() async throws {
        try await Stage.set(simulated: false) { stage in
            try await stage.serveCertManager()
            try await stage.operating(Self.configuration) {
                try await stage.createClusterTenant { $0.baseDomain = "old.test" }
                try await stage.awaitCertificate("corp", .false, "Progressing")
                try await stage.say("corp", ready: true, reason: "Ready", message: "up to date")
                try await stage.awaitCertificate("corp", .true, "Issued")
                try await stage.issueSecret("corp")
                _ = try await stage.clusterTenants.mergePatch("corp", ["spec": ["baseDomain": "new.test"]])
                try await stage.awaitCertificate("corp", .false, "Progressing")
                #expect(try await stage.certificates("corp").get("opencrane-base-domain").spec?.dnsNames == ["*.new.test", "new.test"])
                // Somebody who takes the Certificate away, or changes it, achieves nothing.
                _ = try await stage.certificates("corp").delete("opencrane-base-domain")
                try await eventually("it is there again", within: .seconds(60)) {
                    try await stage.certificates("corp").getIfPresent("opencrane-base-domain") != nil
                }
                _ = try await stage.certificates("corp").mergePatch("opencrane-base-domain", ["spec": ["dnsNames": ["evil.test"]]])
                try await eventually("its names are right again", within: .seconds(60)) {
                    try await stage.certificates("corp").get("opencrane-base-domain").spec?.dnsNames == ["*.new.test", "new.test"]
                }
                _ = try await stage.clusterTenants.mergePatch("corp", ["spec": ["baseDomain": .null]])
                try await stage.awaitCertificate("corp", .true, "NotRequired")
                try await eventually("Certificate and Secret are gone", within: .seconds(60)) {
                    let secrets = stage.client.resource(CoreV1.Secret.self, namespace: "opencrane-corp")
                    let (certificate, secret) = (
                        try await stage.certificates("corp").getIfPresent("opencrane-base-domain"),
                        try await secrets.getIfPresent("opencrane-base-domain-tls")
                    )
                    return certificate == nil && secret == nil
                }
                _ = try await stage.clusterTenants.mergePatch("corp", ["spec": ["baseDomain": "again.test"]])
                try await stage.awaitCertificate("corp", .false, "Progressing")
                _ = try await stage.clusterTenants.delete("corp")
                try await eventually("the customer is gone", within: .seconds(60)) {
                    try await stage.clusterTenants.getIfPresent("corp") == nil
                }
                #expect(try await stage.certificates("corp").getIfPresent("opencrane-base-domain") == nil)
            }
            // Every request of that life is covered by the declared rights.
            for record in stage.server.requests.latest
            where record.userAgent.contains(Stage.operatorAgent) && record.resource == "certificates" {
                #expect(OperatorRBAC.allows(verb: record.verb, group: record.group, resource: record.resource), "\(record)")
            }
        }
    }

    @Test("Without cert-manager the customer says so, at rest nothing is written, and refusals are tried again later")
    func notInstalled() async throws {
        try await Stage.set(simulated: false) { stage in
            try await stage.operating(Self.configuration) {
                try await stage.createClusterTenant { $0.baseDomain = "ai.corp.test" }
                try await stage.awaitClusterTenant()
                let condition = try await stage.awaitCertificate("corp", .false, "CertManagerNotInstalled")
                #expect(condition.message.contains("*.ai.corp.test"))
                try await stage.settle()
                let writes = stage.operatorWrites
                try await stage.settle()
                #expect(stage.operatorWrites == writes)
            }
            try await stage.serveCertManager()
            // cert-manager's webhook is down.
            let webhook = stage.server.faults.add(
                Fault(match: RequestMatch(verb: "patch", resource: "certificates"), action: .status(403), times: nil)
            )
            try await stage.operating(Self.configuration) {
                try await stage.awaitCertificate("corp", .false, "ApplyFailed")
                #expect(try await stage.clusterTenants.get("corp").status?.phase == .ready)
            }
            stage.server.faults.remove(webhook)
            try await stage.operating(Self.configuration) { _ = try await stage.awaitCertificate("corp", .false, "Progressing") }
            // Whoever asks for no certificates has no condition either.
            try await stage.operating {
                try await eventually("the condition is gone", within: .seconds(60)) {
                    try await stage.clusterTenants.get("corp").status?.conditions?.condition(ConditionType.certificateReady) == nil
                }
            }
        }
    }
}

extension Stage {
    /// Has the API server serve cert-manager's Certificate.
    func serveCertManager() async throws {
        let free: JSON = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
        let definition: JSON = [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": "certificates.cert-manager.io"],
            "spec": [
                "group": "cert-manager.io", "scope": "Namespaced",
                "names": ["plural": "certificates", "singular": "certificate", "kind": "Certificate"],
                "versions": [
                    [
                        "name": "v1", "served": true, "storage": true, "subresources": ["status": [:]],
                        "schema": ["openAPIV3Schema": ["type": "object", "properties": ["spec": free, "status": free]]],
                    ]
                ],
            ],
        ]
        let definitions = ResourceType(
            group: "apiextensions.k8s.io",
            version: "v1",
            kind: "CustomResourceDefinition",
            plural: "customresourcedefinitions",
            isNamespaced: false
        )
        _ = try await client.dynamic(definitions).create(DynamicObject(definition))
        try await eventually("Certificate is served") {
            try await client.discovery.serves(CertManagerV1.Certificate.resourceType, refresh: true)
        }
    }

    /// The Certificates of a customer.
    func certificates(_ customer: String) -> ResourceAPI<CertManagerV1.Certificate> {
        client.resource(CertManagerV1.Certificate.self, namespace: "opencrane-\(customer)")
    }

    /// Says how it is with a customer's Certificate, as cert-manager does.
    func say(_ customer: String, ready: Bool, reason: String, message: String) async throws {
        let api = certificates(customer)
        let generation = try await api.get("opencrane-base-domain").metadata.generation ?? 1
        let condition: JSON = [
            "type": "Ready", "status": .string(ready ? "True" : "False"), "reason": .string(reason), "message": .string(message),
            "observedGeneration": .integer(generation), "lastTransitionTime": "2026-03-01T10:00:00Z",
        ]
        _ = try await api.mergePatch("opencrane-base-domain", ["status": ["conditions": [condition]]], subresource: "status")
    }

    /// Makes the Secret of a customer's Certificate, as cert-manager does.
    func issueSecret(_ customer: String) async throws {
        let template = try await certificates(customer).get("opencrane-base-domain").spec?.secretTemplate
        let secret = CoreV1.Secret(metadata: ObjectMeta(name: "opencrane-base-domain-tls", labels: template?.labels ?? [:]))
        _ = try await client.resource(CoreV1.Secret.self, namespace: "opencrane-\(customer)").create(secret)
    }

    /// Waits until a customer says of its certificate what it should.
    @discardableResult
    func awaitCertificate(_ customer: String, _ status: ConditionStatus, _ reason: String) async throws -> Condition {
        var last: Condition?
        do {
            try await eventually("the certificate of \(customer) is \(status.rawValue) \(reason)", within: .seconds(60)) {
                let live = try await clusterTenants.get(customer)
                last = live.status?.conditions?.condition(ConditionType.certificateReady)
                return last?.status == status && last?.reason == reason && last?.observedGeneration == live.metadata.generation
            }
        } catch let error as NeverHappened {
            throw NeverHappened(what: "\(error.what); it is \(last.map { "\($0)" } ?? "not there")")
        }
        guard let last else { throw NeverHappened(what: "a condition") }
        return last
    }
}
