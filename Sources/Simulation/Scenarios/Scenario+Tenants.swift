import CraneAPI
import JSONValue

extension Scenario {
    /// Lives of tenants.
    static let tenants: [Scenario] = [
        Scenario("tenant", [.init("a tenant is made") { try await $0.createTenant("mia") }]),
        Scenario(
            "tenant-of-customer",
            [
                .init("a customer is made") { try await $0.createCustomer("corp") },
                .init("a tenant of it is made") { try await $0.createTenant("mia") { $0.clusterTenantRef = "corp" } },
            ]
        ),
        Scenario(
            "customer-comes-later",
            [
                .init("a tenant is made") { try await $0.createTenant("mia") { $0.clusterTenantRef = "corp" } },
                .init("its customer is made") { try await $0.createCustomer("corp") { $0.baseDomain = "corp.test" } },
            ]
        ),
        Scenario(
            "suspend-and-resume",
            [
                .init("a tenant is made") { try await $0.createTenant("mia") },
                .init("it is suspended") { try await $0.changeTenant("mia", ["suspended": true]) },
                .init("it is resumed") { try await $0.changeTenant("mia", ["suspended": false]) },
                .init("it is suspended again") { try await $0.changeTenant("mia", ["suspended": true]) },
            ]
        ),
        Scenario(
            "roll-out",
            [
                .init("a tenant is made") { try await $0.createTenant("mia") { $0.openclawVersion = "1.0.0" } },
                .init("its version changes") { try await $0.changeTenant("mia", ["openclawVersion": "1.1.0"]) },
                .init("its settings change") { try await $0.changeTenant("mia", ["configOverrides": ["logging": ["level": "debug"]]]) },
                .init("it gets channels and more memory") {
                    try await $0.createCredentials("slack-of-mia")
                    try await $0.changeTenant(
                        "mia",
                        [
                            "channels": [["adapter": "slack", "credentialsSecretName": "slack-of-mia"]], "team": "research",
                            "resources": ["memory": "1Gi"],
                        ]
                    )
                },
            ]
        ),
        Scenario(
            "move",
            [
                .init("two customers are made") {
                    try await $0.createCustomer("corp")
                    try await $0.createCustomer("acme")
                },
                .init("a tenant of the first is made") { try await $0.createTenant("mia") { $0.clusterTenantRef = "corp" } },
                .init("it moves to the second") { try await $0.changeTenant("mia", ["clusterTenantRef": "acme"]) },
                .init("it moves to its own namespace") { try await $0.changeTenant("mia", ["clusterTenantRef": .null]) },
            ]
        ),
        Scenario(
            "delete-tenants",
            [
                .init("a customer and three tenants are made") {
                    try await $0.createCustomer("corp")
                    try await $0.createTenant("mia") { $0.clusterTenantRef = "corp" }
                    try await $0.createTenant("noa")
                    try await $0.createTenant("team-b/ida")
                },
                .init("two are deleted") {
                    try await $0.deleteTenant("mia")
                    try await $0.deleteTenant("noa")
                },
            ]
        ),
        Scenario(
            "replace-tenant",
            [
                .init("a customer and a tenant are made") {
                    try await $0.createCustomer("corp")
                    try await $0.createTenant("mia") { $0.clusterTenantRef = "corp" }
                },
                .init("the tenant is deleted") { try await $0.deleteTenant("mia") },
                .init("another of its name is made") {
                    try await $0.untilGone("mia")
                    try await $0.createTenant("mia") { $0.displayName = "Mia II" }
                },
                .init("and replaced at once") {
                    try await $0.deleteTenant("mia")
                    try await $0.untilGone("mia")
                    try await $0.createTenant("mia") { $0.displayName = "Mia III" }
                },
            ]
        ),
        Scenario(
            "namesakes",
            [
                .init("a customer and two tenants of one name are made") {
                    try await $0.createCustomer("corp")
                    try await $0.createTenant("mia") { $0.clusterTenantRef = "corp" }
                    try await $0.untilTenant("mia", "has a place") { $0.status?.targetNamespace != nil }
                    try await $0.createTenant("team-b/mia") { $0.clusterTenantRef = "corp" }
                },
                .init("the first is deleted") { try await $0.deleteTenant("mia") },
            ]
        ),
        Scenario(
            "invalid-tenant",
            [
                .init("a tenant that asks for the platform's secret is made") {
                    try await $0.createTenant("mia") {
                        $0.channels = [Channel(adapter: "slack", credentialsSecretName: "opencrane-database")]
                    }
                },
                .init("it is mended") { try await $0.changeTenant("mia", ["channels": .null]) },
                .init("it is spoiled again while it runs") {
                    try await $0.untilTenant("mia", "runs") { $0.status?.phase == .running }
                    try await $0.changeTenant("mia", ["channels": [["adapter": "slack", "credentialsSecretName": "opencrane-database"]]])
                },
            ]
        ),
    ]
}
