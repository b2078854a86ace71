import Machines
import Testing

@Suite("Names of machines")
struct NamingTests {
    @Test("A legal id is kept; two ids never share a name")
    func distinct() {
        #expect(MachineName.forTenantID("acme-01") == "acme-01")
        let names = ["a_b", "a-b", "A_b", "a.b", "_a-b", "a--b", "a-b-"].map(MachineName.forTenantID)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy(MachineName.isLegal))
        #expect(MachineName.forTenantID("tenant_acme_01").hasPrefix("tenant-acme-01-"))
        // A name that looks as if it came out of a hash is hashed itself, so nobody can pick the name of somebody else's machine.
        let lossy = MachineName.forTenantID("a_b")
        #expect(MachineName.forTenantID(lossy) != lossy)
    }

    @Test(
        "Any id gives a legal name of at most 63 characters",
        arguments: ["", "1", "-", "ü", "9lives", String(repeating: "a", count: 64), "a/b", "-x-"]
    )
    func legal(_ id: String) {
        let name = MachineName.forTenantID(id)
        #expect(MachineName.isLegal(name), "\(name)")
        #expect(MachineName.isLegal(MachineName.forObject(namespace: id, name: id)))
    }

    @Test("Objects of the same name in two namespaces, and names whose parts could be joined otherwise, differ")
    func namespaces() {
        let names = [("a", "x"), ("b", "x"), ("a-b", "c"), ("a", "b-c")].map { MachineName.forObject(namespace: $0.0, name: $0.1) }
        #expect(Set(names).count == 4)
        #expect(names[0] == MachineName.forObject(namespace: "a", name: "x"))
    }

    @Test("What is no name", arguments: ["", "A", "1a", "a-", "-a", "a_b", "a.b", String(repeating: "a", count: 64)])
    func illegal(_ text: String) { #expect(!MachineName.isLegal(text)) }

    @Test("A uid is its own label; anything else is hashed")
    func owners() {
        #expect(OwnerLabels.value(of: MachineOwner(uid: "6f1c-1", name: "n/x")) == "6f1c-1")
        let odd = OwnerLabels.value(of: MachineOwner(uid: "Not legal!", name: "n/x"))
        #expect(odd.count == 40)
        #expect(odd != OwnerLabels.value(of: MachineOwner(uid: "not legal!", name: "n/x")))
    }

    @Test("The stored form of an operation is read back")
    func operations() {
        let operations = [
            MachineOperation(kind: .insert, requestID: "r-1"), MachineOperation(kind: .delete, requestID: "r-2", name: "operation-1"),
        ]
        for operation in operations { #expect(MachineOperation(operation.description) == operation) }
        #expect(MachineOperation("") == nil)
        #expect(MachineOperation("explode/r-1") == nil)
        #expect(MachineOperation("insert") == nil)
        #expect(MachineOperation("insert//x") == nil)
    }
}
