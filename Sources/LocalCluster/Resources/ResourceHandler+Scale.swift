import JSONValue
import KubernetesModel

/// The `scale` subresource: an `autoscaling/v1` Scale made out of three fields of the object.
extension ResourceHandler {
    func getScale(_ call: APICall) throws -> APIResponse {
        .json(try scale(call.served.served(try current(call)), call))
    }

    func writeScale(_ call: APICall) async throws -> APIResponse {
        guard let mapping = call.served.definition.scale else { throw APIError.unknownResource }
        let options = try WriteOptions(call.query, kind: call.method == "PATCH" ? "PatchOptions" : "UpdateOptions")
        let change: (JSON) throws -> JSON
        if call.method == "PATCH" {
            change = try self.change(call)
        } else {
            let body = try BodyDecoder.object(call.body, contentType: call.contentType, kind: "Scale")
            change = { _ in body }
        }
        let written = try await modify(call, subresource: "scale", options: options) { live in
            let present = try? self.scale(live, call)
            let scale = try change(present ?? self.emptyScale(live))
            guard let replicas = scale["spec"]?["replicas"]?.integerValue ?? (scale["spec"] == nil ? nil : 0) else {
                throw APIError.badRequest("the scale has no spec")
            }
            if replicas < 0 {
                throw APIError.invalid(
                    ErrorSubject(resource: "Scale", group: "autoscaling", name: call.name),
                    [.init("FieldValueInvalid", "spec.replicas", "Invalid value: \(replicas): should be a non-negative integer")]
                )
            }
            var object = live
            object[at: mapping.specReplicas] = .integer(replicas)
            // A patch that names no version keeps that of the scale, which is the object's own.
            object[at: ["metadata", "resourceVersion"]] = ObjectFields.resourceVersion(scale).map { .string($0) }
            return Wanted(object: object)
        }
        let object = written.stored.map { call.served.served($0) } ?? written.object
        return .json(try scale(object, call))
    }

    private func emptyScale(_ object: JSON) -> JSON {
        ["kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": .object(Self.scaleMetadata(object)), "spec": [:]]
    }

    private func scale(_ object: JSON, _ call: APICall) throws -> JSON {
        guard let mapping = call.served.definition.scale else { throw APIError.unknownResource }
        var spec: [String: JSON] = [:]
        if let replicas = object[at: mapping.specReplicas]?.integerValue {
            if replicas != 0 || call.served.isCustom { spec["replicas"] = .integer(replicas) }
        } else if call.served.isCustom {
            let path = "." + mapping.specReplicas.joined(separator: ".")
            throw APIError.internalError("the spec replicas field \"\(path)\" does not exist")
        }
        var status: [String: JSON] = ["replicas": object[at: mapping.statusReplicas] ?? 0]
        if let selector = mapping.selector.flatMap({ object[at: $0] }) {
            status.setUnlessEmpty("selector", .string(Self.selectorText(selector)))
        }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": .object(Self.scaleMetadata(object)), "spec": .object(spec),
            "status": .object(status),
        ]
    }

    private static func scaleMetadata(_ object: JSON) -> [String: JSON] {
        var metadata: [String: JSON] = [:]
        for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[field] = object["metadata"]?[field]
        }
        return metadata
    }

    /// A label selector as a query string has it.
    static func selectorText(_ selector: JSON) -> String {
        if let text = selector.stringValue { return text }
        let plain = selector["matchLabels"]?.objectValue ?? (selector["matchExpressions"] == nil ? selector.objectValue ?? [:] : [:])
        var terms = plain.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.stringValue ?? "")" }
        for expression in selector["matchExpressions"]?.arrayValue ?? [] {
            let key = expression["key"]?.stringValue ?? ""
            let values = (expression["values"]?.arrayValue ?? []).compactMap { $0.stringValue }.sorted().joined(separator: ",")
            switch expression["operator"]?.stringValue {
            case "In": terms.append("\(key) in (\(values))")
            case "NotIn": terms.append("\(key) notin (\(values))")
            case "DoesNotExist": terms.append("!\(key)")
            default: terms.append(key)
            }
        }
        return terms.joined(separator: ",")
    }
}
