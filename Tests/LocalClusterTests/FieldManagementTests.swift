import JSONValue
import Testing

@testable import LocalCluster

@Suite struct FieldManagementTests {
    private func widgets() throws -> (steps: [RecordedStep], writer: PureWriter) {
        let steps = try RecordedStep.all("05-server-side-apply")
        let crd = try #require(steps.first { $0.path.hasSuffix("customresourcedefinitions") }?.body)
        return (steps, PureWriter(try CustomResourceStrategy(definition: crd, version: "v1")))
    }

    @Test func recordedAppliesAgree() throws {
        var (steps, writer) = try widgets()
        var compared = 0
        for step in steps where !step.isSetup && step.path.contains("/widgets/s") && step.path.contains("fieldManager=") {
            let query = step.path.split(separator: "?").last ?? ""
            let manager = query.split(separator: "&").first { $0.hasPrefix("fieldManager=") }.map { String($0.dropFirst(13)) } ?? ""
            let subresource = step.path.contains("/status?") ? "status" : nil
            // What the server itself refuses before or after the field manager, and what is not stored, is no matter of this test.
            if ["managedFields in an apply", "name differs", "stale resourceVersion in apply"].contains(step.note) { continue }
            let before = writer.objects
            let body = try #require(step.body)
            let answer =
                if step.contentType == "application/merge-patch+json" {
                    try writer.update("s", subresource: subresource, manager: manager) {
                        var object = $0
                        object[at: ["spec", "size"]] = body[at: ["spec", "size"]]
                        return object
                    }
                } else {
                    try writer.apply("s", body, manager: manager, force: query.contains("force=true"), subresource: subresource)
                }
            #expect(answer.status == step.status, "\(step.note): \(answer.body)")
            #expect(RecordedDifference.between(step.answer, answer.body) == [], "\(step.note)")
            if query.contains("dryRun") { writer.objects = before }
            compared += 1
        }
        #expect(compared == 12)
    }

