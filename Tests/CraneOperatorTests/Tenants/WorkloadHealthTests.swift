import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("Readiness of a workload")
struct WorkloadHealthTests {
    private func judge(
        _ deployment: AppsV1.Deployment? = Samples.readyDeployment(),
        pods: [CoreV1.Pod] = [],
        suspended: Bool = false
    ) -> WorkloadHealth {
        WorkloadHealth.judge(deployment: deployment, pods: pods, isSuspended: suspended)
    }

    @Test("Ready when the Deployment says so of its present generation")
    func ready() {
        #expect(judge().status == .true)
        #expect(judge(nil).reason == .workloadNotReady)
        var stale = Samples.readyDeployment(generation: 2)
        stale.status?.observedGeneration = 1
        #expect(judge(stale).status == .false)
        var fresh = Samples.readyDeployment()
        fresh.status = nil
        #expect(judge(fresh).reason == .workloadNotReady)
    }

    @Test("Not ready while a pod of the former template is left, or none is available")
    func rolling() {
        var old = Samples.readyDeployment()
        old.status?.replicas = 2
        #expect(judge(old).status == .false)
        var starting = Samples.readyDeployment()
        starting.status?.availableReplicas = nil
        #expect(judge(starting).status == .false)
    }

    @Test(
        "Reasons between which the kubelet alternates are one",
        arguments: [
            ("ErrImagePull", TenantReason.imagePullBackOff), ("ImagePullBackOff", .imagePullBackOff),
            ("InvalidImageName", .imagePullBackOff),
            ("CrashLoopBackOff", .crashLoopBackOff), ("CreateContainerConfigError", .containerConfigError),
        ]
    )
    func waiting(_ reason: String, _ expected: TenantReason) {
        var deployment = Samples.readyDeployment()
        deployment.status?.availableReplicas = nil
        #expect(judge(deployment, pods: [Samples.pod(ready: false, waiting: reason)]).reason == expected)
    }

    @Test("A container that has restarted and runs again, but is not ready, still counts as crashing")
    func restarting() {
        #expect(judge(pods: [Samples.pod(ready: false, restarts: 4)]).reason == .crashLoopBackOff)
        #expect(judge(pods: [Samples.pod(ready: true, restarts: 4)]).status == .true)
    }

    @Test("A roll-out past its deadline is stuck")
    func deadline() {
        var deployment = Samples.readyDeployment()
        deployment.status = .init(
            observedGeneration: 1,
            conditions: [.init(type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded")]
        )
        #expect(
            judge(deployment) == WorkloadHealth(.false, .progressDeadlineExceeded, "The pod did not become ready in time", isStalled: true)
        )
    }

    @Test("Suspended only once the pod is gone")
    func suspension() {
        var deployment = Samples.readyDeployment()
        #expect(judge(deployment, suspended: true).reason == .suspending)
        deployment.spec?.replicas = 0
        deployment.status?.replicas = nil
        #expect(judge(deployment, pods: [Samples.pod()], suspended: true).reason == .suspending)
        #expect(judge(deployment, suspended: true).reason == .suspended)
        #expect(judge(nil, suspended: true).reason == .suspended)
    }
}
