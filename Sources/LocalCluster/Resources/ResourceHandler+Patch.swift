import JSONValue
import KubernetesModel

extension ResourceHandler {
    func patch(_ call: APICall, subresource: String?) async throws -> APIResponse {
        let media = MediaType(call.contentType ?? "").type
        let isStrategic = call.served.strategy.supportsStrategicMerge
        let options = try WriteOptions(call.query, kind: "PatchOptions")
        if media != "application/apply-patch+yaml", options.force != nil {
            throw APIError.invalidOptions(
                "PatchOptions",
                .init("FieldValueForbidden", "force", "Forbidden: may not be specified for non-apply patch")
            )
        }
        let change: (JSON) throws -> JSON
        switch media {
        case "application/apply-patch+yaml":
            return try await apply(call, subresource: subresource, options: options)
        case "application/merge-patch+json":
            change = try mergePatch(call)
        case "application/json-patch+json":
            change = try jsonPatch(call)
        case "application/strategic-merge-patch+json" where isStrategic:
            change = try strategicPatch(call)
        default:
            throw APIError.unsupportedMediaType(
                ["application/json-patch+json", "application/merge-patch+json"]
                    + (isStrategic ? ["application/strategic-merge-patch+json"] : []) + ["application/apply-patch+yaml"]
            )
        }
        let written = try await modify(call, subresource: subresource, options: options) { live in
            let decoded = try self.decode(change(live), call, options.fieldValidation)
            return Wanted(object: decoded.object, warnings: decoded.warnings)
        }
        return answer(written, warnings: written.warnings, call)
    }

    /// Reads the change that a patch request describes, for the subresources that are patched by themselves.
    func change(_ call: APICall) throws -> (JSON) throws -> JSON {
        switch MediaType(call.contentType ?? "").type {
        case "application/merge-patch+json", "application/strategic-merge-patch+json": return try mergePatch(call)
        case "application/json-patch+json": return try jsonPatch(call)
        default: throw APIError.unsupportedMediaType(["application/json-patch+json", "application/merge-patch+json"])
        }
    }

    private func mergePatch(_ call: APICall) throws -> (JSON) throws -> JSON {
        let patch = try BodyDecoder.json(call.body) { "error decoding patch: \($0)" }
        guard case .object = patch else { throw APIError.badRequest("error decoding patch: the patch is no object") }
        return { MergePatch.apply(patch, to: $0) }
    }

    private func strategicPatch(_ call: APICall) throws -> (JSON) throws -> JSON {
        let patch = try BodyDecoder.json(call.body) { "error decoding patch: \($0)" }
        guard case .object = patch else { throw APIError.badRequest("error decoding patch: the patch is no object") }
        let strategy = call.served.strategy
        return { live in
            do throws(StrategicMergeError) {
                return try strategy.strategicMerge(patch, to: live)
            } catch {
                throw APIError(error.status)
            }
        }
    }

    /// How many operations a JSON patch may have.
    private static let jsonPatchLimit = 10_000

    private func jsonPatch(_ call: APICall) throws -> (JSON) throws -> JSON {
        let json = try BodyDecoder.json(call.body) { "error decoding patch: \($0)" }
        if let count = json.arrayValue?.count, count > Self.jsonPatchLimit {
            throw APIError(
                code: 413,
                reason: "RequestEntityTooLarge",
                message: "Request entity too large: The allowed maximum operations in a JSON patch is \(Self.jsonPatchLimit), got \(count)"
            )
        }
        guard case .array = json else {
            throw APIError.badRequest("error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp")
        }
        let patch: JSONPatch
        do {
            patch = try JSONPatch(json)
        } catch {
            throw APIError.badRequest("error decoding patch: \(error)")
        }
        return { live in
            do {
                return try patch.apply(to: live)
            } catch {
                throw APIError(
                    code: 422,
                    reason: "Invalid",
                    message: "the server rejected our request due to an error in our request",
                    details: [:]
                )
            }
        }
    }
}
