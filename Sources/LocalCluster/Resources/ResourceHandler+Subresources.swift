import Foundation
import JSONValue
import KubernetesModel

/// Subresources of single kinds: tokens of service accounts, binding of pods, finalizers of namespaces.
extension ResourceHandler {
    func requestToken(_ call: APICall) async throws -> APIResponse {
        let options = try WriteOptions(call.query, kind: "CreateOptions")
        let account = try current(call)
        let body = try BodyDecoder.object(call.body, contentType: call.contentType, kind: "TokenRequest")
        let seconds = body["spec"]?["expirationSeconds"]?.integerValue ?? 3600
        let subject = ErrorSubject(resource: "TokenRequest", group: "authentication.k8s.io", name: "")
        if seconds < 600 {
            throw APIError.invalid(
                subject,
                [
                    .init(
                        "FieldValueInvalid",
                        "spec.expirationSeconds",
                        "Invalid value: \(seconds): may not specify a duration less than 10 minutes"
                    )
                ]
            )
        }
        if seconds > 1 << 32 {
            throw APIError.invalid(
                subject,
                [
                    .init(
                        "FieldValueInvalid",
                        "spec.expirationSeconds",
                        "Invalid value: \(seconds): may not specify a duration larger than 2^32 seconds"
                    )
                ]
            )
        }
        let asked = (body["spec"]?["audiences"]?.arrayValue ?? []).compactMap { $0.stringValue }
        let audiences = asked.isEmpty ? [ServiceAccountTokens.serverAudience] : asked
        let issued = self.seconds
        let bound = try bound(body["spec"]?["boundObjectRef"], namespace: account.key.namespace)
        let claims = ServiceAccountTokens.Claims(
            namespace: account.key.namespace,
            name: account.key.name,
            uid: account.uid,
            audiences: audiences,
            issued: issued,
            expires: issued + seconds,
            bound: bound
        )
        let token = try authenticator.tokens.sign(claims, id: makeUID())
        var request: JSON = [
            "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "metadata": ["creationTimestamp": .null],
            "spec": body["spec"] ?? [:],
        ]
        request = Reviews.tracked(request, manager: call.fieldManager(options), now: timestamp)
        request[at: ["spec", "audiences"]] = .array(audiences.map { .string($0) })
        request[at: ["spec", "expirationSeconds"]] = .integer(seconds)
        request[at: ["spec", "boundObjectRef"]] = bound ?? .null
        request["status"] = [
            "token": .string(token),
            "expirationTimestamp": .string(Timestamp(Date(timeIntervalSince1970: Double(claims.expires))).description),
        ]
        return .json(request, status: 201)
    }

    /// The object that a token is asked to be bound to, with its uid.
    private func bound(_ reference: JSON?, namespace: String) throws -> JSON? {
        guard var reference, !reference.isNull else { return nil }
        let kind = reference["kind"]?.stringValue ?? ""
        let name = reference["name"]?.stringValue ?? ""
        guard ["Pod", "Secret", "Node"].contains(kind) else {
            throw APIError.badRequest("cannot bind token for object of type \(reference["apiVersion"]?.stringValue ?? ""), Kind=\(kind)")
        }
        let subject = ErrorSubject(resource: kind.lowercased() + "s", group: "", name: name)
        guard let object = authenticator.boundObject(reference, namespace: namespace) else { throw APIError.notFound(subject) }
        let uid = reference["uid"]?.stringValue ?? ""
        guard uid.isEmpty || uid == object.uid else {
            throw APIError.conflict(
                subject,
                because: "the UID in the bound object reference (\(uid)) does not match the UID in record. The object might have been "
                    + "deleted and then recreated"
            )
        }
        reference["uid"] = .string(object.uid)
        return reference
    }

    /// What a scheduler does: gives a pod its node.
    func bind(_ call: APICall) async throws -> APIResponse {
        let body = try BodyDecoder.object(call.body, contentType: call.contentType, kind: "Binding")
        guard let node = body["target"]?["name"]?.stringValue, !node.isEmpty else {
            throw APIError.invalid(
                ErrorSubject(resource: "Binding", group: "", name: call.name),
                [.init("FieldValueRequired", "target.name", "Required value")]
            )
        }
        for _ in 0..<50 {
            let stored = try current(call)
            guard (stored.json["spec"]?["nodeName"]?.stringValue ?? "").isEmpty else {
                throw APIError.conflict(call.subject, because: "pod \(call.name) is already assigned to node \"\(node)\"")
            }
            var pod = stored.json
            pod[at: ["spec", "nodeName"]] = .string(node)
            var conditions = pod["status"]?["conditions"]?.arrayValue ?? []
            conditions.removeAll { $0["type"] == "PodScheduled" }
            conditions.append([
                "type": "PodScheduled", "status": "True", "lastProbeTime": .null, "lastTransitionTime": .string(timestamp),
            ])
            pod[at: ["status", "conditions"]] = .array(conditions)
            do {
                _ = try await store.put(pod, resource: stored.resource, key: stored.key, expected: stored.revision)
                return .json(["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201], status: 201)
            } catch StoreError.conflict {
                continue
            }
        }
        throw APIError.conflict(call.subject)
    }

    /// Replaces `spec.finalizers` of a namespace; the last one that leaves a deleted namespace takes it along.
    func finalize(_ call: APICall) async throws -> APIResponse {
        let options = try WriteOptions(call.query, kind: "UpdateOptions")
        let body = try BodyDecoder.object(call.body, contentType: call.contentType, kind: call.served.type.kind)
        let finalizers = body["spec"]?["finalizers"]
        let written = try await modify(call, subresource: "finalize", options: options) { live in
            var object = live
            object[at: ["spec", "finalizers"]] = finalizers
            object[at: ["metadata", "resourceVersion"]] = body["metadata"]?["resourceVersion"]
            return Wanted(object: object)
        }
        return answer(written, warnings: [], call)
    }
}
