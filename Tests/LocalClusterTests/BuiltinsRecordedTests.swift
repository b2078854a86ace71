import JSONValue
import KubernetesModel
import Testing

@testable import LocalCluster

/// What a real API server answered to bodies, and what the strategies make of them.
@Suite struct BuiltinsRecordedTests {
    private static func strategy(_ path: String) -> BuiltinStrategy? {
        let parts = (path.split(separator: "?").first ?? "").split(separator: "/").map(String.init)
        guard let root = parts.first else { return nil }
        let rest = root == "api" ? Array(parts.dropFirst(2)) : Array(parts.dropFirst(3))
        let group = root == "api" ? "" : parts[1]
        let version = root == "api" ? parts[1] : parts[2]
        let plural = rest.first == "namespaces" && rest.count > 2 ? rest[2] : rest.first ?? ""
        return BuiltinKinds.strategy(group: group, version: version, plural: plural)
    }

    @Test(arguments: ["02-crd-lifecycle", "08-finalizers-and-owners", "09-namespaces", "10-core-kinds", "11-tokens-leases-events"])
    func createsAgree(file: String) throws {
        var compared = 0
        for step in try RecordedStep.all(file) where step.method == "POST" && !step.isSetup && ![403, 404, 409].contains(step.status) {
            guard let strategy = Self.strategy(step.path), let body = step.body, !step.path.contains("/token") else { continue }
            var writer = PureWriter(strategy)
            let answer = try writer.create(body)
            #expect(answer.status == step.status, "\(step.note): \(answer.body)")
            let differences = RecordedDifference.between(step.answer, answer.body)
                // Newer API servers label namespaces with their name.
                .filter { !$0.contains("kubernetes.io/metadata.name") && $0 != ".metadata.labels: extra" }
            #expect(differences == [], "\(step.note)")
            compared += 1
        }
        #expect(compared > 1)
    }

    @Test func deploymentsChangeAsRecorded() throws {
        let steps = try RecordedStep.all("10-core-kinds").filter { $0.path.contains("/deployments") && !$0.isSetup }
        var writer = PureWriter(try #require(BuiltinKinds.strategy(group: "apps", version: "v1", plural: "deployments")))
        let strategy = writer.strategy
        var patches = 0
        for step in steps {
            guard let body = step.body else { continue }
            let answer: PureWriter.Answer
            switch (step.method, step.contentType) {
            case ("POST", _): answer = try writer.create(body)
            case ("PATCH", "application/strategic-merge-patch+json"):
                answer = try writer.update("d") { try strategy.strategicMerge(body, to: $0) }
            case ("PATCH", _):
                let subresource = step.path.hasSuffix("/status") ? "status" : nil
                answer = try writer.update("d", subresource: subresource) { MergePatch.apply(body, to: $0) }
            default: continue
            }
            patches += step.method == "PATCH" ? 1 : 0
            #expect(answer.status == step.status, "\(step.note)")
            #expect(RecordedDifference.between(step.answer, answer.body) == [], "\(step.note)")
        }
        #expect(patches == 4)
    }

    @Test func customResourcesAreValidatedAsRecorded() throws {
        let steps = try RecordedStep.all("03-create-and-validate")
        let crd = try #require(steps.first { $0.path.hasSuffix("customresourcedefinitions") }?.body)
        let strategy = try CustomResourceStrategy(definition: crd, version: "v1")
        var compared = 0
        for step in steps where step.method == "POST" && step.path.hasSuffix("/transcript/widgets") && [201, 422].contains(step.status) {
            guard let body = step.body, body.objectValue != nil else { continue }
            var writer = PureWriter(strategy)
            let answer = try writer.create(body)
            #expect(answer.status == step.status, "\(step.note): \(answer.body)")
            #expect(RecordedDifference.between(step.answer, answer.body) == [], "\(step.note)")
            // The order of several faults differs from run to run there.
            if step.status == 422, step.note != "several at once" {
                #expect(answer.body["message"] == step.answer["message"], "\(step.note)")
            }
            compared += 1
        }
        #expect(compared == 17)
    }

    @Test func customResourcesChangeAsRecorded() throws {
        let steps = try RecordedStep.all("04-update-and-patch")
        let crd = try #require(steps.first { $0.path.hasSuffix("customresourcedefinitions") }?.body)
        var writer = PureWriter(try CustomResourceStrategy(definition: crd, version: "v1"))
        var compared = 0
        for step in steps where !step.isSetup && [200, 201, 422].contains(step.status) && !step.path.contains("/scale") {
            guard let body = step.body, body.objectValue != nil, step.method != "DELETE", step.note != "put without resourceVersion" else {
                continue
            }
            let subresource = step.path.hasSuffix("/status") ? "status" : nil
            let answer: PureWriter.Answer =
                switch (step.method, step.contentType) {
                case ("POST", _): try writer.create(body)
                case ("PUT", _): try writer.update("a", subresource: subresource) { _ in body }
                default: try writer.update("a", subresource: subresource) { MergePatch.apply(body, to: $0) }
                }
            #expect(answer.status == step.status, "\(step.note): \(answer.body)")
            #expect(RecordedDifference.between(step.answer, answer.body) == [], "\(step.note)")
            compared += 1
            if step.note == "merge patch that breaks a rule" { break }
        }
        #expect(compared == 10)
    }

    @Test func whatAChangeLeavesAsItWasIsNotJudgedAgain() throws {
        let steps = try RecordedStep.all("03-create-and-validate")
        let crd = try #require(steps.first { $0.path.hasSuffix("customresourcedefinitions") }?.body)
        var writer = PureWriter(try CustomResourceStrategy(definition: crd, version: "v1"))
        // Written when the schema and the rules were looser.
        writer.objects["old"] = [
            "apiVersion": "example.com/v1", "kind": "Widget", "metadata": ["name": "old", "namespace": "transcript"],
            "spec": ["size": 200, "limit": 50, "kind": "plain", "name": "X"],
        ]
        let labelled = try writer.update("old") {
            var object = $0
            object[at: ["metadata", "labels"]] = ["a": "b"]
            return object
        }
        #expect(labelled.status == 200, "\(labelled.body)")
        let changed = try writer.update("old") {
            var object = $0
            object[at: ["spec", "name"]] = "Y"
            return object
        }
        #expect(changed.status == 422)
        let causes = changed.body[at: ["details", "causes"]]?.arrayValue ?? []
        #expect(Set(causes.compactMap { $0["field"]?.stringValue }) == ["spec", "spec.name"])
    }
}