    @Test func conflictsAreWordedAsRecorded() throws {
        var (steps, writer) = try widgets()
        for step in steps where step.note == "apply creates" { _ = try writer.apply("s", try #require(step.body), manager: "one") }
        let step = try #require(steps.first { $0.note == "conflict" })
        let answer = try writer.apply("s", try #require(step.body), manager: "two")
        #expect(answer.body["message"] == step.answer["message"])
        #expect(answer.body[at: ["details", "causes"]] == step.answer[at: ["details", "causes"]])
    }

    @Test func reapplyingTheSameKeepsTheTime() throws {
        var (_, writer) = try widgets()
        let body: JSON = ["apiVersion": "example.com/v1", "kind": "Widget", "metadata": ["name": "s"], "spec": ["size": 3]]
        let first = try writer.apply("s", body, manager: "one", now: "2026-01-01T00:00:00Z").body
        let second = try writer.apply("s", body, manager: "one", now: "2026-01-02T00:00:00Z").body
        #expect(second == first)
        #expect(ObjectChange.isUnchanged(second, first))
    }

    @Test func updatesTakeWhatTheyChangeAndNothingElse() throws {
        var (_, writer) = try widgets()
        _ = try writer.create(
            ["apiVersion": "example.com/v1", "kind": "Widget", "metadata": ["name": "s"], "spec": ["size": 3, "tags": ["a"]]],
            manager: "maker"
        )
        let answer = try writer.update("s", manager: "other") {
            var object = $0
            object[at: ["spec", "tags"]] = ["a", "b"]
            object[at: ["spec", "kind"]] = "plain"
            return object
        }
        let owners = ManagedFields(answer.body[at: ["metadata", "managedFields"]])
        let other = owners?.entries.first { $0.identity.manager == "other" }
        #expect(other?.fields.fieldsV1 == ["f:spec": ["f:tags": ["v:\"b\"": [:]]]])
    }

    @Test func anObjectNobodyOwnsIsOwnedAtItsFirstApply() throws {
        var (_, writer) = try widgets()
        writer.objects["s"] = [
            "apiVersion": "example.com/v1", "kind": "Widget", "metadata": ["name": "s", "namespace": "transcript"],
            "spec": ["size": 3, "limit": 50, "kind": "plain"],
        ]
        let patched = try writer.update("s") {
            var object = $0
            object[at: ["spec", "size"]] = 4
            return object
        }
        #expect(patched.body[at: ["metadata", "managedFields"]] == nil)
        let applied = try writer.apply(
            "s",
            ["apiVersion": "example.com/v1", "kind": "Widget", "metadata": ["name": "s"], "spec": ["replicas": 2]],
            manager: "one"
        )
        let owners = ManagedFields(applied.body[at: ["metadata", "managedFields"]])
        #expect(Set(owners?.entries.map(\.identity.manager) ?? []) == ["before-first-apply", "one"])
        let conflict = try writer.apply(
            "s",
            ["apiVersion": "example.com/v1", "kind": "Widget", "metadata": ["name": "s"], "spec": ["size": 9]],
            manager: "one"
        )
        #expect(conflict.status == 409)
    }

    @Test func managedFieldsOfARequestAreHonoured() throws {
        var (_, writer) = try widgets()
        _ = try writer.create(["apiVersion": "example.com/v1", "kind": "Widget", "metadata": ["name": "s"], "spec": ["size": 3]])
        let reset = try writer.update("s") {
            var object = $0
            object[at: ["metadata", "managedFields"]] = [[:]]
            return object
        }
        #expect(reset.body[at: ["metadata", "managedFields"]] == nil)
    }

    @Test func oldUpdateEntriesAreMerged() {
        var managed = ManagedFields()
        for index in 0..<14 {
            var fields = FieldSet()
            fields.insert([.field("data"), .field("k\(index)")])
            managed.set(
                .init(
                    identity: .init(manager: "m\(index)", operation: .update, apiVersion: "v1", subresource: nil),
                    time: "2026-01-01T00:00:\(10 + index)Z",
                    fields: fields
                )
            )
        }
        managed.cap()
        #expect(managed.entries.count == ManagedFields.updateLimit)
        let ancient = managed.entries.first { $0.identity.manager == "ancient-changes" }
        #expect(ancient?.fields.paths.count == 5)
        #expect(managed.entries.reduce(0) { $0 + $1.fields.paths.count } == 14)
    }

    @Test(arguments: [
        ("kubectl/v1.30.0 (linux/amd64)", "kubectl"), ("Python-urllib", "Python-urllib"), ("", "unknown"), ("/x", "unknown"),
    ])
    func managerFromUserAgent(agent: String, manager: String) { #expect(FieldManager.defaultManager(userAgent: agent) == manager) }

    @Test func elementsKeepTheirOrder() {
        let schema = MergeSchema.map(fields: ["l": .keyedList(keys: ["n"], defaults: [:], element: .untyped), "s": .set], element: nil)
        func merged(_ live: [Int64], _ applied: [Int64]) -> JSON? {
            JSON.object(["s": .array(live.map { .integer($0) })])
                .overlaid(by: .object(["s": .array(applied.map { .integer($0) })]), schema: schema)["s"]
        }
        #expect(merged([1], [2]) == [1, 2])
        #expect(merged([1, 2, 3], [2]) == [1, 2, 3])
        #expect(merged([1, 2, 3], [3, 1]) == [3, 1, 2])
        #expect(merged([1, 2], [3, 2]) == [1, 3, 2])
    }

    @Test func fieldSetsRoundTrip() throws {
        let json = try JSON(
            parsing: #"{"f:a":{},"f:b":{".":{},"k:{\"n\":1,\"p\":\"x\"}":{".":{},"f:v":{}},"v:\"s\"":{},"i:3":{}},"f:c":{"f:d.e":{}}}"#
        )
        let set = FieldSet(fieldsV1: json)
        #expect(set.fieldsV1 == json)
        #expect(
            set.paths.map(\.rendered) == [
                ".a", ".b", #".b[n=1,p="x"]"#, #".b[="s"]"#, ".b[3]", #".b[n=1,p="x"].v"#, ".c.d.e",
            ]
        )
        #expect(set.union(set) == set)
        #expect(set.difference(set).isEmpty)
        #expect(set.intersection(FieldSet()) == FieldSet())
        #expect(set.contains([.field("b"), .value("s")]))
        #expect(!set.contains([.field("c")]))
        var whole = FieldSet()
        whole.insert([.field("b")])
        #expect(set.recursiveDifference(whole).paths.map(\.rendered) == [".a", ".c.d.e"])
    }
}
