import Postgres
import Testing

@Suite struct SQLTests {
    @Test func valuesBecomeParameters() {
        let name = "x'; drop table tenants; --"
        let sql: SQL = "select * from \(identifier: "odd\"name") where name = \(name) and size > \(3) and gone is \(unescaped: "null")"
        #expect(sql.rendered.text == "select * from \"odd\"\"name\" where name = $1 and size > $2 and gone is null")
        #expect(sql.rendered.parameters.map(\.text) == [name, "3"])
        #expect(sql.rendered.parameters.map(\.type) == [.inferred, .int8])
    }

    @Test func nestedPartsAreNumberedAnew() {
        let filter: SQL = "team = \("ops") and phase = \("Ready")"
        let sql: SQL = "select \(1) where \(filter) limit \(5)"
        #expect(sql.rendered.text == "select $1 where team = $2 and phase = $3 limit $4")
        let joined = SQL.joined(["a = \(1)", "b = \(2)"], separator: " and ")
        #expect(joined.rendered.text == "a = $1 and b = $2")
        #expect((joined + " or c = \(true)").rendered.parameters.map(\.text) == ["1", "2", "t"])
    }

    @Test func arraysAndNullsHaveTypes() {
        let sql: SQL = "select \(["a", "b\"c\\"]), \([1, 2]), \(Int?.none), \([String?.none, "NULL"])"
        let parameters = sql.rendered.parameters
        #expect(parameters[0].text == #"{"a","b\"c\\"}"#)
        #expect(parameters[0].type == PostgresValue.TypeID(rawValue: 1009))
        #expect(parameters[1].type == PostgresValue.TypeID(rawValue: 1016))
        #expect(parameters[2].text == nil && parameters[2].type == .int8)
        #expect(parameters[3].text == #"{NULL,"NULL"}"#)
    }
}
