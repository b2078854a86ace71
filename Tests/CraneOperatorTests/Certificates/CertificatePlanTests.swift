import CraneAPI
import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("Certificates of customers' domains, planned")
struct CertificatePlanTests {
    private static var configuration: OperatorConfiguration {
        var configuration = Samples.configuration
        configuration.ingress.tlsSecretName = "opencrane-wildcard-tls"
        configuration.ingress.clusterIssuer = "per-host"
        configuration.ingress.wildcardIssuer = "opencrane-issuer"
        return configuration
    }

    @Test("A customer with a domain has a wildcard certificate in its namespace, found again by its labels")
    func plan() throws {
        let customer = Samples.clusterTenant { $0.spec.baseDomain = "ai.corp.test" }
        let certificate = try #require(CertificatePlan(customer, issuer: "opencrane-issuer").certificate)
        #expect(certificate.key == ObjectKey(namespace: "opencrane-corp", name: "opencrane-base-domain"))
        #expect(certificate.spec?.dnsNames == ["*.ai.corp.test", "ai.corp.test"])
        #expect(certificate.spec?.issuerRef == .init(name: "opencrane-issuer", kind: "ClusterIssuer", group: "cert-manager.io"))
        #expect(OperatorInformers.clusterTenantKey(of: certificate) == ObjectKey(name: "corp"))
        #expect(certificate.spec?.secretTemplate?.labels == certificate.metadata.labels)
        #expect(CertificatePlan(Samples.clusterTenant(), issuer: "x").certificate == nil)
    }

    @Test("Tenants of a customer with a domain use its certificate; all others have what they had")
    func ingress() {
        func ingress(_ placement: TenantPlacement, _ configuration: OperatorConfiguration) -> NetworkingV1.Ingress {
            Samples.plan {
                $0.placement = placement
                $0.configuration = configuration
            }.children.ingress
        }
        let there = TenantPlacement(namespace: "opencrane-corp", clusterTenant: "corp", baseDomain: "ai.corp.test")
        let shared = ingress(there, Self.configuration)
        #expect(shared.spec?.tls == [.init(hosts: ["mia.ai.corp.test"], secretName: "opencrane-base-domain-tls")])
        #expect(shared.metadata.annotations["cert-manager.io/cluster-issuer"] == nil)
        for placement in [
            TenantPlacement(namespace: "opencrane-corp", clusterTenant: "corp"), TenantPlacement(namespace: "team-a"),
        ] {
            let own = ingress(placement, Self.configuration)
            #expect(own.spec?.tls?.first?.secretName == "openclaw-mia-tls")
            #expect(own.metadata.annotations["cert-manager.io/cluster-issuer"] == "per-host")
        }
        var without = Self.configuration
        without.ingress.wildcardIssuer = nil
        #expect(ingress(there, without).spec?.tls?.first?.secretName == "openclaw-mia-tls")
        without = Self.configuration
        without.ingress.tlsSecretName = nil
        #expect(ingress(there, without).spec?.tls == nil && without.ingress.customerIssuer == nil)
    }

    @Test("What cert-manager says becomes the condition, and what it said of other names does not")
    func finding() {
        func finding(_ conditions: [CertManagerV1.IssuanceCondition], generation: Int64 = 2) -> CertificateFinding {
            var certificate = CertManagerV1.Certificate(
                metadata: ObjectMeta(name: "c", namespace: "n"),
                status: .init(conditions: conditions)
            )
            certificate.metadata.generation = generation
            return CertificateFinding(certificate)
        }
        let ready = CertManagerV1.IssuanceCondition(type: "Ready", status: "True", reason: "Ready", observedGeneration: 2)
        let missing = CertManagerV1.IssuanceCondition(type: "Ready", status: "False", reason: "DoesNotExist", message: "no Secret")
        let issuing = CertManagerV1.IssuanceCondition(type: "Issuing", status: "True", reason: "DoesNotExist")
        let failed = CertManagerV1.IssuanceCondition(type: "Issuing", status: "False", reason: "Failed", message: "order is invalid")
        #expect(finding([]) == .issuing)
        #expect(finding([ready]) == .issued)
        #expect(finding([ready], generation: 3) == .issuing)
        #expect(finding([missing, issuing]) == .issuing)
        #expect(finding([missing]) == .failed(reason: "DoesNotExist", message: "no Secret"))
        #expect(finding([missing, failed]) == .failed(reason: "IssuanceFailed", message: "order is invalid"))
        #expect(finding([.init(type: "Ready", status: "False", reason: "no word")]).condition(domain: "x").reason == "CertificateNotReady")
        #expect(CertificateFinding.notInstalled.condition(domain: "x.test").0 == .false)
        #expect(CertificateFinding.notRequired.condition(domain: "").0 == .true)
    }

    @Test("The condition is there only when certificates are asked for, and never keeps a customer from being ready")
    func status() {
        var plan = ClusterTenantStatusPlan(clusterTenant: Samples.clusterTenant { $0.spec.baseDomain = "ai.corp.test" }, tenants: 0)
        plan.namespace = CoreV1.Namespace(metadata: ObjectMeta(name: "opencrane-corp"))
        plan.hasDefaultDeny = true
        #expect(plan.status(now: Samples.now).conditions?.condition(ConditionType.certificateReady) == nil)
        plan.asksForCertificates = true
        plan.certificate = .notInstalled
        let status = plan.status(now: Samples.now)
        #expect(status.phase == .ready)
        #expect(status.conditions?.condition(ConditionType.certificateReady)?.reason == "CertManagerNotInstalled")
        plan.clusterTenant.status = status
        plan.asksForCertificates = false
        #expect(plan.status(now: Samples.now).conditions?.condition(ConditionType.certificateReady) == nil)
    }

    @Test("Certificates of customers need TLS and an issuer")
    func environment() throws {
        var environment = [
            "TENANT_DEFAULT_IMAGE": "r/i:1", "INGRESS_DOMAIN": "x.test", "INGRESS_TLS_WILDCARD_ISSUER": "opencrane-issuer",
        ]
        #expect(try OperatorConfiguration(environment: environment).ingress.customerIssuer == nil)
        environment["INGRESS_TLS_ENABLED"] = "true"
        #expect(try OperatorConfiguration(environment: environment).ingress.customerIssuer == "opencrane-issuer")
    }
}
