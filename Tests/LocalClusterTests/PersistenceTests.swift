import Foundation
import JSONValue
import LocalCluster
import Testing

@Suite struct PersistenceTests {
    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        let directory = NSTemporaryDirectory() + "local-cluster-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await body(directory)
    }

    @Test func aRestartKeepsObjectsRevisionsKeysAndTokens() async throws {
        try await withDirectory { directory in
            let configuration = ClusterServer.Configuration(dataDirectory: directory)
            let maps = "/api/v1/namespaces/default/configmaps"
            let (made, accountToken, authority, list) = try await withServer(configuration) { server, client in
                expect(201, try await client.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", SampleDefinition.json))
                expect(201, try await client.post(SampleDefinition.path, SampleDefinition.object("kept")))
                let made = try await client.post(maps, FaultTests.map("kept")).json
                expect(201, try await client.post(maps, FaultTests.map("gone")))
                expect(200, try await client.delete(maps + "/gone"))
                let request: JSON = ["apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": [:]]
                let token = try await client.post("/api/v1/namespaces/default/serviceaccounts/default/token", request).json
                let list = try await client.get(maps).json["metadata"]?["resourceVersion"]?.stringValue ?? ""
                return (made, token["status"]?["token"]?.stringValue ?? "", server.caCertificatePEM, list)
            }
            try await withServer(configuration) { server, client in
                #expect(server.caCertificatePEM == authority)
                let found1 = try await client.get(maps + "/kept").json
                #expect(found1 == made)
                expect(404, try await client.get(maps + "/gone"))
                let found2 = try await client.get(SampleDefinition.path + "/kept").json["spec"]?["limit"]
                #expect(found2 == 50)
                try await withTestClient(of: server, token: accountToken) { account in
                    expect(200, try await account.get(maps))
                }
                let next = try await client.post(maps, FaultTests.map("next")).json["metadata"]?["resourceVersion"]?.stringValue
                #expect(Int64(next ?? "") ?? 0 > Int64(list) ?? 0)
                // The watch goes on where the first process ended.
                let reader = try await client.watch("\(maps)?watch=1&resourceVersion=\(server.revision)")
                expect(200, try await client.merge(maps + "/kept", ["data": ["b": "2"]]))
                let events = try await reader.events(1)
                #expect(events.first?["type"] == "MODIFIED")
                let old = try await client.watch("\(maps)?watch=1&resourceVersion=1").events(1)
                #expect(old.first?["type"] == "ERROR")
                #expect(old.first?["object"]?["code"] == 410)
            }
        }
    }

    /// Writers that wait for the disk together once kept one another from ever going on (docs/robustness.md, LC-1).
    @Test(.timeLimit(.minutes(5))) func writersThatWaitForTheDiskTogetherAllGoOn() async throws {
        try await withDirectory { directory in
            let configuration = ClusterServer.Configuration(dataDirectory: directory)
            let maps = "/api/v1/namespaces/default/configmaps"
            try await withServer(configuration) { _, client in
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for writer in 0..<8 {
                        tasks.addTask {
                            for index in 0..<25 { expect(201, try await client.post(maps, FaultTests.map("c-\(writer)-\(index)"))) }
                        }
                    }
                    try await tasks.waitForAll()
                }
            }
            try await withServer(configuration) { _, client in
                let kept = try await client.get(maps).json["items"]?.arrayValue?.filter {
                    $0[at: ["metadata", "name"]]?.stringValue?.hasPrefix("c-") == true
                }
                #expect(kept?.count == 200)
            }
        }
    }

    @Test func secretsOnDiskAreForTheOwnerOnly() async throws {
        try await withDirectory { directory in
            try await withServer(ClusterServer.Configuration(dataDirectory: directory)) { _, _ in }
            for name in ["ca.key", "admin.key", "admin.token", "service-accounts.key"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory)/pki/\(name)")
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(name)")
            }
        }
    }
}

/// A definition with a default, a printer column, a status and a scale.
enum SampleDefinition {
    static let path = "/apis/example.org/v1/namespaces/default/gadgets"

    static func object(_ name: String, size: Int64 = 1) -> JSON {
        ["apiVersion": "example.org/v1", "kind": "Gadget", "metadata": ["name": .string(name)], "spec": ["size": .integer(size)]]
    }

    static let json: JSON = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": ["name": "gadgets.example.org"],
        "spec": [
            "group": "example.org", "scope": "Namespaced",
            "names": ["plural": "gadgets", "singular": "gadget", "kind": "Gadget", "shortNames": ["gd"]],
            "versions": [
                [
                    "name": "v1", "served": true, "storage": true, "subresources": ["status": [:]],
                    "additionalPrinterColumns": [["name": "Size", "type": "integer", "jsonPath": ".spec.size"]],
                    "schema": [
                        "openAPIV3Schema": [
                            "type": "object",
                            "properties": [
                                "spec": [
                                    "type": "object", "required": ["size"],
                                    "properties": [
                                        "size": ["type": "integer", "minimum": 1], "limit": ["type": "integer", "default": 50],
                                    ],
                                ],
                                "status": [
                                    "type": "object",
                                    "properties": [
                                        "conditions": [
                                            "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
                                            "items": [
                                                "type": "object", "required": ["type", "status"],
                                                "properties": ["type": ["type": "string"], "status": ["type": "string"]],
                                            ],
                                        ]
                                    ],
                                ],
                            ],
                        ]
                    ],
                ]
            ],
        ],
    ]
}
