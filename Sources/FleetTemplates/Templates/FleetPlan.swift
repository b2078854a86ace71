import CraneAPI

/// The agents of one fleet as they are to be: the template's, with what the Tenant says over it.
public struct FleetPlan: Sendable, Hashable {
    /// The template the agents came from.
    public let template: String
    /// The agents; the first one leads.
    public let agents: [FleetTemplate.Agent]
    /// Repositories to clone into the leading agent's workspace.
    public let repositories: [String]

    /// Lays a Tenant's fleet over its template: an agent of the same name is changed, any other is added behind. A Tenant that names agents
    /// and no template has just those.
    ///
    /// - Parameters:
    ///   - fleet: what the Tenant says.
    ///   - catalog: the templates there are.
    /// - Throws: ``TemplateError`` when the template is unknown, or the agents together break a rule.
    public init(_ fleet: TenantFleet?, catalog: TemplateCatalog) throws(TemplateError) {
        let own = fleet?.agents ?? []
        let base: FleetTemplate
        if fleet?.template == nil, !own.isEmpty {
            base = FleetTemplate(id: "custom", summary: "", agents: [])
        } else {
            base = try catalog.template(fleet?.template)
        }
        var agents = base.agents
        for spec in own {
            if let index = agents.firstIndex(where: { $0.name == spec.name }) {
                agents[index] = agents[index].changed(by: spec)
            } else {
                agents.append(FleetTemplate.Agent(name: spec.name, role: spec.role ?? "generalist").changed(by: spec))
            }
        }
        try FleetTemplate(id: base.id, summary: base.summary, agents: agents).validate()
        template = base.id
        self.agents = agents
        repositories = fleet?.repos ?? []
    }
}

extension FleetTemplate.Agent {
    /// This agent with what a Tenant says of it.
    func changed(by spec: AgentSpec) -> FleetTemplate.Agent {
        var agent = self
        if let role = spec.role { agent.role = role }
        if let identity = spec.identity { agent.identity = identity }
        if let soul = spec.soul { agent.soul = soul }
        if let heartbeat = spec.heartbeat { agent.heartbeat = heartbeat }
        return agent
    }
}
