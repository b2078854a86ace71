import HTTPOperations
import HTTPTypes
import JSONValue
import Observability
import OpenIDConnect
import Testing

@testable import ControlPlane

@Suite struct AuthenticationConfigurationTests {
    private static let provider = [
        "OIDC_ISSUER_URL": "https://id.example.com", "OIDC_CLIENT_ID": "crane",
        "OIDC_REDIRECT_URI": "https://crane.example.com/api/v1/auth/callback",
    ]

    private func read(_ environment: [String: String]) throws -> ControlPlaneConfiguration {
        try ControlPlaneConfiguration(environment: environment) { _ in "" }
    }

    @Test func readsTheProvider() throws {
        let configuration = try read(
            Self.provider.merging([
                "OIDC_CLIENT_SECRET": "s", "OIDC_SCOPES": "openid email groups", "OIDC_COOKIE_NAME": "c",
                "OIDC_SESSION_MAX_AGE_SECONDS": "3600", "OIDC_SESSION_IDLE_SECONDS": "600", "OIDC_SESSION_LIMIT": "3",
                "OIDC_ALLOWED_EMAIL_DOMAINS": "Example.com, corp.example", "OIDC_ALLOWED_EMAILS": "a@b.example", "OIDC_GROUPS_CLAIM": "g",
                "OIDC_ROLES_CLAIM": "realm_access.roles", "OIDC_ORGANIZATION_CLAIM": "org", "OPENCRANE_ACCESS_TOKEN_DAYS": "7",
                "OPENCRANE_POD_TOKEN_AUDIENCE": "pods", "OPENCRANE_PLATFORM_OPERATOR_GROUPS": "a, b", "OIDC_VIEWER_GROUPS": "v",
                "OIDC_CUSTOMER_ADMIN_GROUPS": "c-{organization}", "OIDC_ORGANIZATION_ADMIN_GROUPS": "o-{organization}",
                "OIDC_ORGANIZATION_MEMBER_GROUPS": "m-{organization}",
            ]) { $1 }
        )
        #expect(configuration.token == nil)
        let settings = configuration.authentication
        let openID = try #require(settings.openID)
        #expect(openID.clientSecret?.reveal() == "s" && openID.scopes == ["openid", "email", "groups"])
        #expect(openID.admission == AdmissionRules(emails: ["a@b.example"], domains: ["example.com", "corp.example"]))
        #expect(openID.claims == ClaimMapping(groups: "g", roles: "realm_access.roles", organization: "org"))
        #expect(settings.cookieName == "c" && settings.sessionLimit == 3 && settings.podAudience == "pods")
        #expect(
            settings.sessionLifetime == .seconds(3600) && settings.sessionIdle == .seconds(600)
                && settings.tokenLifetime == .seconds(604_800)
        )
        #expect(
            settings.roles
                == RoleMapping(
                    platformAdmins: ["a", "b"],
                    viewers: ["v"],
                    customerAdmins: ["c-{organization}"],
                    organizationAdmins: ["o-{organization}"],
                    organizationMembers: ["m-{organization}"]
                )
        )
        #expect(settings.publicOrigin == "https://crane.example.com" && settings.publicPath == "/api/v1/auth")
    }

    @Test func theOlderNameOfTheAdministratorsGroupsCounts() throws {
        let configuration = try read(Self.provider.merging(["OIDC_PLATFORM_OPERATOR_GROUPS": "old"]) { $1 })
        #expect(configuration.authentication.roles.platformAdmins == ["old"])
    }

    @Test func readsWhenTokensEndAndRest() throws {
        let usual = try read(Self.provider).authentication
        #expect(usual.tokenLimits == AccessTokenLimits(longest: 365 * 86_400, rest: 90 * 86_400))
        let short = try read(Self.provider.merging(["OPENCRANE_ACCESS_TOKEN_MAX_DAYS": "30", "OIDC_TOKEN_REST_DAYS": "7"]) { $1 })
        #expect(short.authentication.tokenLimits == AccessTokenLimits(longest: 30 * 86_400, rest: 7 * 86_400))
        #expect(short.authentication.tokenLifetime == .seconds(30 * 86_400), "who names no end gets no more than there is")
    }

    /// Nothing starts with half a provider, and nothing without any way to come in.
    @Test(
        arguments: [
            ([:], "OPENCRANE_API_TOKEN"), (["OIDC_ISSUER_URL": "https://id.example.com"], "OIDC_CLIENT_ID"),
            (["OIDC_CLIENT_ID": "c"], "OIDC_ISSUER_URL"),
            (["OIDC_CLIENT_SECRET": "c"], "OIDC_ISSUER_URL"),
            (["OIDC_ISSUER_URL": "https://id.example.com", "OIDC_CLIENT_ID": "c"], "OIDC_REDIRECT_URI"),
            (provider.merging(["OIDC_REDIRECT_URI": "https://crane.example.com/elsewhere"]) { $1 }, "OIDC_REDIRECT_URI"),
            (provider.merging(["OIDC_REDIRECT_URI": "http://crane.example.com/api/v1/auth/callback"]) { $1 }, "OIDC_ISSUER_URL"),
            (provider.merging(["OIDC_ISSUER_URL": "http://id.example.com"]) { $1 }, "OIDC_ISSUER_URL"),
            (provider.merging(["OIDC_SESSION_LIMIT": "0"]) { $1 }, "OIDC_SESSION_LIMIT"),
            (provider.merging(["OIDC_COOKIE_NAME": "a;b"]) { $1 }, "OIDC_COOKIE_NAME"),
            // A token for a person's pod must not be one that pods themselves show.
            (provider.merging(["OPENCRANE_POD_TOKEN_AUDIENCE": "control-plane"]) { $1 }, "OPENCRANE_POD_TOKEN_AUDIENCE"),
            (provider.merging(["OPENCRANE_POD_TOKEN_AUDIENCE": "skill-registry"]) { $1 }, "OPENCRANE_POD_TOKEN_AUDIENCE"),
            (provider.merging(["OPENCRANE_ACCESS_TOKEN_MAX_DAYS": "0"]) { $1 }, "OPENCRANE_ACCESS_TOKEN_MAX_DAYS"),
        ] as [([String: String], String)]
    )
    func refusesToStart(environment: [String: String], variable: String) {
        let error = #expect(throws: ConfigurationError.self) { try read(environment) }
        #expect(error?.variable == variable)
    }

    @Test func groupsMakeRoles() {
        let mapping = RoleMapping(
            platformAdmins: ["root"],
            viewers: ["audit"],
            customerAdmins: ["ca-{organization}"],
            organizationAdmins: ["{organization}/admins", "all-admins"],
            organizationMembers: ["m:{organization}"]
        )
        let rows: [([String], String?, Set<Role>, String?)] = [
            ([], nil, [.owner], nil), (["root"], nil, [.owner, .platformAdmin], nil), (["ROOT"], nil, [.owner], nil),
            (["audit", "x"], nil, [.owner, .viewer], nil), (["acme/admins"], nil, [.owner, .organizationAdmin], "acme"),
            (["ca-acme", "m:acme"], nil, [.owner, .customerAdmin, .organizationMember], "acme"),
            // Of two organisations, of none, of what is no id.
            (["acme/admins", "m:other"], nil, [.owner], nil), (["all-admins"], nil, [.owner], nil), (["a b/admins"], nil, [.owner], nil),
            (["/admins"], nil, [.owner], nil), (["all-admins"], "acme", [.owner, .organizationAdmin], "acme"),
            ([], "acme", [.owner], "acme"),
            (["other/admins"], "acme", [.owner], nil), (["{organization}/admins"], nil, [.owner], nil),
        ]
        for (groups, claim, roles, organization) in rows {
            let standing = mapping.standing(groups: groups, organization: claim)
            #expect(standing.roles == roles && standing.organization == organization, "\(groups) \(claim ?? "-")")
        }
    }

    @Test func pagesEscapeWhatComesFromOutside() {
        #expect(HTMLPage.escape("<a href='x'>&\"") == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;")
        let page = String(decoding: HTMLPage(title: "<b>", content: "").response(.ok).body, as: UTF8.self)
        #expect(!page.contains("<b>"))
    }
}
