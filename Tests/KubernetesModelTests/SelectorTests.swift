import KubernetesModel
import Testing

@Suite("Selectors")
struct SelectorTests {
    static let labels = ["a": "1", "b": "x", "n": "10", "example.com/c": ""]

    @Test(
        "Label requirements select",
        arguments: [
            ("", true), ("a=1", true), ("a==1", true), ("a=2", false), ("a!=2", true), ("a!=1", false), ("z!=1", true), ("a", true),
            ("z", false),
            ("!z", true), ("!a", false), ("a in (1,2)", true), ("a in (2)", false), ("a notin (2)", true), ("z notin (2)", true),
            ("a notin (1)", false), ("a=1,b=x", true), ("a=1, b=y", false), ("n>9", true), ("n > 10", false), ("n<11", true),
            ("example.com/c=", true), ("a=", false), ("a in (,1)", true),
        ]
    )
    func labelRequirements(text: String, selects: Bool) throws {
        #expect(try LabelRequirements(parsing: text).matches(Self.labels) == selects)
    }

    @Test(
        "Malformed label requirements are refused",
        arguments: ["a b", "n in 1", "=x", "n=bad value!", "a,,b", "a in (1", "a in 1)", "n>x", "a=1,", "!", "-a=1", "a/b/c=1", "n = ~"]
    )
    func refusedLabelRequirements(text: String) {
        #expect(throws: SelectorError.self) { try LabelRequirements(parsing: text) }
    }

    @Test("Field requirements select, with escapes")
    func fieldRequirements() throws {
        let fields = ["metadata.name": "a", "spec.x": "1,2=\\"]
        let field = { (name: String) in fields[name] ?? "" }
        #expect(try FieldRequirements(parsing: "").matches(field))
        #expect(try FieldRequirements(parsing: "metadata.name=a").matches(field))
        #expect(try FieldRequirements(parsing: "metadata.name==a,spec.y=").matches(field))
        #expect(try !FieldRequirements(parsing: "metadata.name!=a").matches(field))
        #expect(try FieldRequirements(parsing: #"spec.x=1\,2\=\\"#).matches(field))
        #expect(try FieldRequirements(parsing: "metadata.name=a").value(of: "metadata.name") == "a")
        #expect(try FieldRequirements(parsing: "metadata.name!=a").value(of: "metadata.name") == nil)
        #expect(throws: SelectorError.self) { try FieldRequirements(parsing: "nonsense") }
        #expect(throws: SelectorError.self) { try FieldRequirements(parsing: #"a=\x"#) }
        #expect(throws: SelectorError.self) { try FieldRequirements(parsing: "a!b") }
    }

    @Test("A label selector of an object selects and turns into query text that selects the same")
    func labelSelector() throws {
        let selector = LabelSelector(
            matchLabels: ["a": "1"],
            matchExpressions: [
                .init(key: "b", operator: "In", values: ["y", "x"]), .init(key: "n", operator: "NotIn", values: ["11"]),
                .init(key: "example.com/c", operator: "Exists"), .init(key: "z", operator: "DoesNotExist"),
            ]
        )
        #expect(selector.matches(Self.labels))
        #expect(selector.queryText == "a=1,b in (x,y),n notin (11),example.com/c,!z")
        #expect(try LabelRequirements(parsing: selector.queryText).matches(Self.labels))
        #expect(LabelSelector().matches([:]))
        #expect(!LabelSelector(matchExpressions: [.init(key: "a", operator: "Nonsense")]).matches(Self.labels))
    }

    @Test("Names follow the rules of Kubernetes")
    func names() {
        for good in ["a", "a-b", "0", String(repeating: "a", count: 63)] { #expect(Names.isDNSLabel(good), "\(good)") }
        for bad in ["", "-a", "a-", "A", "a.b", "a_b", String(repeating: "a", count: 64)] { #expect(!Names.isDNSLabel(bad), "\(bad)") }
        #expect(Names.isDNSSubdomain("a.b-c.d"))
        for bad in ["", ".a", "a.", "a..b", "A.b", String(repeating: "a", count: 254)] { #expect(!Names.isDNSSubdomain(bad), "\(bad)") }
        for good in ["a", "A_b.c-9", "example.com/Name"] { #expect(Names.isQualifiedName(good), "\(good)") }
        for bad in ["", "/a", "a/", "Exam.com/a", "a/b/c", "-a", "a."] { #expect(!Names.isQualifiedName(bad), "\(bad)") }
        #expect(Names.isLabelValue(""))
        #expect(!Names.isLabelValue("a b"))
    }
}
