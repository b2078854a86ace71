import JSONValue
import KubernetesModel

/// Server-side apply (KEP-555).
extension ResourceHandler {
    func apply(_ call: APICall, subresource: String?, options: WriteOptions) async throws -> APIResponse {
        guard let manager = options.fieldManager else {
            throw APIError.invalidOptions(
                "PatchOptions",
                .init("FieldValueRequired", "fieldManager", "Required value: is required for apply patch")
            )
        }
        var applied = try YAMLBody.json(String(decoding: call.body, as: UTF8.self))
        guard case .object = applied else { throw APIError.badRequest("error decoding YAML: the applied configuration is no object") }
        if applied["metadata"]?["managedFields"].map({ !$0.isNull }) ?? false {
            throw APIError.badRequest("metadata.managedFields must be nil")
        }
        let strategy = call.served.strategy
        let type = call.served.type
        let given = applied["apiVersion"]?.stringValue ?? ""
        if given != type.apiVersion {
            throw APIError.badRequest(
                "Incorrect version specified in apply patch. Specified patch version: \(given), expected: \(type.apiVersion)"
            )
        }
        if let problem = strategy.checkApplied(applied) { throw APIError.unclassified(problem) }
        let version = ObjectFields.resourceVersion(applied)
        applied = strategy.resetApplied(applied, subresource: subresource)
        let identity = FieldManagerIdentity(
            manager: manager,
            operation: .apply,
            apiVersion: type.apiVersion,
            subresource: strategy.definition.tracksSubresource ? subresource : nil
        )
        let merge: (JSON?) throws -> Decoded = { live in
            let merged: JSON
            do throws(ApplyConflict) {
                merged = try FieldManager.apply(
                    live: live,
                    zero: strategy.zeroObject,
                    applied: applied,
                    force: options.force ?? false,
                    identity: identity,
                    schema: strategy.mergeSchema,
                    now: self.timestamp
                )
            } catch {
                throw APIError(error.status)
            }
            return try self.decode(merged, call, options.fieldValidation)
        }
        for _ in 0..<5 {
            if store.get(call.served.storage, call.key) == nil {
                guard subresource == nil else { throw APIError.notFound(call.subject) }
                if version != nil { throw APIError.conflict(call.subject) }
                try requireCreation(call)
                var decoded = try merge(nil)
                try Self.checkName(decoded.object, call)
                decoded.object[at: ["metadata", "name"]] = .string(call.name)
                do {
                    let written = try await insert(decoded.object, call, options) { $0 }
                    return answer(written, warnings: decoded.warnings + written.warnings, call)
                } catch let error as APIError where error.reason == "AlreadyExists" {
                    continue
                }
            }
            let written = try await modify(call, subresource: subresource, options: options) { live in
                if let version, version != ObjectFields.resourceVersion(live) { throw APIError.conflict(call.subject) }
                let decoded = try merge(live)
                return Wanted(object: decoded.object, warnings: decoded.warnings, isTracked: true)
            }
            return answer(written, warnings: written.warnings, call)
        }
        throw APIError.conflict(call.subject)
    }
}
