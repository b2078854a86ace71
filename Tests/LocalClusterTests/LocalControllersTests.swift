import Foundation
import JSONValue
import LocalCluster
import Testing

/// The controllers that the server runs itself.
@Suite struct LocalControllersTests {
    private static let core = "/api/v1/namespaces/default"

    @Test func aClaimGoesWhenNoPodUsesIt() async throws {
        try await withServer { _, client in
            let claim: JSON = [
                "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": ["name": "c"],
                "spec": ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "1Gi"]]],
            ]
            expect(201, try await client.post(Self.core + "/persistentvolumeclaims", claim))
            let pod: JSON = [
                "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"],
                "spec": [
                    "containers": [["name": "c", "image": "i"]],
                    "volumes": [["name": "v", "persistentVolumeClaim": ["claimName": "c"]]],
                ],
            ]
            expect(201, try await client.post(Self.core + "/pods", pod))
            let marked = try await client.delete(Self.core + "/persistentvolumeclaims/c")
            #expect(marked.json["metadata"]?["finalizers"] == ["kubernetes.io/pvc-protection"])
            // A second claim that nobody uses shows that the controller has been there.
            var other = claim
            other[at: ["metadata", "name"]] = "d"
            expect(201, try await client.post(Self.core + "/persistentvolumeclaims", other))
            expect(200, try await client.delete(Self.core + "/persistentvolumeclaims/d"))
            let isGone = try await eventually { try await client.get(Self.core + "/persistentvolumeclaims/d").status == 404 }
            #expect(isGone)
            expect(200, try await client.get(Self.core + "/persistentvolumeclaims/c"))
            expect(200, try await client.delete(Self.core + "/pods/p"))
            let isFree = try await eventually { try await client.get(Self.core + "/persistentvolumeclaims/c").status == 404 }
            #expect(isFree)
        }
    }

    @Test func aSecretForAnAccountGetsATokenAndGoesWithTheAccount() async throws {
        try await withServer { server, client in
            var secret: JSON = [
                "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "t"], "type": "kubernetes.io/service-account-token",
            ]
            expect(422, try await client.post(Self.core + "/secrets", secret))
            let account: JSON = ["apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": "a"]]
            expect(201, try await client.post(Self.core + "/serviceaccounts", account))
            secret[at: ["metadata", "annotations"]] = ["kubernetes.io/service-account.name": "a"]
            expect(201, try await client.post(Self.core + "/secrets", secret))
            let isFilled = try await eventually {
                try await client.get(Self.core + "/secrets/t").json["data"]?["token"] != nil
            }
            #expect(isFilled)
            let data = try await client.get(Self.core + "/secrets/t").json["data"]
            #expect(data?["ca.crt"] != nil && data?["namespace"] == "ZGVmYXVsdA==")
            let token = Data(base64Encoded: data?["token"]?.stringValue ?? "").map { String(decoding: $0, as: UTF8.self) } ?? ""
            try await withTestClient(of: server, token: token) { expect(200, try await $0.get(Self.core + "/pods")) }
            expect(200, try await client.delete(Self.core + "/serviceaccounts/a"))
            let isGone = try await eventually { try await client.get(Self.core + "/secrets/t").status == 404 }
            #expect(isGone)
            try await withTestClient(of: server, token: token) { expect(401, try await $0.get(Self.core + "/pods")) }
        }
    }
}
