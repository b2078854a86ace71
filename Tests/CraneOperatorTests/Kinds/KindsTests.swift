import JSONValue
import KubernetesModel
import Testing

@Suite("Typed built-in kinds")
struct KindsTests {
    @Test("Members named like Swift keywords keep their names on the wire, and what is absent is not written")
    func names() throws {
        let item = CoreV1.LimitRangeItem(type: "Container", default: ["cpu": Quantity(milli: 1500)])
        #expect(try JSON(encoding: item) == ["type": "Container", "default": ["cpu": "1500m"]])
        let toleration = CoreV1.Toleration(key: "a", operator: "Exists")
        #expect(try JSON(encoding: toleration) == ["key": "a", "operator": "Exists"])
        let port = NetworkingV1.NetworkPolicyPort(port: 53, protocol: "UDP")
        #expect(try JSON(encoding: port) == ["port": 53, "protocol": "UDP"])
        let rule = NetworkingV1.NetworkPolicyIngressRule(from: [.init(podSelector: LabelSelector())])
        #expect(try JSON(encoding: rule) == ["from": [["podSelector": [:]]]])
    }

    @Test("An object says its type, and the item of a list need not")
    func types() throws {
        let secret = CoreV1.Secret(metadata: ObjectMeta(name: "a", namespace: "b"), immutable: true)
        let json = try JSON(encoding: secret)
        #expect(json["apiVersion"] == "v1" && json["kind"] == "Secret" && json["immutable"] == true)
        let item: JSON = ["metadata": ["name": "a"], "spec": ["replicas": 2], "unknown": ["x": 1]]
        let deployment = try item.decode(AppsV1.Deployment.self)
        #expect(deployment.spec?.replicas == 2 && deployment.kind == nil)
    }

    @Test("Times of Leases and Events have six digits of a fraction, also when it is zero")
    func micro() throws {
        let lease = CoordinationV1.Lease(
            metadata: ObjectMeta(name: "l"),
            spec: .init(holderIdentity: "x", renewTime: MicroTimestamp(Timestamp(microseconds: 0)))
        )
        #expect(try JSON(encoding: lease)[at: ["spec", "renewTime"]] == "1970-01-01T00:00:00.000000Z")
        let read = try JSON(parsing: #"{"metadata":{"name":"l"},"spec":{"renewTime":"1970-01-01T00:00:01.5Z"}}"#)
        #expect(try read.decode(CoordinationV1.Lease.self).spec?.renewTime?.timestamp == Timestamp(microseconds: 1_500_000))
    }

    @Test(
        "Every kind knows its path",
        arguments: [
            (CoreV1.Pod.resourceType, "/api/v1/namespaces/x/pods"),
            (AppsV1.Deployment.resourceType, "/apis/apps/v1/namespaces/x/deployments"),
            (NetworkingV1.NetworkPolicy.resourceType, "/apis/networking.k8s.io/v1/namespaces/x/networkpolicies"),
            (CoreV1.Namespace.resourceType, "/api/v1/namespaces"),
            (CiliumV2.CiliumNetworkPolicy.resourceType, "/apis/cilium.io/v2/namespaces/x/ciliumnetworkpolicies"),
            (EventsV1.Event.resourceType, "/apis/events.k8s.io/v1/namespaces/x/events"),
        ]
    )
    func paths(_ type: ResourceType, _ path: String) { #expect(type.path(namespace: "x") == path) }
}
