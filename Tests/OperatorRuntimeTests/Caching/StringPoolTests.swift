import KubernetesModel
import Testing

@testable import OperatorRuntime

@Suite struct StringPoolTests {
    @Test func textsAreTheSameWhateverFallsTogether() {
        var pool = StringPool(size: 4)
        for round in 0..<3 {
            for number in 0..<100 {
                let text = "app.kubernetes.io/part-number-\(number)"
                #expect(pool.shared(text) == text, "round \(round)")
            }
        }
        #expect(pool.shared("") == "")
        #expect(pool.shared(String(repeating: "x", count: 5000)).utf8.count == 5000)
    }

    @Test func metadataStaysAsItIs() {
        var metadata = ObjectMeta(
            name: "a",
            namespace: "a-namespace-with-a-long-name",
            labels: ["app.kubernetes.io/managed-by": "opencrane-operator", "a": "b"],
            annotations: ["opencrane.io/a-longer-annotation": String(repeating: "v", count: 300)],
            finalizers: ["opencrane.io/cleanup-of-tenants"]
        )
        metadata.uid = "0b6a1c2e-0000-4f3a-9d6e-000000000000"
        metadata.ownerReferences = [
            OwnerReference(apiVersion: "opencrane.io/v1alpha1", kind: "Tenant", name: "owner", uid: "1b6a1c2e-0000-4f3a-9d6e-000000000000")
        ]
        var object = CoreV1.ConfigMap(metadata: metadata, data: ["k": "v"])
        var pool = StringPool(size: 2)
        pool.share(&object)
        #expect(object.metadata == metadata)
        #expect(object.data == ["k": "v"])
    }
}
