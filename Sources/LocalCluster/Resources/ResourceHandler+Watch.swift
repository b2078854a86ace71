import Foundation
import JSONValue
import KubernetesModel

extension ResourceHandler {
    func watch(_ call: APICall) throws -> APIResponse {
        let options = try ListOptions(call.query, isWatch: true)
        let selection = try ObjectSelection(call.query, definition: call.served.definition)
        let namespace = call.served.type.isNamespaced ? call.request.namespace : nil
        let after: Int64?
        if let version = options.resourceVersion, version > 0, options.sendInitialEvents != true {
            after = version
        } else if options.sendInitialEvents == false {
            after = store.revision
        } else {
            after = nil
        }
        let encoder = WatchEncoder(
            served: call.served,
            selection: selection,
            shape: call.format.shape,
            table: table(call),
            now: { [now] in
                Int64(now().timeIntervalSince1970)
            }
        )
        do {
            let mailbox = try store.watch(call.served.storage, namespace: namespace, after: after)
            return APIResponse(
                content: .watch(
                    WatchStream(
                        store: store,
                        mailbox: mailbox,
                        encoder: encoder,
                        hasBookmarks: options.allowBookmarks,
                        marksInitialEvents: options.sendInitialEvents == true,
                        timeout: .seconds(options.timeoutSeconds ?? 1800),
                        dropAfter: call.dropWatchAfter
                    )
                )
            )
        } catch {
            guard case .expired(let requested, let oldest) = error else { throw error }
            let error = APIError.expired("too old resource version: \(requested) (\(oldest))")
            return APIResponse(content: .json(["type": "ERROR", "object": error.json]))
        }
    }
}
