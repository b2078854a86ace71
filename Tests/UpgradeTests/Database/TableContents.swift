import Postgres

/// What a table holds.
struct TableContents: Hashable, Sendable {
    /// How many rows.
    var rows: Int
    /// A checksum of all of them.
    var checksum: String

    /// A column.
    struct Column: Hashable, Sendable {
        var name: String
        var type: String
        var isNullable: Bool
        /// Whether it has a default, or is made by the database.
        var isFilled: Bool

        /// Whether rows may be inserted without it.
        var mayBeLeftOut: Bool { isNullable || isFilled }
    }

    /// The columns of all tables but the one of the migrations.
    static func columns(_ pool: PostgresPool) async throws -> [String: [Column]] {
        let rows = try await pool.query(
            """
            select table_name::text as table_name, column_name::text as name, udt_name::text as type, is_nullable = 'YES' as is_nullable,
                column_default is not null or is_identity = 'YES' or is_generated = 'ALWAYS' as is_filled
            from information_schema.columns
            where table_schema = 'public' and table_name <> 'schema_migrations' order by table_name, ordinal_position
            """
        )
        var tables: [String: [Column]] = [:]
        for row in rows {
            let column = Column(
                name: try row.decode("name"),
                type: try row.decode("type"),
                isNullable: try row.decode("is_nullable"),
                isFilled: try row.decode("is_filled")
            )
            tables[try row.decode("table_name"), default: []].append(column)
        }
        return tables
    }

    /// What some columns of a table hold.
    static func of(_ table: String, columns: [String], _ pool: PostgresPool) async throws -> TableContents {
        let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let row = try await pool.first(
            """
            select count(*) as rows, md5(coalesce(string_agg(line, E'\\n' order by line), '')) as checksum
            from (select row(\(unescaped: list))::text as line from public.\(identifier: table)) as lines
            """
        )
        guard let row else { return TableContents(rows: 0, checksum: "") }
        return TableContents(rows: try row.decode("rows"), checksum: try row.decode("checksum"))
    }

    /// What all tables hold.
    static func all(_ pool: PostgresPool) async throws -> [String: TableContents] {
        var contents: [String: TableContents] = [:]
        for (table, columns) in try await columns(pool) { contents[table] = try await of(table, columns: columns.map(\.name), pool) }
        return contents
    }
}
