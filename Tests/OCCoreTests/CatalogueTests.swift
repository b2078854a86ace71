import Foundation
import OCCore
import Testing

/// What the declarations of types promise.
@Suite struct CatalogueTests {
    /// The operations of the API: the list that the control plane's tests hold it to.
    private func operations() throws -> Set<String> {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: tests.appending(path: "ControlPlaneTests/Unit/operations.txt"), encoding: .utf8)
        return Set(text.split(separator: "\n").map(String.init))
    }

    @Test func everyOperationHasACommand() throws {
        let served = Set(OperationTable.rows.map(\.operation))
        let missing = try operations().subtracting(served).sorted()
        #expect(missing == [])
    }

    @Test func noCommandCallsAnOperationThatIsNotThere() throws {
        let known = try operations()
        let unknown = OperationTable.rows.map(\.operation).filter { !known.contains($0) }
        #expect(unknown == [])
    }

    @Test func noWordMeansTwoTypes() {
        var owners: [String: String] = [:]
        for type in Catalogue.all {
            for word in Set([type.plural, type.singular, type.kind.lowercased()] + type.aliases) {
                #expect(owners[word] == nil || owners[word] == type.plural, "\(word) means \(owners[word] ?? "") and \(type.plural)")
                owners[word] = type.plural
            }
        }
        #expect(owners.count > 80)
    }

    @Test func routesTakeTheNamesOfTheirTypes() {
        for type in Catalogue.all {
            let own = type.arguments.count
            for route in [type.get, type.update, type.delete, type.events, type.readiness?.status].compactMap(\.self) {
                #expect(route.arity == own, "\(route) of \(type.plural)")
            }
            for route in [type.list, type.create].compactMap(\.self) {
                #expect(route.arity == max(0, own - 1), "\(route) of \(type.plural)")
            }
            #expect(type.summary.hasSuffix(".") && !type.plural.contains(" "))
            let members = type.columns.map(\.title)
            #expect(Set(members).count == members.count, "\(type.plural) has a column twice")
        }
    }

    @Test func anUnknownTypeIsToldWithTheNearestOnes() {
        #expect(throws: OCError.self) { try Catalogue.find("tenantz") }
        do {
            _ = try Catalogue.find("tennants")
        } catch {
            #expect(error.message.contains("did you mean tenants") && error.exit == .usage)
        }
    }
}
