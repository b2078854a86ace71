import CraneAPI
import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("Whose children count")
struct ChildOwnerTests {
    private let owner = ChildOwner(
        Samples.tenant {
            $0.spec.clusterTenantRef = "corp"
            $0.status = .init()
            $0.status?.targetNamespace = "opencrane-old"
        }
    )

    @Test(
        "Children are in the tenant's places, or in a customer's namespace, and nowhere else",
        arguments: [
            ("team-a", true), ("opencrane-corp", true), ("opencrane-old", true), ("opencrane-bound", true), ("evil", false),
        ]
    )
    func places(_ namespace: String, _ expected: Bool) {
        #expect(owner.mayHaveChildren(in: namespace) { $0 == "opencrane-bound" } == expected)
    }

    @Test("Pods are those of the Deployment")
    func pods() {
        func pod(_ owner: OwnerReference?) -> CoreV1.Pod {
            var pod = Samples.pod()
            pod.metadata.ownerReferences = owner.map { [$0] } ?? []
            return pod
        }
        func reference(_ kind: String, _ name: String) -> OwnerReference {
            OwnerReference(apiVersion: "apps/v1", kind: kind, name: name, uid: "u", controller: true)
        }
        #expect(owner.isPodOfDeployment(pod(reference("ReplicaSet", "openclaw-mia-5d4f"))))
        #expect(!owner.isPodOfDeployment(pod(nil)))
        #expect(!owner.isPodOfDeployment(pod(reference("Job", "openclaw-mia-5d4f"))))
        #expect(!owner.isPodOfDeployment(pod(reference("ReplicaSet", "other-5d4f"))))
    }
}
