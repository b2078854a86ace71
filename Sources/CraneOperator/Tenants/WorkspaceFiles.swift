import CraneAPI

/// Markdown files of a tenant's workspace. Those without `.seed` belong to the platform and are renewed at each start; a seed is copied
/// once, and then belongs to the tenant.
enum WorkspaceFiles {
    static func data(tenant: Tenant) -> [String: String] {
        [
            "AGENTS.md": agents, "TOOLS.md": tools, "SOUL.md.seed": soul, "IDENTITY.md.seed": identity(tenant),
            "USER.md.seed": user(tenant),
        ]
    }

    private static let agents = """
        # Working in this workspace

        - This assistant is run by OpenCrane. The files AGENTS.md and TOOLS.md are renewed at every start; changes to them are lost.
        - SOUL.md, IDENTITY.md and USER.md are yours. Keep them current.
        - Everything below the workspace outlives a restart. Everything below /tmp does not.
        - Never write credentials into the workspace. They are in the environment and below /data/secrets.
        - The network is closed except for what an administrator has opened. Do not work around a refused connection: it is a rule.

        """

    private static let tools = """
        # Tools

        - MCP servers are reached through the platform's gateway only; what you may use is listed there.
        - Skills come from the platform's registry, checked by digest.
        - Language models are reached through the model proxy, where the budget is kept.

        """

    private static let soul = """
        # Soul

        Be helpful, exact and brief. Say what you do not know. Ask before you do something that cannot be undone.

        """

    private static func identity(_ tenant: Tenant) -> String {
        """
        # Identity

        - Name: \(tenant.spec.displayName)
        \(tenant.spec.team.map { "- Team: \($0)\n" } ?? "")
        """
    }

    private static func user(_ tenant: Tenant) -> String {
        """
        # User

        - Mail: \(tenant.spec.email)

        """
    }
}
