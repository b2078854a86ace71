import JSONValue
import KubernetesModel

/// Objects as rows of a table, made by the server for people (`meta.k8s.io/v1 Table`).
public struct Table: Codable, Sendable, Hashable {
    /// A column.
    public struct Column: Codable, Sendable, Hashable {
        /// The heading.
        public var name: String
        /// `string`, `integer`, `number`, `boolean` or `date`.
        public var type: String
        /// More about the type, as in `name` for the column of names.
        public var format: String?
        /// What the column shows.
        public var description: String?
        /// 0 for what is always shown; more for what only a wide table shows.
        public var priority: Int?
    }

    /// An object.
    public struct Row: Codable, Sendable, Hashable {
        /// One for each column.
        public var cells: [JSON]
        /// The object, or its metadata, or nothing; see ``Table/Included``.
        public var object: JSON?
    }

    /// What comes with each row.
    public enum Included: String, Sendable {
        /// Nothing.
        case nothing = "None"
        /// The object's metadata.
        case metadata = "Metadata"
        /// The object.
        case object = "Object"
    }

    /// The version, and the token of the next page.
    public var metadata: ListMeta
    /// The columns.
    public var columns: [Column]
    /// The rows.
    public var rows: [Row]

    private enum CodingKeys: String, CodingKey {
        case metadata, rows
        case columns = "columnDefinitions"
    }

    /// Reads a table; members that are missing are empty.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metadata = try container.decodeIfPresent(ListMeta.self, forKey: .metadata) ?? ListMeta()
        columns = try container.decodeIfPresent([Column].self, forKey: .columns) ?? []
        rows = try container.decodeIfPresent([Row].self, forKey: .rows) ?? []
    }
}

extension ResourceAPI {
    /// Reads one page of objects as a table; all of them when no limit is set.
    ///
    /// - Parameter included: what comes with each row. Default: the metadata.
    /// - Throws: ``KubernetesError`` with code `decoding` when the server cannot make tables of these objects.
    public func table(_ options: ListOptions = .init(), including included: Table.Included = .metadata) async throws -> Table {
        var executor = executor
        executor.shape = .table
        let request = RawRequest(
            path: resourceType.path(namespace: namespace.map(RawRequest.encode)),
            query: options.query + [("includeObject", included.rawValue)],
            timeout: options.timeout,
            verb: "list"
        )
        let json = try await executor.execute(request).json()
        guard json["kind"]?.stringValue == "Table", let table = try? json.decode(Table.self) else {
            throw KubernetesError(
                .decoding,
                "The server answered no table of \(resourceType) but \(json["kind"]?.stringValue ?? "something")"
            )
        }
        return table
    }
}
