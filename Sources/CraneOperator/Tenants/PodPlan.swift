import CraneAPI
import KubernetesModel

/// The Deployment of a tenant: one pod at most at any time, because its volume is written by one.
struct PodPlan {
    let plan: TenantPlan
    let configChecksum: String

    private var tenant: Tenant { plan.tenant }
    private var configuration: OperatorConfiguration { plan.configuration }

    var deployment: AppsV1.Deployment {
        AppsV1.Deployment(
            metadata: plan.metadata(plan.names.deployment),
            spec: .init(
                replicas: tenant.spec.isSuspended ? 0 : 1,
                selector: LabelSelector(matchLabels: [CraneLabels.tenant: tenant.metadata.name]),
                template: .init(metadata: templateMetadata, spec: pod),
                strategy: .init(type: "Recreate"),
                revisionHistoryLimit: 3
            )
        )
    }

    private var templateMetadata: ObjectMeta {
        var labels = inheritedLabels
        labels.merge(plan.labels) { _, own in own }
        if let team = tenant.spec.team { labels[CraneLabels.team] = CraneLabels.labelValue(team) }
        if let policy = plan.resolution.policy { labels[CraneLabels.policy] = CraneLabels.labelValue(policy.metadata.name) }
        var annotations = [CraneAnnotations.configChecksum: configChecksum]
        annotations[CraneAnnotations.restartedAt] = tenant.metadata.annotations[CraneAnnotations.restartedAt]
        annotations[CraneAnnotations.modelKeyChecksum] = tenant.metadata.annotations[CraneAnnotations.modelKeyChecksum]
        return ObjectMeta(labels: labels, annotations: annotations)
    }

    /// Labels of the Tenant that its pods carry as well, so that selectors written for the one also hold for the other. Labels under the
    /// domains of Kubernetes and of tools are left out: they name the object, not the tenant, and change without meaning a restart.
    private var inheritedLabels: [String: String] {
        tenant.metadata.labels.filter { label, _ in
            let domain = label.split(separator: "/").count == 2 ? label.split(separator: "/")[0] : ""
            return !["kubernetes.io", "k8s.io", "opencrane.io", "helm.sh", "argoproj.io", "fluxcd.io"].contains {
                domain == $0 || domain.hasSuffix("." + $0)
            }
        }
    }

    private var pod: CoreV1.PodSpec {
        CoreV1.PodSpec(
            serviceAccountName: plan.names.serviceAccount,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: .init(
                runAsNonRoot: true,
                runAsUser: 1000,
                runAsGroup: 1000,
                fsGroup: 1000,
                fsGroupChangePolicy: "OnRootMismatch",
                seccompProfile: .init(type: "RuntimeDefault")
            ),
            containers: [container],
            volumes: volumes,
            nodeSelector: plan.placement.nodePool.map { [CraneLabels.nodePool: $0] },
            tolerations: plan.placement.nodePool.map {
                [.init(key: CraneLabels.dedicated, operator: "Equal", value: $0, effect: "NoSchedule")]
            },
            hostNetwork: false,
            hostPID: false,
            hostIPC: false
        )
    }

    private var container: CoreV1.Container {
        CoreV1.Container(
            name: "openclaw",
            image: tenant.spec.openclawImage ?? configuration.defaultImage,
            ports: [.init(name: "gateway", containerPort: configuration.gatewayPort, protocol: "TCP")],
            env: PodEnvironment(plan: plan).variables,
            envFrom: environmentSources,
            resources: resources,
            volumeMounts: mounts,
            // Ten minutes for the first start, which may install the runtime; then quick checks.
            startupProbe: probe(period: 5, failures: 120),
            readinessProbe: probe(period: 10, failures: 3),
            livenessProbe: probe(period: 30, failures: 3),
            securityContext: .init(
                allowPrivilegeEscalation: false,
                privileged: false,
                readOnlyRootFilesystem: true,
                runAsNonRoot: true,
                capabilities: .init(drop: ["ALL"])
            ),
            terminationMessagePolicy: "FallbackToLogsOnError"
        )
    }

    private func probe(period: Int, failures: Int) -> CoreV1.Probe {
        CoreV1.Probe(
            httpGet: .init(path: "/healthz", port: "gateway"),
            periodSeconds: period,
            timeoutSeconds: 5,
            failureThreshold: failures
        )
    }

    private var environmentSources: [CoreV1.EnvFromSource] {
        let channels = (tenant.spec.channels ?? []).compactMap(\.credentialsSecretName)
        return [.init(secretRef: .init(name: configuration.organizationSecret, optional: true))]
            + channels.map { .init(secretRef: .init(name: $0)) }
    }

    /// Limits never lie below what the tenant asks for.
    private var resources: CoreV1.ResourceRequirements {
        let settings = configuration.resources
        let cpu = Self.quantity(tenant.spec.resources?.cpu) ?? settings.cpuRequest
        let memory = Self.quantity(tenant.spec.resources?.memory) ?? settings.memoryRequest
        return .init(
            requests: ["cpu": cpu, "memory": memory],
            limits: ["cpu": max(cpu, settings.cpuLimit), "memory": max(memory, settings.memoryLimit)]
        )
    }

    private static func quantity(_ text: String?) -> Quantity? { text.flatMap { try? Quantity(parsing: $0) } }

    private var mounts: [CoreV1.VolumeMount] {
        [
            .init(name: "tenant-storage", mountPath: "/data/openclaw"),
            .init(name: "config", mountPath: "/config", readOnly: true),
            .init(name: "pod-secrets", mountPath: "/data/secrets"),
            .init(name: "encryption-key", mountPath: "/etc/openclaw/encryption-key", readOnly: true),
            .init(name: "projected-identity", mountPath: PodEnvironment.tokenDirectory, readOnly: true),
            .init(name: "tmp", mountPath: "/tmp"),
        ]
    }

    private var volumes: [CoreV1.Volume] {
        [
            .init(name: "tenant-storage", persistentVolumeClaim: .init(claimName: plan.names.stateClaim)),
            .init(name: "config", configMap: .init(name: plan.names.configMap)),
            .init(name: "pod-secrets", emptyDir: .init(medium: "Memory", sizeLimit: Quantity(10 << 20, format: .binary))),
            .init(name: "encryption-key", secret: .init(secretName: plan.names.encryptionKeySecret, defaultMode: 0o440)),
            .init(
                name: "projected-identity",
                projected: .init(
                    sources: PodEnvironment.audiences.map {
                        .init(
                            serviceAccountToken: .init(
                                audience: $0,
                                expirationSeconds: configuration.planes.tokenLifetime,
                                path: "\($0).token"
                            )
                        )
                    }
                )
            ),
            .init(name: "tmp", emptyDir: .init(sizeLimit: Quantity(1 << 30, format: .binary))),
        ]
    }
}
