import JSONValue
import KubernetesModel
import NIOCore

extension ResourceHandler {
    func get(_ call: APICall) throws -> APIResponse {
        answer(try current(call), call)
    }

    func list(_ call: APICall) throws -> APIResponse {
        let options = try ListOptions(call.query, isWatch: false)
        let selection = try ObjectSelection(call.query, definition: call.served.definition)
        let page = try page(call, options: options, selection: selection)
        var metadata: [String: JSON] = ["resourceVersion": .string(String(page.revision))]
        if let token = page.next { metadata["continue"] = .string(token) }
        if let remaining = page.remaining { metadata["remainingItemCount"] = .integer(Int64(remaining)) }
        return answer(page.objects, call, metadata: metadata)
    }

    /// A list of objects in the form that was asked for.
    func answer(_ objects: [StoredObject], _ call: APICall, metadata: [String: JSON]) -> APIResponse {
        switch call.format.shape {
        case .table:
            return .json(table(call).table(objects.map { call.served.served($0) }, listMetadata: .object(metadata), now: seconds))
        case .partialMetadata:
            return .json([
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": .object(metadata),
                "items": .array(objects.map { TableBuilder.partial(call.served.served($0)) }),
            ])
        case .object:
            var metadata = metadata
            if call.served.isCustom, metadata["continue"] == nil { metadata["continue"] = "" }
            let buffer = ObjectEncoder.list(objects, call.served, metadata: .object(metadata))
            if call.format.encoding == .json, !call.format.isPretty {
                return APIResponse(content: .rendered(buffer, contentType: "application/json"))
            }
            let json = (try? JSON(parsing: Array(buffer.readableBytesView))) ?? .null
            return .json(json)
        }
    }

    private struct Page {
        var objects: [StoredObject]
        var revision: Int64
        var next: String?
        var remaining: Int?
    }

    private func page(_ call: APICall, options: ListOptions, selection: ObjectSelection) throws -> Page {
        let isNamespaced = call.served.type.isNamespaced
        let namespace = isNamespaced ? call.request.namespace : nil
        var start: ContinueToken?
        if let token = options.continueToken {
            start = try ContinueToken(parsing: token, namespace: namespace, isNamespaced: isNamespaced)
        }
        let snapshot = try snapshot(call, namespace: namespace, options: options, start: start)
        var objects = snapshot.objects
        if let start { objects = Array(objects[Self.index(after: start.last, in: objects)...]) }
        let limit = options.limit ?? Int.max
        guard !selection.isEverything else {
            let kept = Array(objects.prefix(limit))
            let remaining = objects.count - kept.count
            return Page(
                objects: kept,
                revision: snapshot.revision,
                next: remaining > 0 ? token(snapshot.revision, kept, namespace: namespace, isNamespaced: isNamespaced) : nil,
                remaining: remaining > 0 ? remaining : nil
            )
        }
        var kept: [StoredObject] = []
        for object in objects where selection.matches(call.served.needsConversion(object) ? call.served.served(object) : object.json) {
            if kept.count == limit {
                return Page(
                    objects: kept,
                    revision: snapshot.revision,
                    next: token(snapshot.revision, kept, namespace: namespace, isNamespaced: isNamespaced)
                )
            }
            kept.append(object)
        }
        return Page(objects: kept, revision: snapshot.revision)
    }

    private func token(_ revision: Int64, _ objects: [StoredObject], namespace: String?, isNamespaced: Bool) -> String? {
        objects.last.map { ContinueToken(revision: revision, last: $0.key).text(namespaced: namespace != nil || !isNamespaced) }
    }

    private func snapshot(
        _ call: APICall,
        namespace: String?,
        options: ListOptions,
        start: ContinueToken?
    ) throws -> ObjectStore.Snapshot {
        var wanted: Int64?
        if let start {
            wanted = start.revision < 0 ? nil : start.revision
        } else if let version = options.resourceVersion, version > 0 {
            // Without a match rule a limit asks for exactly that version, as it always has.
            let isExact = options.match == .exact || (options.match == nil && options.limit != nil)
            let current = store.revision
            if version > current { throw Self.tooLarge(version, current: current) }
            if isExact { wanted = version }
        }
        if call.staleRevisions > 0, start == nil { wanted = max(1, store.revision - call.staleRevisions) }
        do {
            return try store.list(call.served.storage, namespace: namespace, at: wanted)
        } catch {
            throw Self.refusal(error, call, namespace: namespace, start: start)
        }
    }

    private static func refusal(_ error: any Error, _ call: APICall, namespace: String?, start: ContinueToken?) -> any Error {
        switch error as? StoreError {
        case .future(let requested, let current): return tooLarge(requested, current: current)
        case .expired:
            guard let start else { return APIError.expired("The resourceVersion for the provided list is too old.") }
            var refusal = APIError.expired(
                "The provided continue parameter is too old to display a consistent list result. You can start a new list without the "
                    + "continue parameter. The token in this answer goes on where the last page ended, but with the present state: objects "
                    + "that changed since the first page may be missing or appear twice."
            )
            let isNamed = namespace != nil || !call.served.type.isNamespaced
            refusal.metadata = ["continue": .string(ContinueToken(revision: -1, last: start.last).text(namespaced: isNamed))]
            return refusal
        default: return error
        }
    }

    private static func tooLarge(_ requested: Int64, current: Int64) -> APIError {
        let message = "Too large resource version: \(requested), current: \(current)"
        return APIError(
            code: 504,
            reason: "Timeout",
            message: "Timeout: \(message)",
            details: ["causes": [["reason": "ResourceVersionTooLarge", "message": "Too large resource version"]]],
            retryAfterSeconds: 1
        )
    }

    /// The position of the first object after a key, in a list in key order.
    private static func index(after key: StoreKey, in objects: [StoredObject]) -> Int {
        var low = 0
        var high = objects.count
        while low < high {
            let middle = (low + high) / 2
            if objects[middle].key <= key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
