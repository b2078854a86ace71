import JSONValue
import Observability
import Testing

@testable import OpenIDConnect

@Suite struct IdentityTests {
    @Test(
        arguments: [
            ("groups", ["groups": ["b", "a"]], ["a", "b"]), ("groups", ["groups": "one"], ["one"]), ("groups", ["groups": ""], []),
            ("groups", ["groups": 1], []),
            ("groups", [:], []), ("groups", ["groups": ["a", 1, "", "a", .null]], ["a"]),
            ("realm_access.roles", ["realm_access": ["roles": ["r"]]], ["r"]),
            ("realm_access.roles", ["realm_access.roles": ["flat"], "realm_access": ["roles": ["r"]]], ["flat"]),
            ("realm_access.roles", ["realm_access": "x"], []),
            ("https://example.com/groups", ["https://example.com/groups": ["g"]], ["g"]), ("a.b.c", ["a": ["b.c": ["x"]]], ["x"]),
            ("a.b.c", ["a.b": ["c": ["x"]]], ["x"]),
            ("a.b.c", ["a.b": ["d": 1], "a": ["b": ["c": "x"]]], ["x"]), ("a.b", ["a": [["b": "x"]]], []), ("a..b", ["a": ["b": "x"]], []),
        ] as [(String, JSON, [String])]
    )
    func findsLists(path: String, claims: JSON, texts: [String]) { #expect(ClaimPath(path).texts(in: claims) == texts) }

    @Test(
        arguments: [
            (true, true), ("true", true), (false, false), ("false", false), ("True", false), (1, false), (.null, false), (nil, false),
        ] as [(JSON?, Bool)]
    )
    func takesSilenceForNo(value: JSON?, verified: Bool) throws {
        let identity = try OpenIDIdentity(claims: goodClaims.with(["email_verified": value]), mapping: ClaimMapping())
        #expect(identity.isEmailVerified == verified)
    }

    @Test func readsClaimsFromElsewhere() throws {
        let mapping = ClaimMapping(
            email: "upn",
            emailVerified: "xms_edov",
            name: "preferred_username",
            groups: "realm_access.groups",
            roles: "resource_access.crane.roles"
        )
        let claims = goodClaims.with([
            "upn": "u@corp.example.com", "xms_edov": true, "preferred_username": "uu", "realm_access": ["groups": ["g"]],
            "resource_access": ["crane": ["roles": ["admin"]]],
        ])
        let identity = try OpenIDIdentity(claims: claims, mapping: mapping)
        #expect(
            identity
                == OpenIDIdentity(
                    issuer: ProviderStandIn.issuer,
                    subject: "u-1",
                    email: "u@corp.example.com",
                    isEmailVerified: true,
                    name: "uu",
                    groups: ["g"],
                    roles: ["admin"]
                )
        )
    }

    private static let ada = AdmissionRules(emails: ["ADA@example.com"])
    private static let domain = AdmissionRules(domains: ["@Example.com"])
    private static let group = AdmissionRules(groups: ["staff"])

