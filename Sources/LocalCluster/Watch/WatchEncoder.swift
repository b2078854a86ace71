import JSONValue
import KubernetesModel
import NIOCore

/// Turns changes of the store into the lines of a watch: selects, and writes them in the form that was asked for.
struct WatchEncoder: Sendable {
    let served: ServedResource
    let selection: ObjectSelection
    let shape: ResponseFormat.Shape
    let table: TableBuilder
    let now: @Sendable () -> Int64
    private var hasSentColumns = false

    init(
        served: ServedResource,
        selection: ObjectSelection,
        shape: ResponseFormat.Shape,
        table: TableBuilder,
        now: @escaping @Sendable () -> Int64
    ) {
        self.served = served
        self.selection = selection
        self.shape = shape
        self.table = table
        self.now = now
    }

    /// Writes one change, if it is selected. An object that enters the selection is ADDED, one that leaves it is DELETED.
    ///
    /// - Returns: Whether a line was written.
    mutating func append(_ event: StoreEvent, to buffer: inout ByteBuffer) -> Bool {
        if selection.isEverything {
            switch event.change {
            case .added: write("ADDED", event.object, to: &buffer)
            case .modified: write("MODIFIED", event.object, to: &buffer)
            case .deleted: write("DELETED", event.object, to: &buffer)
            }
            return true
        }
        let was = event.previous.map { selection.matches(selectable($0)) } ?? false
        let isIn = event.change != .deleted && selection.matches(selectable(event.object))
        switch (was, isIn) {
        case (false, false): return false
        case (false, true): write("ADDED", event.object, to: &buffer)
        case (true, true): write("MODIFIED", event.object, to: &buffer)
        case (true, false):
            guard event.change != .deleted, let previous = event.previous else {
                write("DELETED", event.object, to: &buffer)
                return true
            }
            // The last state that was selected, at the revision of the change that took it out.
            let last = StoredObject(resource: previous.resource, key: previous.key, revision: event.revision, json: previous.json)
            write("DELETED", last, to: &buffer)
        }
        return true
    }

    /// Writes a bookmark.
    mutating func appendBookmark(_ revision: Int64, endsInitialEvents: Bool, to buffer: inout ByteBuffer) {
        var metadata: [String: JSON] = ["resourceVersion": .string(String(revision)), "creationTimestamp": .null]
        if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        var object: JSON = ["metadata": .object(metadata)]
        switch shape {
        case .object:
            object["kind"] = .string(served.type.kind)
            object["apiVersion"] = .string(served.type.apiVersion)
        case .partialMetadata, .table:
            object["kind"] = "PartialObjectMetadata"
            object["apiVersion"] = "meta.k8s.io/v1"
        }
        if shape == .table {
            object = [
                "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": ["resourceVersion": .string(String(revision))],
                "columnDefinitions": .null, "rows": [["cells": [], "object": object]],
            ]
        }
        let line: JSON = ["type": "BOOKMARK", "object": object]
        buffer.writeBytes(line.serialized())
        buffer.writeString("\n")
    }

    private func selectable(_ object: StoredObject) -> JSON {
        served.needsConversion(object) ? served.served(object) : object.json
    }

    private mutating func write(_ type: String, _ object: StoredObject, to buffer: inout ByteBuffer) {
        buffer.writeString("{\"type\":\"\(type)\",\"object\":")
        switch shape {
        case .object: ObjectEncoder.append(object, served, hasTypeMeta: true, to: &buffer)
        case .partialMetadata: buffer.writeBytes(TableBuilder.partial(served.served(object)).serialized())
        case .table:
            let version: JSON = ["resourceVersion": .string(String(object.revision))]
            let json = table.table([served.served(object)], listMetadata: version, now: now(), hasHeader: !hasSentColumns)
            hasSentColumns = true
            buffer.writeBytes(json.serialized())
        }
        buffer.writeString("}\n")
    }
}
