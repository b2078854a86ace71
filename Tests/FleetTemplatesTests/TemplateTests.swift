import CraneAPI
import FleetTemplates
import Testing

@Suite("Templates")
struct TemplateTests {
    private static let standard = TemplateCatalog.builtIn.templates["standard-7-agent"]

    @Test("The standard fleet has seven agents whose first leads, and is what an empty wish gives")
    func standardFleet() throws {
        let plan = try FleetPlan(nil, catalog: .builtIn)
        #expect(plan.template == "standard-7-agent")
        #expect(plan.agents.count == 7)
        #expect(Set(plan.agents.map(\.name)).count == 7)
        #expect(plan.agents.first?.role == "orchestrator")
    }

    @Test("Every built-in template keeps the rules", arguments: TemplateCatalog.builtIn.templates.keys.sorted())
    func builtIn(_ id: String) throws {
        let template = try TemplateCatalog.builtIn.template(id)
        #expect(template.id == id)
        try template.validate()
    }

    @Test("An unknown template is refused with the known ones named")
    func unknown() {
        let error = #expect(throws: TemplateError.self) { try FleetPlan(TenantFleet(template: "standard-8"), catalog: .builtIn) }
        #expect(error?.code == "unknown_template")
        #expect(error?.message.contains("single-agent") == true)
    }

    @Test("What a tenant says of an agent goes over the template's, and a new agent goes behind")
    func overrides() throws {
        let fleet = TenantFleet(
            template: "single-agent",
            agents: [AgentSpec(name: "assistant", soul: "Terse."), AgentSpec(name: "scribe", role: "writer")]
        )
        let plan = try FleetPlan(fleet, catalog: .builtIn)
        #expect(plan.agents.map(\.name) == ["assistant", "scribe"])
        #expect(plan.agents[0].soul == "Terse.")
        #expect(plan.agents[0].role == "generalist")
        #expect(plan.agents[1].role == "writer")
    }

    @Test("A tenant that names agents and no template has just those")
    func ownAgents() throws {
        let plan = try FleetPlan(TenantFleet(agents: [AgentSpec(name: "solo")]), catalog: .builtIn)
        #expect(plan.agents.map(\.name) == ["solo"])
    }

    @Test(
        "A template that breaks a rule is left out and said why",
        arguments: [
            ("agents: []", "no agents"), ("agents: [{name: main, role: x}]", "gateway's own"), ("agents: [{name: A, role: x}]", "\"A\""),
            ("agents: [{name: a, role: x}, {name: a, role: y}]", "twice"), ("agents: [{name: a}]", "role is missing"),
            ("agents: 3", "wrong type"), ("{", "not YAML"), ("id: other\nagents: [{name: a, role: x}]", "id \"other\""),
        ]
    )
    func invalid(_ text: String, _ reason: String) {
        var catalog = TemplateCatalog.builtIn
        let problems = catalog.add(configMap: ["mine.yaml": text])
        #expect(problems["mine.yaml"]?.code == "template_invalid")
        #expect(problems["mine.yaml"]?.message.contains(reason) == true, "\(problems)")
        #expect(catalog == .builtIn)
    }

    @Test("A ConfigMap adds templates, in YAML and in JSON")
    func configMap() throws {
        var catalog = TemplateCatalog.builtIn
        let problems = catalog.add(configMap: [
            "pair.yaml": "summary: Two.\nagents:\n- {name: one, role: first}\n- {name: two, role: second, heartbeat: {every: 5m}}\n",
            "lone.json": #"{"agents": [{"name": "lone", "role": "all"}]}"#,
        ])
        #expect(problems.isEmpty)
        #expect(try catalog.template("pair").agents.map(\.heartbeat?.every) == [nil, "5m"])
        #expect(try catalog.template("lone").agents.map(\.name) == ["lone"])
    }
}