    @Test(
        arguments: [
            (AdmissionRules(), "ada@example.com", true, [], nil), (AdmissionRules(), "ada@example.com", false, [], .emailNotVerified),
            (AdmissionRules(), nil, true, [], .emailMissing),
            (AdmissionRules(requiresVerifiedEmail: false), nil, false, [], nil), (ada, "Ada@Example.COM", true, [], nil),
            (ada, "ada@example.com", false, [], .emailNotVerified),
            (ada, "bob@example.com", true, [], .notAdmitted), (ada, nil, true, [], .emailMissing),
            (ada, "ada@example.com.evil.org", true, [], .notAdmitted),
            (domain, "bob@EXAMPLE.com", true, [], nil), (domain, "bob@sub.example.com", true, [], .notAdmitted),
            (domain, "bob@notexample.com", true, [], .notAdmitted),
            (domain, "bob@evil.org@example.com", true, [], .emailMissing), (domain, "\"a@b\"@example.com", true, [], .emailMissing),
            (domain, "@example.com", true, [], .emailMissing),
            (domain, "bob@example.com ", true, [], .emailMissing), (domain, "bob@example.com\n", true, [], .emailMissing),
            (domain, "example.com", true, [], .emailMissing),
            (domain, "bob@example.com", false, [], .emailNotVerified), (domain, "bob@exampl\u{0435}.com", true, [], .notAdmitted),
            (domain, "bob@EXAMPLE.\u{212A}om", true, [], .notAdmitted),
            (group, "x@other.org", true, ["staff"], nil), (group, "x@other.org", true, ["Staff"], .notAdmitted),
            (group, "x@other.org", true, [], .notAdmitted),
            (group, "x@other.org", false, ["staff"], .emailNotVerified), (group, nil, false, ["staff"], .emailMissing),
            (AdmissionRules(groups: ["staff"], requiresVerifiedEmail: false), nil, false, ["staff"], nil),
            (AdmissionRules(emails: ["a@b.c"], groups: ["staff"], requiresVerifiedEmail: false), nil, false, [], .emailMissing),
            (AdmissionRules(emails: ["a@b.c"], domains: ["d.e"]), "x@d.e", true, [], nil),
            (AdmissionRules(domains: ["d.e"], requiresVerifiedEmail: false), "x@d.e", false, [], .emailNotVerified),
        ] as [(AdmissionRules, String?, Bool, [String], OpenIDError.Code?)]
    )
    func admits(rules: AdmissionRules, email: String?, verified: Bool, groups: [String], code: OpenIDError.Code?) async {
        let identity = OpenIDIdentity(issuer: "i", subject: "s", email: email, isEmailVerified: verified, groups: groups)
        #expect(await failure { try rules.check(identity) } == code)
    }

    @Test(
        arguments: [
            ("/", "/"), ("/a/b?c=d#e", "/a/b?c=d#e"),
            ("/api/v1/auth/device/activate?userCode=AB-CD", "/api/v1/auth/device/activate?userCode=AB-CD"),
            ("/?next=https://x.example.com//y", "/?next=https://x.example.com//y"), (nil, "/"), ("", "/"), ("a", "/"),
            ("//evil.example.com", "/"), ("/\\evil.example.com", "/"),
            ("/\\/evil.example.com", "/"), ("\\\\evil.example.com", "/"), ("https://evil.example.com", "/"), ("javascript:alert(1)", "/"),
            (" /a", "/"), ("/ a", "/"),
            ("/\t/evil.example.com", "/"), ("/\n/evil.example.com", "/"), ("/\r\nSet-Cookie: a=b", "/"), ("/a//evil.example.com", "/"),
            ("/..//evil.example.com", "/"),
            ("/.//evil.example.com", "/"), ("/%2e%2e//evil.example.com", "/"), ("/a/%5cevil.example.com", "/"),
            ("/%2F/evil.example.com", "/"), ("/ä", "/"), ("/\u{0}", "/"),
        ] as [(String?, String)]
    )
    func returnsToThisServiceOnly(text: String?, path: String) {
        #expect(ReturnPath.checked(text) == path)
        #expect(LoginAttempt(state: "s", nonce: "n", verifier: "v", returnPath: text ?? "").returnPath == path)
    }

    @Test func returnsToPathsOfABoundedLength() {
        #expect(ReturnPath.checked("/" + String(repeating: "a", count: 1023)).utf8.count == 1024)
        #expect(ReturnPath.checked("/" + String(repeating: "a", count: 1024)) == "/")
    }

    @Test func everyCodeHasACategory() {
        #expect(Set(OpenIDError.Code.allCases.map(\.rawValue)).count == OpenIDError.Code.allCases.count)
        #expect(OpenIDError.Code.allCases.allSatisfy { $0.rawValue.hasPrefix("OIDC_") })
        #expect(OpenIDError(.notAdmitted, "").category == .person)
        #expect(OpenIDError(.tokenSignature, "").category == .token)
        #expect(OpenIDError(.providerTimedOut, "").category == .provider)
    }
}
