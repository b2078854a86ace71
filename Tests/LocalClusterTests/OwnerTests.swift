import JSONValue
import LocalCluster
import Testing

@Suite struct OwnerTests {
    private func owned(_ name: String, by owners: [(name: String, uid: String)], blocks: Bool = false) -> JSON {
        var map = FaultTests.map(name)
        map[at: ["metadata", "ownerReferences"]] = .array(
            owners.map { owner in
                [
                    "apiVersion": "v1", "kind": "ConfigMap", "name": .string(owner.name), "uid": .string(owner.uid),
                    "blockOwnerDeletion": .bool(blocks),
                ]
            }
        )
        return map
    }

    private func create(_ client: TestClient, _ map: JSON) async throws -> String {
        let answer = try await client.post(FaultTests.maps, map)
        expect(201, answer)
        return answer.json["metadata"]?["uid"]?.stringValue ?? ""
    }

    private func isGone(_ client: TestClient, _ name: String) async throws -> Bool {
        try await eventually { try await client.get("\(FaultTests.maps)/\(name)").status == 404 }
    }

    @Test func childrenFollowThroughTheGenerationsAndKeepOtherOwners() async throws {
        try await withServer { _, client in
            let first = try await create(client, FaultTests.map("first"))
            let second = try await create(client, FaultTests.map("second"))
            let child = try await create(client, owned("child", by: [("first", first)]))
            _ = try await create(client, owned("grandchild", by: [("child", child)]))
            _ = try await create(client, owned("shared", by: [("first", first), ("second", second)]))
            expect(200, try await client.delete(FaultTests.maps + "/first"))
            let childIsGone = try await isGone(client, "child")
            let grandchildIsGone = try await isGone(client, "grandchild")
            #expect(childIsGone && grandchildIsGone)
            let isReleased = try await eventually {
                try await client.get(FaultTests.maps + "/shared").json["metadata"]?["ownerReferences"]?.arrayValue?.count == 1
            }
            #expect(isReleased)
        }
    }

    @Test func foregroundWaitsForTheChildThatBlocks() async throws {
        try await withServer { _, client in
            let owner = try await create(client, FaultTests.map("owner"))
            var child = owned("child", by: [("owner", owner)], blocks: true)
            child[at: ["metadata", "finalizers"]] = ["example.org/hold"]
            _ = try await create(client, child)
            expect(200, try await client.delete(FaultTests.maps + "/owner", ["propagationPolicy": "Foreground"]))
            let isMarked = try await eventually {
                try await client.get(FaultTests.maps + "/child").json["metadata"]?["deletionTimestamp"] != nil
            }
            #expect(isMarked)
            let waiting = try await client.get(FaultTests.maps + "/owner").json
            #expect(waiting["metadata"]?["finalizers"] == ["foregroundDeletion"])
            expect(200, try await client.merge(FaultTests.maps + "/child", ["metadata": ["finalizers": .null]]))
            let isGone = try await isGone(client, "owner")
            #expect(isGone)
        }
    }

    @Test func anObjectWithoutALivingOwnerGoes() async throws {
        try await withServer { _, client in
            _ = try await create(client, owned("lost", by: [("nobody", "00000000-0000-0000-0000-000000000000")]))
            let isGone = try await isGone(client, "lost")
            #expect(isGone)
        }
    }

    @Test func aDefinitionTakesItsObjectsAlong() async throws {
        try await withServer { _, client in
            let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
            expect(201, try await client.post(definitions, SampleDefinition.json))
            var held = SampleDefinition.object("held")
            held[at: ["metadata", "finalizers"]] = ["example.org/hold"]
            expect(201, try await client.post(SampleDefinition.path, held))
            let reader = try await client.watch(SampleDefinition.path + "?watch=1")
            expect(200, try await client.delete(definitions + "/gadgets.example.org"))
            expect(405, try await client.post(SampleDefinition.path, SampleDefinition.object("late")))
            expect(200, try await client.merge(SampleDefinition.path + "/held", ["metadata": ["finalizers": .null]]))
            let isGone = try await eventually { try await client.get(definitions + "/gadgets.example.org").status == 404 }
            #expect(isGone)
            expect(404, try await client.get(SampleDefinition.path))
            let types = try await reader.events(9).map { $0["type"]?.stringValue ?? "" }
            #expect(types == ["ADDED", "MODIFIED", "DELETED"], "and then the watch ends")
        }
    }

    @Test func newDefaultsAreFilledInOldObjects() async throws {
        try await withServer { _, client in
            let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
            expect(201, try await client.post(definitions, SampleDefinition.json))
            expect(201, try await client.post(SampleDefinition.path, SampleDefinition.object("old")))
            let patch: JSON = [
                [
                    "op": "add", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/color",
                    "value": ["type": "string", "default": "red"],
                ]
            ]
            let changed = try await client.send(
                "PATCH",
                definitions + "/gadgets.example.org",
                body: patch.serialized(),
                contentType: "application/json-patch+json"
            )
            expect(200, changed)
            let one = try await client.get(SampleDefinition.path + "/old").json
            let list = try await client.get(SampleDefinition.path).json
            #expect(one["spec"]?["color"] == "red")
            #expect(list["items"]?[0] == one)
        }
    }
}
